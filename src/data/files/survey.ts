import type { Complaint } from '../../base/errors.js';
import type { Dialect } from '../text/dialect.js';
import { blocks, type TextInput } from '../text/open.js';
import { RowReader } from '../text/rows.js';

/** What a whole text holds, by the rules of `src/data/text`. */
export interface Survey {
  readonly rows: number;
  /** Of each column of numbers or booleans, how many cells are not missing. */
  readonly present: ReadonlyMap<number, number>;
  /** Of each such column that has a cell which is none of these, what is wrong with the first. */
  readonly faults: ReadonlyMap<number, Complaint>;
  /** Whether DuckDB can be told how to read it: one kind of line end, no lines of blanks, a sign between cells. */
  readonly plain: boolean;
}

/** Reads a text to its end. Throws `InputError('format')` where a record is none. */
export async function survey(input: TextInput, dialect: Dialect): Promise<Survey> {
  const faults = new Map<number, Complaint>();
  const numeric = numericColumns(dialect);
  const present = new Map(numeric.map((index) => [index, 0]));
  const onFault = (column: number, complaint: Complaint): void => {
    if (!faults.has(column)) faults.set(column, complaint);
  };
  const reader = new RowReader(input.name, dialect, numeric, { onFault });
  let rows = 0;
  for await (const block of blocks(input, reader)) {
    rows += reader.rows;
    for (const [j, index] of numeric.entries()) present.set(index, (present.get(index) ?? 0) + count(block[j]));
  }
  const { records, blank } = reader.stream;
  const plain =
    [0, 1, 2, 4].includes(records.breaks) && !blank && dialect.delimiter !== ' ' && dialect.skip !== undefined;
  return { rows, present, faults, plain };
}

/** The columns of numbers and booleans, and those that may turn out to be. */
export function numericColumns({ columns }: Dialect): number[] {
  return columns.flatMap(({ kind }, index) => (['number', 'boolean', 'empty'].includes(kind) ? [index] : []));
}

function count(values: Float64Array): number {
  let found = 0;
  for (const value of values) if (!Number.isNaN(value)) found++;
  return found;
}
