import { InputError } from '../../base/errors.js';
import type { Floats } from '../../sweep/model.js';
import { durationNote } from '../arrow.js';
import type { Piece } from '../division.js';
import type { Coder } from '../levels.js';

/** A named column, and whether it can enter a fit. */
export interface Column {
  readonly name: string;
  /** The format's own name of the type, for messages. */
  readonly type: string;
  /** `text`: a cell of a text format that may spell a number, see {@link Table.checkNumbers}. */
  readonly kind: 'numeric' | 'temporal' | 'text' | 'other';
  /** Whether its values are texts, which {@link Table.blocks} can have numbered. */
  readonly isText?: boolean;
  /** Whether its values are true and false, which {@link Table.blocks} has as 1 and 0. */
  readonly isTruth?: boolean;
  /** Whether it can hold nothing but missing values, which are joined with values of any type. */
  readonly isVoid?: boolean;
  /** What DuckDB calls the column, where that is not its name. */
  readonly field?: string;
  /** What a column of durations counts, such as `milliseconds`. */
  readonly unit?: string;
  /** A sentence that those who use the column should know. */
  readonly note?: string;
  /** What the column is, if it is used only where it is named. */
  readonly aside?: string;
  /** Why no numbers can be had of the column although its type promises them; its kind is then `other`. */
  readonly trouble?: Trouble;
}

/** Why a column can't be read, as parts of a message. */
export interface Trouble {
  readonly got: string;
  /** Absent where it helps only to choose other columns. */
  readonly remedy?: string;
}

/** A table in which columns of float32 may come as such. */
export type AnyTable = Table<Floats>;

/** A file of a table, and a way to read some of its rows. */
export interface ReadablePiece extends Piece {
  /** As those of `Table`; without a range all rows. */
  blocks(
    chosen: readonly number[],
    range?: { readonly from: number; readonly to: number },
    signal?: AbortSignal,
    coders?: readonly (Coder | undefined)[],
  ): AsyncIterable<readonly Floats[]>;
}

/** What every file format provides: typed columns, and their values as float64. */
export interface Table<Numbers extends Floats = Float64Array> {
  /** What messages call it: the path, glob or query it was opened with. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Number of rows, where it is known without reading them. */
  readonly rows?: number;
  /** As those of a `Source`. */
  readonly notes?: readonly string[];
  /**
   * The chosen columns in blocks of any number of rows. A block has one array per chosen column, all equally long, with
   * NaN where a value is missing; it is valid until the next. Every call starts at the first row; a caller that stops
   * early releases what the format holds open. An aborted signal ends what waits, with the signal's reason. Of a column
   * of text that has a coder among `coders`, which are as many as `chosen`, the numbers are the coder's.
   */
  blocks(
    chosen: readonly number[],
    signal?: AbortSignal,
    coders?: readonly (Coder | undefined)[],
  ): AsyncIterable<readonly Numbers[]>;
  /** Its files, in the order of its rows; left out of a table that is one file, read as a whole. */
  pieces?(): Promise<readonly ReadablePiece[]>;
  /**
   * Throws an error that names the first cell of a `text` column that is not a number. A column without values among
   * the first rows passes, unless `whole` has the file read on.
   */
  checkNumbers?(column: number, whole?: boolean): Promise<void>;
}

/** Whether all cells of a column of a text format are numbers or missing. */
export async function spellsNumbers(
  table: Pick<Table, 'columns' | 'checkNumbers'>,
  column: number,
  whole?: boolean,
): Promise<boolean> {
  if (table.columns[column].kind !== 'text' || !table.checkNumbers) return false;
  try {
    await table.checkNumbers(column, whole);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** What makes a column one of durations, which count as numbers of their unit. */
export function counting(name: string, unit: string): Pick<Column, 'unit' | 'note'> {
  return { unit, note: durationNote(name, unit) };
}

/** What makes a column one that pandas kept its index in. */
export const asideIndex: Pick<Column, 'aside'> = { aside: 'the index of pandas' };

/** The error for a file that is well-formed and holds nothing. */
export function emptyError(name: string, got = 'no rows'): InputError {
  return new InputError('format', {
    where: name,
    expected: 'at least one row',
    got,
    remedy: 'check how it was written',
  });
}

/** The files of a table. */
export async function piecesOf(table: AnyTable): Promise<readonly ReadablePiece[]> {
  if (table.pieces) return table.pieces();
  return [{ path: table.name, blocks: (chosen, _, signal, coders) => table.blocks(chosen, signal, coders) }];
}
