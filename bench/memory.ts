import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, literal } from '../src/data/files/duckdb.js';
import { openSource } from '../src/data/files/open.js';
import { fitMixture } from '../src/fit/fit.js';
import { command, meter } from './flights.js';
import { execute } from './peers/execute.js';
import { digits, table } from './table.js';

/** A process that predicts rows of a Parquet file. */
export interface MemoryResult {
  readonly name: string;
  /** The most that the process had in memory, pages of the programs and libraries that it runs included. */
  readonly peakBytes: number;
  /** Seconds of all its threads. */
  readonly cpu: number;
}

const COLUMNS = 8;

/** `npm run bench -- memory`: peaks of `otmix predict` of so many rows of 8 columns of float64, by kinds of output. */
export async function benchMemory(rows: number, say: (text: string) => void): Promise<readonly MemoryResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'otmix-memory-'));
  const [data, some, model] = ['rows.parquet', 'some.parquet', 'model.json'].map((name) => join(folder, name));
  try {
    const columns = Array.from(
      { length: COLUMNS },
      (_, j) => `random() + random() + range % 4 * ${1 + j / 8} AS x${j}`,
    );
    const database = await Database.open();
    await database.rows(`COPY (SELECT ${columns.join(', ')} FROM range(${rows})) TO ${literal(data)}`);
    await database.rows(`COPY (SELECT * FROM ${literal(data)} LIMIT 20000) TO ${literal(some)}`);
    await (await fitMixture(await openSource(some), { components: 4 })).mixture.save(model);
    const results: MemoryResult[] = [];
    for (const out of ['labels.csv', 'labels.parquet']) {
      results.push(await predicted(['predict', model, data, '--out', join(folder, out), '-q'], `--out ${out}`));
      say(`measured otmix predict --out ${out}`);
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function predicted(args: readonly string[], name: string): Promise<MemoryResult> {
  const { status, complaints } = await execute(process.execPath, ['--import', meter, command, ...args]);
  const [, kibibytes, microseconds] = /\nused (\d+) (\d+)\n/.exec(complaints) ?? [];
  if (status !== 0 || kibibytes === undefined) throw new Error(`bench: expected predictions, got\n${complaints}`);
  return { name, peakBytes: 1024 * Number(kibibytes), cpu: Number(microseconds) / 1e6 };
}

export function memoryTable(rows: number, results: readonly MemoryResult[]): string {
  const lines = results.map(({ name, peakBytes, cpu }) => [name, digits(peakBytes / 2 ** 20), digits(cpu)]);
  const head = `otmix predict, ${rows.toLocaleString('en')} × ${COLUMNS}, Parquet`;
  return table([head, 'peak MiB', 'processor s'], lines);
}
