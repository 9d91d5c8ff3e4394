import type { Coder } from '../levels.js';
import { paysApart, readApart } from './apart.js';
import type { Database } from './duckdb.js';
import { explain, type Reading } from './explain.js';
import type { AnyTable, Column } from './table.js';

/** What DuckDB is to read. */
export interface Scan {
  readonly notes?: readonly string[];
  readonly database: Database;
  readonly reading: Reading;
  readonly columns: readonly Column[];
  readonly rows?: number;
  /** Whether the clause reads files of this machine and nothing else that the database holds. */
  readonly isApart?: boolean;
  /** The FROM clause that yields these columns, those that have a coder as text. */
  readonly from: (chosen: readonly Column[], coders?: readonly (Coder | undefined)[]) => string;
}

/** A table that DuckDB reads. */
export function scanned({ database, reading, columns, rows, isApart, notes, from }: Scan): AnyTable {
  return {
    name: reading.name,
    columns,
    ...(rows !== undefined && { rows }),
    ...(notes && { notes }),
    async *blocks(chosen, signal, coders) {
      const wanted = chosen.map((index) => columns[index]);
      try {
        const scan = from(wanted, coders);
        const readsApart = isApart === true && !coders && rows !== undefined && paysApart(rows, wanted.length);
        if (readsApart) yield* readApart({ scan, columns: wanted }, signal);
        else yield* database.stream(scan, wanted, { signal, coders });
      } catch (error) {
        throw explain(error, reading);
      }
    },
  };
}

/** Runs something that asks DuckDB, and explains what it complains of. */
export async function asking<T>(reading: Reading, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw explain(error, reading);
  }
}
