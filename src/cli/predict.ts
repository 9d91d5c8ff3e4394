import type { Command } from 'commander';
import type { BackendName } from '../backend.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { EvaluatedRows } from '../evaluate.js';
import { openDataFor, watched } from './input.js';
import { catchInterrupts } from './interruption.js';
import { loadLibrary } from './library.js';
import { inputFiles, outputPlaces } from './outputs.js';
import { names, oneOf } from './parsers.js';
import { progressView } from './progress.js';
import { PredictionLines } from './prediction-lines.js';
import { fileWriter, requireRowFormat } from './rows.js';

interface Flags {
  readonly out: string;
  readonly proba?: true;
  readonly columns?: string[];
  readonly missing: MissingPolicy;
  readonly backend: string;
  readonly quiet?: true;
}

const details = `
Writes one line per row of the source: row (from 0), label (the likeliest
component), log_density (nats) and, with --proba, the probability of each
component p0, p1, …. A row that --missing drop leaves out keeps its line, without
a label.

Examples:
  otmix predict model.json data.csv --out labels.csv
  otmix predict model.json 'new/*.parquet' --out labels.parquet --proba`;

/** `otmix predict MODEL SOURCE --out FILE`: labels and log-densities of rows. */
export function addPredict(program: Command): void {
  program
    .command('predict')
    .description('Assign rows to the components of a saved model.')
    .argument('<model>', 'a model file, as otmix fit --out writes it')
    .argument('<source>', 'the data, as otmix fit takes it')
    .requiredOption('--out <file>', 'where to write: .csv, .tsv, .jsonl, .ndjson or .parquet')
    .option('--proba', 'also the probability of each component')
    .option(
      '--columns <names>',
      'the columns, in the order of the model; default those with its names',
      names('--columns'),
    )
    .option(
      '--missing <policy>',
      'rows with a missing value: error or drop',
      oneOf('--missing', ['error', 'drop']),
      'error',
    )
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('-q, --quiet', 'no progress and no notes on standard error')
    .addHelpText('after', details)
    .action(predict);
}

async function predict(model: string, spec: string, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  const { out, missing, quiet, proba = false } = flags;
  requireRowFormat('--out', out);
  const { loadMixture } = await loadLibrary();
  const mixture = await loadMixture(model);
  const { '--out': place = out } = await outputPlaces({ '--out': out }, [model, ...(await inputFiles(spec))]);
  const source = await openDataFor(mixture, spec, flags.columns, (note) => {
    if (!quiet) process.stderr.write(`otmix: note: ${note}\n`);
  });
  const { show, stop } = await progressView(process.stderr, quiet);
  let total = 0;
  const counted = watched(source, (batch, before) => {
    total = before + batch.rows;
    show({ phase: 'load', rows: total, ...(source.rows !== undefined && { totalRows: source.rows }) });
  });
  const lines = new PredictionLines(proba ? mixture.k : 0);
  const writer = fileWriter(place, lines.columns, lines.types);
  const write = async (rows: EvaluatedRows): Promise<void> => {
    await writer.write(lines.of(rows));
    show({ phase: 'write', rows: lines.next, totalRows: total });
  };
  try {
    await mixture.evaluate(counted, write, { backend: flags.backend as BackendName | 'auto', missing, signal });
    await writer.write(lines.upTo(total));
    await writer.commit();
  } finally {
    stop();
    await writer.discard();
  }
}
