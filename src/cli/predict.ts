import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import type { MissingPolicy } from '../data/blocks.js';
import { clusterFlag, clusterOptions, workersFlag, type ClusterFlags } from './cluster-flags.js';
import { formatFlag } from './flags.js';
import { missingPolicies } from '../fit/choices.js';
import { readThrough, watched } from './input.js';
import { openModelRows, tellNotes, type ModelRowsFlags } from './model-rows.js';
import { names, oneOf } from './parsers.js';
import { PredictionLines } from './prediction-lines.js';
import { rowWriter } from './rows.js';
import { addTextFlags } from './text-flags.js';

interface Flags extends ModelRowsFlags, ClusterFlags {
  readonly proba?: true;
  readonly missing: MissingPolicy;
}

const details = `
Writes one line per row of the source: row (from 0), label (the likeliest
component, -1 where that is noise), log_density (nats) and, with --proba, the
probability of each component p0, p1, … (and p_noise). A row that --missing drop leaves out keeps its line, without
a label.

Examples:
  otmix predict model.json data.csv > labels.csv
  cat data.csv | otmix predict model.json - | head
  otmix predict model.json 'new/*.parquet' --out labels.parquet --proba`;

/** `otmix predict MODEL SOURCE`: labels and log-densities of rows. */
export function addPredict(program: Command): void {
  const command = program
    .command('predict')
    .description('Assign rows to the components of a saved model.')
    .argument('<model>', 'a model file, as otmix fit --out writes it; - is standard input')
    .argument('[source]', 'the data, as otmix fit takes it')
    .option('--out <file>', '.csv, .tsv, .jsonl, .ndjson or .parquet; default -, CSV on standard output')
    .option('--proba', 'also the probability of each component')
    .option(
      '--columns <names>',
      'the columns, in the order of the model; default those with its names',
      names('--columns'),
    )
    .option(
      '--missing <policy>',
      'rows with a missing value: error, drop, or model, to look at what they have',
      oneOf('--missing', missingPolicies),
      'error',
    )
    .option(...formatFlag)
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option(...clusterFlag)
    .option(...workersFlag)
    .option('-q, --quiet', 'no progress and no notes on standard error');
  addTextFlags(command).addHelpText('after', details).action(predict);
}

async function predict(model: string, spec: string | undefined, flags: Flags): Promise<void> {
  const { missing, proba = false } = flags;
  const { mixture, source, place, signal, showWritten, stop } = await openModelRows(model, spec, flags);
  let total = 0;
  const counted = watched(source, (batch, before) => void (total = before + batch.rows));
  const lines = new PredictionLines(proba ? mixture.k : 0, proba && mixture.noise !== undefined);
  const writer = rowWriter(place, lines.columns, lines.types);
  const wantedRows = {
    backend: flags.backend as BackendName | 'auto',
    missing,
    signal,
    responsibilities: proba,
    passing: true,
    ...clusterOptions(flags),
  };
  try {
    for await (const rows of mixture.predictRows(counted, wantedRows)) {
      for (const some of lines.of(rows)) await writer.write(some);
      showWritten(lines.next);
    }
    // Workers have read the rows; the last may have been left out.
    if (flags.cluster !== undefined && missing === 'drop') await readThrough(counted, signal);
    for (const some of lines.upTo(total)) await writer.write(some);
    await writer.commit();
  } catch (error) {
    throw await writer.failed(error);
  } finally {
    stop();
  }
  tellNotes(source, flags);
}
