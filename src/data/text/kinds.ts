import { lineEnds } from './encoding.js';
import { isMissing, type Rules } from './missing.js';
import type { SampleRecord } from './sample.js';

/** What the cells of a column are in the sample, those that are missing aside. */
export type Kind = 'number' | 'boolean' | 'date' | 'timestamp' | 'time' | 'empty' | 'text';

/** The types of SQL that columns of each kind have there and in messages. */
export const TYPES = {
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  time: 'TIME',
  empty: 'VARCHAR',
  text: 'VARCHAR',
} as const satisfies Record<Kind, string>;

/** A cell and the line that it begins in. */
export interface Place {
  readonly text: string;
  readonly line: number;
}

export interface Kinds {
  readonly kind: Kind;
  /** The first cell that is not a number, where the kind is `text`. */
  readonly odd?: Place;
  /** Where the kind is `text`, whether some cells are numbers. */
  readonly hasNumbers?: boolean;
  /** Where the kind is `text`, the first cell that would be missing in a column of numbers and is a word in one of text. */
  readonly lacking?: Place;
}

const PATTERNS: readonly (readonly [Kind, RegExp])[] = [
  ['boolean', /^(true|false)$/i],
  ['date', /^\d{4}-\d{2}-\d{2}$/],
  ['timestamp', /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}(:\d{2})?)?$/],
  ['time', /^\d{1,2}:\d{2}:\d{2}(\.\d+)?$/],
];

/** The kind of one cell; times only as ISO 8601 writes them, since 1/2/2020 could mean two days. */
export function kindOfCell(text: string, rules: Rules): Kind {
  const trimmed = text.trim();
  if (isMissing(trimmed, rules)) return 'empty';
  if (rules.spelling.parse(trimmed) !== undefined) return 'number';
  return PATTERNS.find(([, pattern]) => pattern.test(trimmed))?.[0] ?? 'text';
}

/** The kind of a column: that of all its cells that are not missing; `text` where they differ. */
export function kindOfColumn(records: readonly SampleRecord[], index: number, rules: Rules): Kinds {
  let found: Kind = 'empty';
  let odd: Place | undefined;
  let lacking: Place | undefined;
  let hasNumbers = false;
  for (const record of records) {
    const text = record.cells[index]?.text ?? '';
    const kind = kindOfCell(text, rules);
    if (kind === 'empty') {
      if (!lacking && isWord(text, rules)) lacking = placeOf(record, index);
      continue;
    }
    if (kind === 'number') hasNumbers = true;
    else odd ??= placeOf(record, index);
    if (found !== 'empty' && found !== kind) found = 'text';
    else if (found !== 'text') found = kind;
  }
  if (found !== 'text') return { kind: found };
  return { kind: found, ...(odd && { odd }), hasNumbers, ...(lacking && { lacking }) };
}

/** Whether a cell that is missing among numbers is no such thing among texts. */
function isWord(text: string, { missing }: Rules): boolean {
  return text.trim() !== '' && !missing.own.has(text.trim().toLowerCase());
}

function placeOf({ cells, line }: SampleRecord, index: number): Place {
  const before = cells.slice(0, index).reduce((sum, cell) => sum + lineEnds(cell.text), 0);
  return { text: cells[index].text, line: line + before };
}
