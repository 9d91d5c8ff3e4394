import { yieldToEvents } from '../base/event-loop.js';
import { areTruth } from '../base/truth.js';
import { InputError } from '../base/errors.js';
import type { Levels, Question } from '../families/family.js';
import { cleanBlocks, type CleanBlock, type MissingPolicy } from './blocks.js';
import type { Column } from '../sweep/encode.js';
import type { Source } from './source.js';

/** Rows that are looked at together. */
const ROWS = 65_536;

export interface SurveyOptions {
  readonly missing: MissingPolicy;
  /** What is asked of each column, `[d]`; nothing is found of others. */
  readonly questions: readonly (Question | undefined)[];
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

/**
 * The different values of each column, `[d]`, by one read of the rows that are kept. Numbers rise; texts are in the order of
 * their code units, or as numbers where all are such. Throws `InputError('value')` for a column of more than it may have.
 */
export async function surveyed(source: Source, options: SurveyOptions): Promise<Levels[]> {
  const { missing, questions, signal, onRows } = options;
  const found = source.columns.map(() => new Set<number>());
  let texts: CleanBlock['levels'];
  const textsOf = (j: number): readonly string[] | undefined => {
    const own = texts?.[j];
    return own && questions[j]?.holds && areTruth(own) ? undefined : own; // numbers, where these are asked for
  };
  let rows = 0;
  for await (const block of cleanBlocks(source, { missing, signal, blockRows: ROWS })) {
    ({ levels: texts } = block);
    for (const [j, question] of questions.entries()) {
      if (!question) continue;
      addValues(block.columns[j], block.rows, found[j], textsOf(j) ? undefined : question.holds);
      if (found[j].size > question.most) throw tooMany(source, j, question);
    }
    rows += block.rows;
    onRows?.(rows);
    await yieldToEvents(signal);
  }
  return found.map((own, j) => sorted(own, textsOf(j)));
}

/** The levels of rows that were looked at apart. Throws as `surveyed` does. */
export function mergedLevels(
  source: Source,
  parts: readonly (readonly Levels[])[],
  questions: SurveyOptions['questions'],
): Levels[] {
  return questions.map((question, j) => {
    const all = [...new Set(parts.flatMap((levels) => levels[j]))];
    if (question && all.length > question.most) throw tooMany(source, j, question);
    return all.every((level) => typeof level === 'number') ? all.sort((a, b) => a - b) : inOrder(all.map(String));
  });
}

function addValues({ values, start, stride }: Column, rows: number, into: Set<number>, holds: Question['holds']): void {
  for (let row = 0, at = start; row < rows; row++, at += stride) {
    const value = values[at];
    if (!Number.isNaN(value) && (!holds || holds(value))) into.add(value);
  }
}

function sorted(own: ReadonlySet<number>, texts: readonly string[] | undefined): Levels {
  if (!texts) return Array.from(own).sort((a, b) => a - b);
  return inOrder(Array.from(own, (code) => texts[code]));
}

function inOrder(levels: string[]): Levels {
  const numbers = levels.every((text) => text.trim() !== '' && Number.isFinite(Number(text)));
  return levels.sort((a, b) => (numbers ? Number(a) - Number(b) : 0) || (a < b ? -1 : Number(a > b)));
}

function tooMany(source: Source, column: number, { most, of, remedy }: Question): InputError {
  return new InputError('value', {
    where: source.name,
    expected: `at most ${most.toLocaleString('en-US')} ${of} in a column`,
    got: `more in column ${source.columns[column]}`,
    remedy,
  });
}
