import type { Command } from 'commander';
import { yieldToEvents } from '../base/event-loop.js';
import { mixtureOf } from './input.js';
import { catchInterrupts } from './interruption.js';
import { modelCells } from './model-rows.js';
import { outputPlaces, rowPlace } from './outputs.js';
import { integer } from './parsers.js';
import { rowWriter, unusedName } from './rows.js';
import { missingOption } from './usage.js';

interface Flags {
  readonly rows?: number;
  readonly seed: number;
  readonly out?: string;
}

/** Rows written at once. */
const BLOCK = 10_000;

const details = `
Writes one line per row: the model's columns, then label, the component the row was drawn from, -1 for noise.
Levels that are text go by their names.

Examples:
  otmix sample model.json -n 1000 > sample.csv
  otmix sample model.json -n 1000000 --seed 7 --out sample.parquet`;

/** `otmix sample MODEL -n N`: rows drawn from a mixture. */
export function addSample(program: Command): void {
  program
    .command('sample')
    .description('Draw rows from a saved model.')
    .argument('<model>', 'a model file, as otmix fit --out writes it; - is standard input')
    .option('-n, --rows <n>', 'number of rows', integer('-n', 0))
    .option('--seed <s>', 'the same seed draws the same rows', integer('--seed'), 0)
    .option('--out <file>', '.csv, .tsv, .jsonl, .ndjson or .parquet; default -, CSV on standard output')
    .addHelpText('after', details)
    .action(sample);
}

async function sample(model: string, { rows: n, seed, out }: Flags): Promise<void> {
  const signal = catchInterrupts();
  if (n === undefined) throw missingOption('sample', '-n, the number of rows', 'add -n 1000');
  const asked = rowPlace(out);
  const { mixture, files } = await mixtureOf(model, signal);
  const { '--out': place } = await outputPlaces({ '--out': asked }, files);
  const { data, labels } = mixture.sample(n, { seed });
  const columns = [...mixture.columns, unusedName('label', mixture.columns)];
  const { types, cells } = modelCells(mixture);
  const writer = rowWriter(place, columns, [...types, 'INTEGER']);
  try {
    for (let from = 0; from < n; from += BLOCK) {
      const length = Math.min(BLOCK, n - from);
      await yieldToEvents(signal);
      await writer.write(Array.from({ length }, (_, i) => [...cells(data, from + i), labels[from + i]]));
    }
    await writer.commit();
  } catch (error) {
    throw await writer.failed(error);
  }
}
