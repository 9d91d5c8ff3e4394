import { InputError } from '../../errors.js';

/** A named column, and what of it can enter a fit. */
export interface Column {
  readonly name: string;
  /** The format's own name of the type, for messages. */
  readonly type: string;
  /** `text`: a cell of a text format that may spell a number, see {@link Table.checkNumbers}. */
  readonly kind: 'numeric' | 'temporal' | 'text' | 'other';
}

/** What every file format provides: typed columns, and their values as float64. */
export interface Table {
  /** What messages call it: the path, glob or query it was opened with. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Number of rows, where it is known without reading them. */
  readonly rows?: number;
  /** As those of a `Source`. */
  readonly notes?: readonly string[];
  /**
   * The chosen columns in blocks of any number of rows: per block one array per chosen column, all equally
   * long, NaN where a value is missing. Every call starts at the first row; a caller that stops early
   * releases what the format holds open. An aborted signal ends what waits, with the signal's reason.
   */
  blocks(chosen: readonly number[], signal?: AbortSignal): AsyncIterable<readonly Float64Array[]>;
  /** Throws an error that names the first cell of a `text` column that is not a number. */
  checkNumbers?(column: number): Promise<void>;
}

/** The tables of several files as one, in the order given. Throws unless all have the same columns. */
export function concatenated(name: string, tables: readonly Table[]): Table {
  const [first, ...rest] = tables;
  if (rest.length === 0) return first;
  const names = (table: Table) => table.columns.map((column) => `${column.name} (${column.kind})`).join(', ');
  const odd = rest.find((table) => names(table) !== names(first));
  if (odd) {
    throw new InputError('format', {
      where: name,
      expected: `the columns of ${first.name} in every file: ${names(first)}`,
      got: `${names(odd)} in ${odd.name}`,
      remedy: 'match files of one kind',
    });
  }
  const known = tables.every((table) => table.rows !== undefined);
  const notes = tables.flatMap((table) => table.notes ?? []);
  return {
    name,
    columns: first.columns,
    ...(known && { rows: tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) }),
    ...(notes.length > 0 && { notes }),
    async *blocks(chosen, signal) {
      for (const table of tables) yield* table.blocks(chosen, signal);
    },
  };
}

/** The error for a file that is well-formed and holds nothing. */
export function emptyError(name: string, got = 'no rows'): InputError {
  return new InputError('format', {
    where: name,
    expected: 'at least one row',
    got,
    remedy: 'check how it was written',
  });
}
