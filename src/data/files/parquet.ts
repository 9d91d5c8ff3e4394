import { durationUnit, pandasIndex, type ArrowType } from '../arrow.js';
import { distinctNames } from '../names.js';
import { isAddress } from './addresses.js';
import { schemaOf } from './arrow.js';
import { type Database, pathList } from './duckdb.js';
import { databaseFor } from './httpfs.js';
import { partitionsOf } from './partitions.js';
import { asking, scanned } from './scan.js';
import { asideIndex, counting, type Column, type AnyTable, type ReadablePiece } from './table.js';

/** Digits of a decimal that DuckDB reads right: those of 16 bytes. */
const DIGITS = 38;

/** A run of files that have the same columns, and the same values in the names of folders. */
export interface ParquetRun {
  readonly paths: readonly string[];
  readonly columns: readonly Column[];
  readonly notes: readonly string[];
  readonly rows: number;
  /** What to read in a clause FROM. */
  readonly scan: string;
}

/** A column at the top of a schema, as the footer has it. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly logical: string;
  readonly precision: number;
  readonly scale: number;
}

interface Footer {
  readonly path: string;
  readonly fields: readonly Field[];
  readonly rows: number;
  /** What pandas wrote, and the Arrow schema in base64, where there are such. */
  readonly pandas?: string;
  readonly arrow?: string;
}

/** Parquet files as tables, one for each run of files with the same columns; the numbers of rows are in footers. */
export async function openParquet(name: string, paths: readonly string[]): Promise<AnyTable[]> {
  const database = await databaseFor(paths);
  const runs = await parquetRuns(database, name, paths);
  const isApart = !paths.some(isAddress);
  return runs.map(({ paths, columns, notes, rows, scan }) => ({
    ...scanned({ database, reading: { name: paths[0], kind: 'file' }, columns, rows, isApart, from: () => scan }),
    ...(notes.length > 0 && { notes }),
    pieces: () => piecesOfRun(database, paths, columns),
  }));
}

/** The files of a run, to be cut where row groups begin. */
async function piecesOfRun(
  database: Database,
  paths: readonly string[],
  columns: readonly Column[],
): Promise<ReadablePiece[]> {
  const groups = await database.rows(
    `SELECT DISTINCT file_name, row_group_id, row_group_num_rows FROM parquet_metadata(${pathList(paths)}) ORDER BY ALL`,
  );
  return paths.map((path) => {
    const cuts: number[] = [];
    let rows = 0;
    for (const [, , count] of groups.filter(([file]) => file === path)) {
      cuts.push(rows);
      rows += Number(count);
    }
    return {
      ...{ path, rows, cuts },
      blocks(chosen, range, signal, coders) {
        const scan = range ? rangeScan(path, range) : `read_parquet(${pathList([path])}, hive_partitioning = false)`;
        const reading = { name: path, kind: 'file' } as const;
        return scanned({ database, reading, columns, from: () => scan }).blocks(chosen, signal, coders);
      },
    };
  });
}

/** Some rows of a file: DuckDB leaves out row groups that have none of them. */
function rangeScan(path: string, { from, to }: { readonly from: number; readonly to: number }): string {
  const scan = `read_parquet(${pathList([path])}, hive_partitioning = false, file_row_number = true)`;
  return `(SELECT * FROM ${scan} WHERE file_row_number >= ${from} AND file_row_number < ${to})`;
}

/** What the footers of Parquet files say, files in the order given. */
export async function parquetRuns(
  database: Database,
  name: string,
  paths: readonly string[],
): Promise<readonly ParquetRun[]> {
  return asking({ name, kind: 'file' }, async () => {
    const runs: { key: string; footers: Footer[] }[] = [];
    for (const footer of await footers(database, paths)) {
      const { path, fields, pandas, arrow } = footer;
      const key = JSON.stringify([fields, pandas && [...pandasIndex(pandas)], arrow, partitionsOf(path)]);
      if (runs.at(-1)?.key === key) runs.at(-1)?.footers.push(footer);
      else runs.push({ key, footers: [footer] });
    }
    const found: ParquetRun[] = [];
    for (const run of runs) found.push(await describe(database, run.footers));
    return found;
  });
}

