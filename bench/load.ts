import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveBackend } from '../src/backend/resolve.js';
import { loadDataset } from '../src/data/dataset.js';
import { Database, literal } from '../src/data/files/duckdb.js';
import { openSource } from '../src/data/files/open.js';
import { median } from './iterations.js';
import { phasesOf, rowsOf, type LoadSize, type Phases } from './load-phases.js';
import { execute } from './peers/execute.js';
import { digits, table } from './table.js';

const phases = ['load', 'seed', 'score'] as const;

/** What phases of a fit take beside its sweeps. */
export interface LoadResult {
  readonly size: LoadSize;
  /** Seconds of an iteration, warm: the unit of the phases. */
  readonly sweep: number;
  /** Phases of fits in a process that has fitted before, and of the first fit of a process, in sweeps. */
  readonly warm: Readonly<Record<(typeof phases)[number], number>>;
  readonly cold: Readonly<Record<(typeof phases)[number], number>>;
  /** Processor seconds of loading Parquet, and of DuckDB fetching the same columns; their ratio is the median of runs. */
  readonly parquet: { readonly rows: number; readonly otmix: number; readonly duckdb: number; readonly ratio: number };
}

/** `npm run bench -- load`: loading, seeding and scoring in sweeps of the same run, and Parquet beside DuckDB alone. */
export async function benchLoad(n: number, runs: number, say: (text: string) => void): Promise<LoadResult> {
  const size: LoadSize = { n, d: 16, k: 16 };
  const data = rowsOf(size);
  const cold: Phases[] = [];
  const warm: Phases[] = [];
  await phasesOf(data, size); // warms up
  await phasesOf(data, size);
  for (let run = 0; run < runs; run++) {
    warm.push(await phasesOf(data, size));
    cold.push(await firstOfProcess(size));
    say(`measured fits, ${run + 1} of ${runs}`);
  }
  const sweep = median(warm.map(({ fit }) => fit));
  const inSweeps = (of: readonly Phases[]): LoadResult['warm'] => {
    const units = (phase: (typeof phases)[number]): number => median(of.map((one) => one[phase])) / sweep;
    return { load: units('load'), seed: units('seed'), score: units('score') };
  };
  const parquet = await benchParquet(5 * n, runs);
  return { size, sweep, warm: inSweeps(warm), cold: inSweeps(cold), parquet };
}

async function firstOfProcess(size: LoadSize): Promise<Phases> {
  const script = fileURLToPath(new URL('load-job.js', import.meta.url));
  const { status, output, complaints } = await execute(process.execPath, [script, JSON.stringify(size)]);
  if (status !== 0) throw new Error(`bench: expected a first fit, got\n${complaints}`);
  return JSON.parse(output) as Phases;
}

/** Loads a Parquet file of 16 columns of float64, alternating with DuckDB, which fetches the columns and looks at none. */
async function benchParquet(rows: number, runs: number): Promise<LoadResult['parquet']> {
  const folder = await mkdtemp(join(tmpdir(), 'otmix-load-'));
  const path = join(folder, 'rows.parquet');
  try {
    const columns = Array.from({ length: 16 }, (_, j) => `random() * ${j + 1} AS x${j}`).join(', ');
    await (await Database.open()).rows(`COPY (SELECT ${columns} FROM range(${rows})) TO ${literal(path)}`);
    const device = await resolveBackend('auto', { threads: 1 });
    const load = async (): Promise<void> => {
      (await loadDataset(await openSource(path), { device, missing: 'error' })).shard.dispose();
    };
    const pairs: { own: number; alone: number }[] = [];
    await load(); // warms up
    for (let run = 0; run < runs; run++) {
      pairs.push({ alone: await processorTime(() => fetchAll(path)), own: await processorTime(load) });
    }
    return {
      rows,
      otmix: median(pairs.map(({ own }) => own)),
      duckdb: median(pairs.map(({ alone }) => alone)),
      ratio: median(pairs.map(({ own, alone }) => own / alone)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function fetchAll(path: string): Promise<void> {
  await (
    await Database.open()
  ).connected(async (connection) => {
    const result = await connection.stream(`SELECT * FROM read_parquet(${literal(path)})`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
    }
  });
}

/** Seconds of all threads of this process. */
async function processorTime(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

export function loadTable({ size: { n, d, k }, sweep, warm, cold, parquet }: LoadResult): string {
  const rows = [['a process that has fitted before', warm] as const, ['the first fit of a process', cold] as const].map(
    ([name, of]) => [name, ...phases.map((phase) => digits(of[phase]))],
  );
  const heads = [`sweeps of ${digits(1000 * sweep)} ms`, ...phases];
  return [
    `full, ${n.toLocaleString('en')} × ${d} of float32 in memory, k = ${k}\n`,
    table(heads, rows),
    `\nParquet, ${parquet.rows.toLocaleString('en')} × 16: loading takes ${digits(parquet.otmix)} s of processor time, DuckDB`,
    `${digits(parquet.duckdb)} s to fetch the same columns: ${digits(parquet.ratio)} times`,
  ].join('\n');
}
