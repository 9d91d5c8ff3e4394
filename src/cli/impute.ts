import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import { formatFlag } from './flags.js';
import { inputOf, mixtureOf, openDataFor, requireOneStream } from './input.js';
import { catchInterrupts } from './interruption.js';
import { outputPlaces, rowPlace } from './outputs.js';
import { names } from './parsers.js';
import { noteTo } from './predict.js';
import { progressView } from './progress.js';
import { rowWriter, type Cell } from './rows.js';
import type { FormatName } from './sniff.js';
import { addTextFlags, textOptions, type TextFlags } from './text-flags.js';

interface Flags extends TextFlags {
  readonly out?: string;
  readonly format?: FormatName;
  readonly columns?: string[];
  readonly backend: string;
  readonly quiet?: true;
}

const details = `
Writes the model's columns of every row, with what is missing put in: a number by
its mean given what the row has, a level by the likeliest. Values that are there
stay as they are.

Examples:
  otmix impute model.json data.csv > whole.csv
  otmix impute model.json 'new/*.parquet' --out whole.parquet`;

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
    .option(...formatFlag)
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('-q, --quiet', 'no progress and no notes on standard error');
  addTextFlags(command).addHelpText('after', details).action(impute);
}

async function impute(model: string, spec: string | undefined, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  const asked = rowPlace(flags.out);
  const quiet = flags.quiet ?? (asked === undefined && process.stdout.isTTY);
  requireOneStream(model, spec);
  const { mixture, files } = await mixtureOf(model, signal);
  const input = await inputOf(spec, flags, signal);
  const { '--out': place } = await outputPlaces({ '--out': asked }, [...files, ...(await input.files())]);
  const wanted = { signal, ...textOptions(flags), ...(flags.columns && { columns: flags.columns }) };
  const source = await input.open((path) =>
    openDataFor(mixture, path, wanted, (text) => noteTo(flags, text.replaceAll(path, input.name))),
  );
  const { show, stop } = await progressView(process.stderr, quiet);
  const totalRows = source.rows === undefined ? {} : { totalRows: source.rows };
  const texts = mixture.levels.map((levels) => (levels?.some(isText) ? levels : undefined));
  const types = texts.map((levels) => (levels ? 'VARCHAR' : 'DOUBLE'));
  const writer = rowWriter(place, mixture.columns, types);
  const options = { backend: flags.backend as BackendName | 'auto', signal };
  const { d } = mixture;
  let rows = 0;
  try {
    for await (const { data, shape } of mixture.imputeRows(source, options)) {
      const cells = (row: number): Cell[] => texts.map((levels, j) => levels?.[data[row * d + j]] ?? data[row * d + j]);
      await writer.write(Array.from({ length: shape[0] }, (_, row) => cells(row)));
      show({ phase: 'write', rows: (rows += shape[0]), ...totalRows });
    }
    await writer.commit();
  } catch (error) {
    throw await writer.failed(error);
  } finally {
    stop();
  }
  for (const text of source.notes ?? []) noteTo(flags, text);
}

const isText = (level: unknown): boolean => typeof level === 'string';