async function describe(database: Database, footers: readonly Footer[]): Promise<ParquetRun> {
  const paths = footers.map((footer) => footer.path);
  const scan = `read_parquet(${pathList(paths)}, hive_partitioning = false)`;
  const [{ fields, pandas, arrow }] = footers;
  const known = await database.columns(`read_parquet(${pathList(paths.slice(0, 1))}, hive_partitioning = false)`);
  const { names, notes } = distinctNames(fields.map((field) => field.name));
  const index = pandasIndex(pandas);
  const units = arrow === undefined ? undefined : await durations(fields, arrow);
  const columns = known.map((column, at): Column => {
    const field = fields[at];
    const unit = units?.get(field.name);
    return {
      ...column,
      name: names[at],
      field: column.name,
      ...(unit !== undefined && counting(names[at], unit)),
      ...(index.has(field.name) && asideIndex),
      ...(field.precision > DIGITS && tooLong(field)),
    };
  });
  return { paths, columns, notes, scan, rows: footers.reduce((sum, footer) => sum + footer.rows, 0) };
}

/** Units of the columns that Arrow knows for durations, and Parquet for integers. */
async function durations(fields: readonly Field[], arrow: string): Promise<ReadonlyMap<string, string> | undefined> {
  if (!fields.some(({ type, logical }) => type === 'INT64' && logical === '')) return undefined;
  const schema = await schemaOf(Buffer.from(arrow, 'base64'));
  const units = (schema?.fields ?? []).map(({ name, type }) => [name, durationUnit(type as ArrowType)] as const);
  return new Map(units.flatMap(([name, unit]) => (unit === undefined ? [] : [[name, unit] as const])));
}

function tooLong({ name, precision, scale }: Field): Partial<Column> {
  const type = `DECIMAL(${precision},${scale})`;
  const remedy = `write ${name} as float64 or as a decimal of at most ${DIGITS} digits`;
  return { type, kind: 'other', trouble: { got: `${type}, more than the ${DIGITS} digits that can be read`, remedy } };
}

async function footers(database: Database, paths: readonly string[]): Promise<Footer[]> {
  const list = pathList(paths);
  const schema = await database.rows(
    `SELECT file_name, name, type, logical_type, precision, scale, num_children FROM parquet_schema(${list})`,
  );
  const counts = await database.rows(`SELECT file_name, num_rows FROM parquet_file_metadata(${list})`);
  const rows = new Map(counts.map(([path, count]) => [path, Number(count)]));
  const beside = new Map<string, string>();
  const keys = `SELECT file_name, decode(key), decode(value) FROM parquet_kv_metadata(${list})`;
  for (const [path, key, value] of await database.rows(`${keys} WHERE key IN ('pandas'::BLOB, 'ARROW:schema'::BLOB)`)) {
    beside.set(`${String(key)} ${String(path)}`, String(value));
  }
  const found: Footer[] = [];
  for (let at = 0; at < schema.length;) {
    const path = String(schema[at][0]);
    const children = Number(schema[at][6]);
    const fields: Field[] = [];
    at++;
    for (let child = 0; child < children; child++) {
      const [, name, type, logical, precision, scale] = schema[at];
      fields.push({
        ...{ name: String(name), type: text(type), logical: text(logical) },
        ...{ precision: Number(precision ?? 0), scale: Number(scale ?? 0) },
      });
      at = past(schema, at);
    }
    const [pandas, arrow] = [beside.get(`pandas ${path}`), beside.get(`ARROW:schema ${path}`)];
    found.push({ path, fields, rows: rows.get(path) ?? 0, ...(pandas && { pandas }), ...(arrow && { arrow }) });
  }
  return found;
}

/** Where the schema goes on after an element and all that it holds. */
function past(schema: readonly (readonly unknown[])[], at: number): number {
  let next = at + 1;
  for (let child = 0; child < Number(schema[at][6] ?? 0); child++) next = past(schema, next);
  return next;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
