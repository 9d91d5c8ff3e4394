import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import { formatFlag } from './flags.js';
import { modelCells, openModelRows, tellNotes, type ModelRowsFlags } from './model-rows.js';
import { names } from './parsers.js';
import { rowWriter } from './rows.js';
import { addTextFlags } from './text-flags.js';

const details = `
Writes the model's columns of every row, with what is missing put in: a number by
its mean given what the row has, a level by the likeliest. Values that are there
stay as they are. A mean of counts is no whole number: --whole rounds it.

Examples:
  otmix impute model.json data.csv > whole.csv
  otmix impute model.json 'new/*.parquet' --out whole.parquet`;

interface ImputeFlags extends ModelRowsFlags {
  readonly whole?: boolean;
}

/** `otmix impute MODEL SOURCE`: rows with what they lack put in. */
export function addImpute(program: Command): void {
  const command = program
    .command('impute')
    .description('Fill in the missing values of rows by a saved model.')
    .argument('<model>', 'a model file, as otmix fit --out writes it; - is standard input')
    .argument('[source]', 'the data, as otmix fit takes it')
    .option('--out <file>', '.csv, .tsv, .jsonl, .ndjson or .parquet; default -, CSV on standard output')
    .option(
      '--columns <names>',
      'the columns, in the order of the model; default those with its names',
      names('--columns'),
    )
    .option('--whole', 'counts by the whole number nearest to their mean')
    .option(...formatFlag)
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('-q, --quiet', 'no progress and no notes on standard error');
  addTextFlags(command).addHelpText('after', details).action(impute);
}

async function impute(model: string, spec: string | undefined, flags: ImputeFlags): Promise<void> {
  const { mixture, source, place, signal, showWritten, stop } = await openModelRows(model, spec, flags);
  const { types, cells } = modelCells(mixture);
  const writer = rowWriter(place, mixture.columns, types);
  let rows = 0;
  try {
    const options = { backend: flags.backend as BackendName, whole: flags.whole === true, signal };
    for await (const { data, shape } of mixture.imputeRows(source, options)) {
      await writer.write(Array.from({ length: shape[0] }, (_, row) => cells(data, row)));
      showWritten((rows += shape[0]));
    }
    await writer.commit();
  } catch (error) {
    throw await writer.failed(error);
  } finally {
    stop();
  }
  tellNotes(source, flags);
}
