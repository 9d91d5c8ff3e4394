import { join } from 'node:path';
import { Database, literal } from '../src/data/files/duckdb.js';
import { timed, type LargeRun, type TimedRun } from './large-run.js';
import { digits } from './table.js';

/** Rows at the most, and what share of their values is missing: float64 sweeps of so many take minutes. */
const ROWS = 4_000_000;
const MISSING = 0.1;
const ITERATIONS = 2;

/** Fits of rows with gaps, in a file and in memory. */
export interface GapsResult {
  readonly rows: number;
  readonly runs: readonly LargeRun[];
  /** Seconds of an iteration for a million rows. */
  readonly million: { readonly filed: number; readonly held: number };
}

/** Arguments of the command for rows in a file and in memory. */
interface Ways {
  readonly filed: readonly string[];
  readonly held: readonly string[];
}

/** The same of rows of a table, a tenth of whose values are taken off, by `missing: 'model'`. */
export async function benchGaps(data: string, folder: string, { filed, held }: Ways): Promise<GapsResult> {
  const path = join(folder, 'gaps.parquet');
  const rows = await takeOff(data, path);
  const limits = ['--missing', 'model', '--seeding', 'random', '--tolerance', '0', '--max-iterations', `${ITERATIONS}`];
  const name = `fit of ${rows.toLocaleString('en')} rows with gaps, ${ITERATIONS} iterations`;
  const fit = (where: string, way: readonly string[]): Promise<TimedRun> =>
    timed(`${name}, ${where}`, ['fit', path, ...way, ...limits]);
  const there = await fit('in a file', filed);
  const here = await fit('in memory', held);
  const million = ({ phases }: TimedRun): number => (phases.fit / ITERATIONS / rows) * 1e6;
  return { rows, runs: [there.run, here.run], million: { filed: million(there), held: million(here) } };
}

/** Writes Parquet of the first rows, and says how many. */
async function takeOff(data: string, path: string): Promise<number> {
  const database = await Database.open();
  const scan = `read_parquet(${literal(data)})`;
  const columns = (await database.columns(scan)).map(
    ({ name }) => `CASE WHEN random() < ${MISSING} THEN NULL ELSE ${name} END AS ${name}`,
  );
  await database.rows(`COPY (SELECT ${columns.join(', ')} FROM ${scan} LIMIT ${ROWS}) TO ${literal(path)}`);
  const [[count]] = await database.rows(`SELECT count(*) FROM read_parquet(${literal(path)})`);
  return Number(count);
}

export function gapsLine({ rows, million: { filed, held } }: GapsResult): string {
  const of = `Of ${rows.toLocaleString('en')} rows, ${100 * MISSING} % of whose values are missing`;
  return `${of}, an iteration: ${digits(1 / filed)} million rows a second from a file, ${digits(1 / held)} from memory: ${digits((100 * held) / filed)} %`;
}
