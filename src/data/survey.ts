import { yieldToEvents } from '../base/event-loop.js';
import { InputError } from '../base/errors.js';
import type { Levels } from '../families/family.js';
import { cleanBlocks, type CleanBlock, type MissingPolicy } from './blocks.js';
import type { Source } from './source.js';

/** Rows that are looked at together. */
const ROWS = 65_536;

export interface SurveyOptions {
  readonly missing: MissingPolicy;
  /** Different values that a column may have. */
  readonly most: number;
  /** Which columns; nothing is found of others. */
  readonly columns: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

/**
 * The different values of each column, `[d]`, by one read of the rows that are kept: numbers rising, texts by their code
 * units, or as numbers where all are. Throws `InputError('value')` for a column of more than `most`.
 */
export async function surveyed(source: Source, options: SurveyOptions): Promise<Levels[]> {
  const { missing, most, columns, signal, onRows } = options;
  const found = source.columns.map(() => new Set<number>());
  let texts: CleanBlock['levels'];
  let rows = 0;
  for await (const block of cleanBlocks(source, { missing, signal, blockRows: ROWS })) {
    ({ levels: texts } = block);
    for (const j of columns) {
      const [own, { values, start, stride }] = [found[j], block.columns[j]];
      for (let row = 0, at = start; row < block.rows; row++, at += stride) own.add(values[at]);
      if (own.size > most) throw tooMany(source, j, most);
    }
    rows += block.rows;
    onRows?.(rows);
    await yieldToEvents(signal);
  }
  return found.map((own, j) => sorted(own, texts?.[j]));
}

function sorted(own: ReadonlySet<number>, texts: readonly string[] | undefined): Levels {
  if (!texts) return Array.from(own).sort((a, b) => a - b);
  const levels = Array.from(own, (code) => texts[code]);
  const numbers = levels.every((text) => text.trim() !== '' && Number.isFinite(Number(text)));
  return levels.sort((a, b) => (numbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : Number(a > b)));
}

function tooMany(source: Source, column: number, most: number): InputError {
  return new InputError('value', {
    where: source.name,
    expected: `at most ${most.toLocaleString('en-US')} levels in a column`,
    got: `more in column ${source.columns[column]}`,
    remedy: 'leave the column out, or give it a family of numbers',
  });
}
