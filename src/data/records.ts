import { shown } from '../base/check.js';
import { chooseNamed, type NamedColumn, type Wanted } from './named.js';
import type { Source } from './source.js';
import { rowSource } from './arrays.js';

/** A row as an object: column names and values. */
export type DataRecord = Readonly<Record<string, unknown>>;

/**
 * A source of records, `[{ x: 1, y: 2 }, …]`. Columns are called by the keys, in the order in which they first appear.
 * Numbers, bigints and booleans (0 and 1) are values, and texts where they are wanted; null, undefined and an absent key
 * are missing. Throws `InputError('format')` that names a column, and its first row, that holds anything else.
 */
export function recordSource(records: readonly DataRecord[], wanted: Wanted): Source {
  const columns = columnsOf(records);
  const { indices, coders, texts, notes } = chooseNamed(columns, wanted);
  const names = indices.map((index) => columns[index].name);
  const d = names.length;
  const slice = (from: number, to: number): Float64Array => {
    const values = new Float64Array((to - from) * d);
    for (let row = from, at = 0; row < to; row++) {
      const record = records[row];
      for (let j = 0; j < d; j++, at++) {
        const value = ownValue(record, names[j]);
        const coder = coders?.[j];
        if (value === null || value === undefined) values[at] = NaN;
        else values[at] = coder && typeof value === 'string' ? coder.code(value) : Number(value);
      }
    }
    return values;
  };
  return rowSource(records.length, names, slice, { notes, levels: texts });
}

/** What a column holds that is not missing. */
interface Held {
  texts: boolean;
  truths: boolean;
  others: boolean;
  /** The first value that is no number. */
  got?: string | undefined;
}

/** All keys of all records, and what those hold that do not hold numbers. */
function columnsOf(records: readonly DataRecord[]): readonly NamedColumn[] {
  const columns = new Map<string, Held>();
  for (const [row, record] of records.entries()) {
    for (const name of Object.keys(record)) {
      let held = columns.get(name);
      if (!held) columns.set(name, (held = { texts: false, truths: false, others: false }));
      const value = record[name];
      if (value === null || value === undefined) continue;
      if (typeof value === 'string') held.texts = true;
      else if (typeof value === 'boolean') held.truths = true;
      else held.others = true;
      held.got ??= foreign(value, row);
    }
  }
  return Array.from(columns, ([name, held]) => ({ name, ...described(held) }));
}

function described({ texts, truths, others, got }: Held): Omit<NamedColumn, 'name'> {
  if (got === undefined) return { isTruth: truths && !others };
  return texts && (truths || others) ? { got: `${got}, beside other values` } : { got, isText: texts };
}

/** What a value is that is no number; it is not missing. */
function foreign(value: unknown, row: number): string | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return undefined;
    case 'string':
      return `text in row ${row}: ${shown(value)}`;
    default:
      return value instanceof Date ? `a date in row ${row}` : `${shown(value)} in row ${row}`;
  }
}

/** A record has no columns but its own: `constructor` is none. */
function ownValue(record: DataRecord, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Whether a row is a record: an object that is no list, whatever its columns are called. */
export function isRecord(row: unknown): row is DataRecord {
  if (typeof row !== 'object' || row === null || Array.isArray(row) || ArrayBuffer.isView(row)) return false;
  if (!('length' in row)) return true;
  const { length } = row;
  return !(Number.isSafeInteger(length) && (length === 0 || '0' in row)); // an array-like has a first element
}
