import type { Command } from 'commander';
import type { BackendName } from '../backend/backends.js';
import type { MissingPolicy } from '../data/blocks.js';
import { printable } from '../base/printable.js';
import { formatFlag, policies } from './flags.js';
import { inputOf, mixtureOf, openDataFor, requireOneStream, watched } from './input.js';
import { catchInterrupts } from './interruption.js';
import { outputPlaces, rowPlace } from './outputs.js';
import { names, oneOf } from './parsers.js';
import { addTextFlags, textOptions, type TextFlags } from './text-flags.js';
import { progressView } from './progress.js';
import { PredictionLines } from './prediction-lines.js';
import { rowWriter } from './rows.js';
import type { FormatName } from './sniff.js';

interface Flags extends TextFlags {
  readonly out?: string;
  readonly format?: FormatName;
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
      oneOf('--missing', policies),
      'error',
    )
    .option(...formatFlag)
    .option('--backend <name>', 'auto, webgpu, tensorflow, wasm or cpu; see otmix doctor', 'auto')
    .option('-q, --quiet', 'no progress and no notes on standard error');
  addTextFlags(command).addHelpText('after', details).action(predict);
}

async function predict(model: string, spec: string | undefined, flags: Flags): Promise<void> {
  const signal = catchInterrupts();
  const { missing, proba = false } = flags;
  const asked = rowPlace(flags.out);
  // On a terminal rows and progress would stand in each other's way.
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
  let total = 0;
  const counted = watched(source, (batch, before) => void (total = before + batch.rows));
  const lines = new PredictionLines(proba ? mixture.k : 0);
  const writer = rowWriter(place, lines.columns, lines.types);
  const wantedRows = { backend: flags.backend as BackendName | 'auto', missing, signal, responsibilities: proba };
  try {
    for await (const rows of mixture.predictRows(counted, wantedRows)) {
      for (const some of lines.of(rows)) await writer.write(some);
      show({ phase: 'write', rows: lines.next, ...totalRows });
    }
    for (const some of lines.upTo(total)) await writer.write(some);
    await writer.commit();
  } catch (error) {
    throw await writer.failed(error);
  } finally {
    stop();
  }
  for (const text of source.notes ?? []) noteTo(flags, text);
}

/** A note on standard error, unless notes are not wanted. */
export function noteTo({ quiet }: { readonly quiet?: true }, text: string): void {
  if (!quiet) process.stderr.write(`otmix: note: ${printable(text)}\n`);
}
