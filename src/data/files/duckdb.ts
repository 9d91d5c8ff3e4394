import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as DuckDB from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import type * as Bindings from '@duckdb/node-bindings';
import { InputError } from '../../base/errors.js';
import { ownFolder } from '../../base/temporary.node.js';
import type { Floats } from '../../sweep/model.js';
import type { Coder } from '../levels.js';
import { columnReader } from './column-reader.js';
import type { Column } from './table.js';

const require = createRequire(import.meta.url);

/**
 * DuckDB, an optional dependency: loaded when first needed, and as the CommonJS that it is. An `import` takes twice as long,
 * because Node then looks for the names that each of its files exports.
 */
export function loadDuckDB(): typeof DuckDB {
  try {
    return require('@duckdb/node-api') as typeof DuckDB;
  } catch (cause) {
    throw new InputError(
      'unsupported',
      {
        where: '@duckdb/node-api',
        expected: 'this optional dependency, which reads JSON, Parquet, globs and SQL',
        got: 'none that loads on this platform',
        remedy: 'install it with npm install @duckdb/node-api, or use a .csv, .arrow or .npy file',
      },
      { cause },
    );
  }
}

/**
 * What DuckDB's own package loads, to reach the numbers of a vector without the objects that it makes around each: those are
 * garbage by the million in a large table.
 */
function bindingsOf(): typeof Bindings {
  return createRequire(require.resolve('@duckdb/node-api'))('@duckdb/node-bindings') as typeof Bindings;
}

/** An SQL string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of paths as an SQL value, each taken literally rather than as a glob, which those of the web never are. */
export function pathList(paths: readonly string[]): string {
  const exact = (path: string): string => (/^https?:/i.test(path) ? path : path.replace(/[*?[]/g, '[$&]'));
  return `[${paths.map((path) => literal(exact(path))).join(', ')}]`;
}

/** The files a glob matches, sorted. */
export async function globbed(database: Database, pattern: string): Promise<string[]> {
  const rows = await database.rows(`SELECT file FROM glob(${literal(pattern)}) ORDER BY file`);
  return rows.map(([file]) => String(file));
}

let scratch: string | undefined;

/** For what a query spills; it is removed when the process ends. */
export function scratchFolder(): string {
  if (scratch !== undefined) return scratch;
  const path = ownFolder('duckdb');
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return (scratch = path);
}

/** Nothing is downloaded, loaded from the user's home or asked of a network: DuckDB has only what is built into it. */
const SETTINGS = {
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_persistent_secrets: 'false',
  enable_external_file_cache: 'false', // or a pass over a large file fills the memory
};

/** Of the rows that DuckDB reads ahead of a stream: of a megabyte, its default, it stops and starts too often. */
const READ_AHEAD = "SET streaming_buffer_size = '4MiB'";

/** What a stream needs beside its columns. */
interface Streaming {
  readonly signal?: AbortSignal | undefined;
  /** As those of `Table.blocks`. */
  readonly coders?: readonly (Coder | undefined)[] | undefined;
}

/**
 * A private DuckDB database in memory. Nothing but memory outlives a call: every method opens a connection of
 * its own and closes it, and with it the files it read. Errors are DuckDB's own; see `explain`. A signal that is
 * aborted interrupts what runs, which then throws the signal's reason.
 */
export class Database {
  private readonly bindings = bindingsOf();
  private isLocked = false;

  private constructor(
    private readonly duckdb: typeof DuckDB,
    private readonly instance: DuckDBInstance,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * Opens an empty database; `signal` is for all that is asked of it, but for `stream`, which has its own. `folder`: where
   * it may write.
   */
  static async open(signal?: AbortSignal, folder = scratchFolder()): Promise<Database> {
    const duckdb = loadDuckDB();
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      ...SETTINGS,
      temp_directory: join(folder, 'spill'),
      extension_directory: join(folder, 'extensions'),
    });
    return new Database(duckdb, instance, signal);
  }

  /** Lets no statement from here on change a setting. */
  async lock(): Promise<void> {
    await this.rows('SET lock_configuration = true');
    this.isLocked = true;
  }

  /** All rows of a small result. */
  async rows(sql: string): Promise<DuckDBValue[][]> {
    return this.connected(async (connection) => (await connection.run(sql)).getRows());
  }

  /** The names and types of what `SELECT * FROM scan` yields; reads no more than types need. */
  async columns(scan: string): Promise<Column[]> {
    const fields = await this.rows(`DESCRIBE SELECT * FROM ${scan}`);
    return fields.map(([name, type]) => ({ name: String(name), type: String(type), ...kindOf(String(type)) }));
  }

  /** Runs something on a connection of its own. */
  async connected<T>(run: (connection: DuckDBConnection, duckdb: typeof DuckDB) => Promise<T>): Promise<T> {
    const connection = await this.instance.connect();
    const release = interruptedBy(this.signal, connection);
    try {
      return await run(connection, this.duckdb);
    } catch (error) {
      this.signal?.throwIfAborted();
      throw error;
    } finally {
      release();
      connection.closeSync();
    }
  }

  /**
   * Columns of `SELECT … FROM scan` as the nearest float64, those of type FLOAT as float32; NaN for NULL; in blocks of at most
   * 2048 rows as DuckDB produces them. They lie in DuckDB's memory, and are valid until the next. The same seed of random()
   * each time. Of columns that have a coder, the numbers are the coder's.
   */
  async *stream(
    scan: string,
    columns: readonly Column[],
    { signal, coders }: Streaming = {},
  ): AsyncGenerator<Floats[]> {
    const connection = await this.instance.connect();
    const release = interruptedBy(signal, connection);
    let coming: ReturnType<DuckDBResult['fetchChunk']> | undefined;
    try {
      await connection.run('SELECT setseed(0.5)');
      if (!this.isLocked) await connection.run(READ_AHEAD);
      const readers = columns.map((column, index) =>
        columnReader(this.bindings, { column, index, coder: coders?.[index] }),
      );
      const values = readers.map(({ sql }) => sql);
      const result = await connection.stream(`SELECT ${values.join(', ')} FROM ${scan}`);
      coming = result.fetchChunk();
      for (;;) {
        const chunk = await coming;
        signal?.throwIfAborted();
        const rows = chunk?.rowCount ?? 0;
        if (chunk === null || rows === 0) return;
        coming = result.fetchChunk(); // DuckDB works on the next meanwhile
        coming.catch(() => undefined); // whoever waits for it hears of it
        yield readers.map(({ read }) => read(chunk, rows));
        chunk.reset(); // which also keeps it until here: its memory goes when nobody holds it
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      release();
      await coming?.catch(() => undefined);
      await connection.run('SELECT 1').catch(() => undefined); // ends a stream cut short, which closes its files
      connection.closeSync();
    }
  }
}

/** Has a signal interrupt what a connection does, until the function it returns is called. */
function interruptedBy(signal: AbortSignal | undefined, connection: DuckDBConnection): () => void {
  signal?.throwIfAborted();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  return () => signal?.removeEventListener('abort', interrupt);
}

function kindOf(type: string): Pick<Column, 'kind' | 'isText' | 'isTruth'> {
  if (/^(VARCHAR|ENUM\(.*\))$/s.test(type)) return { kind: 'other', isText: true };
  if (type === 'BOOLEAN') return { kind: 'numeric', isTruth: true };
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/.test(type)) return { kind: 'numeric' };
  const isTime = /^(DATE|TIME(_NS)?|TIMESTAMP\w*|INTERVAL)( WITH TIME ZONE)?$/.test(type);
  return { kind: isTime ? 'temporal' : 'other' };
}
