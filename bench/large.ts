import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, literal } from '../src/data/files/duckdb.js';
import { command, meter } from './flights.js';
import { median } from './iterations.js';
import { execute } from './peers/execute.js';
import { digits, table } from './table.js';

/** Columns of the table, and components that are fitted to it. */
const COLUMNS = 8;
const COMPONENTS = 16;
/** Iterations of a fit whose rate is measured. */
const ITERATIONS = 4;
/** What rows may take of memory where they are to lie in a file. */
const LITTLE = '16MiB';

/** A process that has ended. */
export interface LargeRun {
  readonly name: string;
  /** The most that the process had in memory, pages of the programs and libraries that it runs included. */
  readonly peakBytes: number;
  readonly wall: number;
  /** Seconds of all its threads. */
  readonly cpu: number;
}

export interface LargeResult {
  readonly rows: number;
  readonly runs: readonly LargeRun[];
  /** Seconds of loading rows into a file, and of DuckDB fetching the same columns: the best of runs. */
  readonly spilling: number;
  readonly duckdb: number;
  /** Seconds of an iteration, of rows in a file and in memory: medians of runs that alternate. */
  readonly iteration: { readonly filed: number; readonly held: number };
}

/** `npm run bench -- large`: a table larger than the memory that it is given, by the command. */
export async function benchLarge(rows: number, runs: number, say: (text: string) => void): Promise<LargeResult> {
  const folder = await mkdtemp(join(tmpdir(), 'otmix-large-'));
  const [data, model, labels] = ['rows.parquet', 'model.json', 'labels.parquet'].map((name) => join(folder, name));
  try {
    await generate(rows, data);
    say('made the table');
    const fit = (more: readonly string[]): readonly string[] => [
      ...['fit', data, '-k', `${COMPONENTS}`, '--covariance', 'full', '--seeding', 'random', '--tolerance', '0'],
      ...['--precision', 'float32', '--backend', 'wasm', '--spill', folder, '--json', ...more],
    ];
    const filed = ['--memory', LITTLE];
    const seconds = { filed: [] as number[], held: [] as number[] };
    const spilled: number[] = [];
    const fetched: number[] = [];
    const measured: LargeRun[] = [];
    for (let run = 0; run < runs; run++) {
      fetched.push(await fetchedBy(data));
      const limits = ['--max-iterations', `${ITERATIONS}`];
      const there = await timed(`fit, ${ITERATIONS} iterations, rows in a file`, fit([...limits, ...filed]));
      const here = await timed('the same, rows in memory', fit([...limits, '--memory', '64GiB']));
      seconds.filed.push(there.phases.fit / ITERATIONS);
      seconds.held.push(here.phases.fit / ITERATIONS);
      spilled.push(there.phases.load);
      if (run === 0) measured.push(there.run, here.run);
      say(`measured fits, ${run + 1} of ${runs}`);
    }
    const start = await timed('fit --max-iterations 0', [
      'fit',
      data,
      '-k',
      `${COMPONENTS}`,
      '--covariance',
      'full',
      '--max-iterations',
      '0',
      '--backend',
      'wasm',
      '--spill',
      folder,
      '--json',
      '--out',
      model,
      ...filed,
    ]);
    const last = await timed('predict', ['predict', model, data, '--out', labels, '-q']);
    return {
      rows,
      runs: [...measured, start.run, last.run],
      spilling: Math.min(...spilled),
      duckdb: Math.min(...fetched),
      iteration: { filed: median(seconds.filed), held: median(seconds.held) },
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rows of 16 clusters of deviation 1, float32. */
async function generate(rows: number, path: string): Promise<void> {
  const normal = 'sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())';
  const columns = Array.from(
    { length: COLUMNS },
    (_, j) => `(hash(c * ${COLUMNS} + ${j}) % 1000 / 40.0 + ${normal})::FLOAT AS x${j}`,
  );
  const clusters = `SELECT floor(random() * ${COMPONENTS})::INTEGER AS c FROM range(${rows})`;
  await (
    await Database.open()
  ).rows(`COPY (SELECT ${columns.join(', ')} FROM (${clusters})) TO ${literal(path)} (FORMAT parquet)`);
}

async function timed(
  name: string,
  args: readonly string[],
): Promise<{ readonly run: LargeRun; readonly phases: Readonly<Record<string, number>> }> {
  const started = performance.now();
  const { status, output, complaints } = await execute(process.execPath, ['--import', meter, command, ...args]);
  const wall = (performance.now() - started) / 1000;
  const [, kibibytes, microseconds] = /\nused (\d+) (\d+)\n/.exec(complaints) ?? [];
  if (status !== 0 || kibibytes === undefined) throw new Error(`bench: expected ${name}, got\n${complaints}`);
  const { seconds = {} } = (output === '' ? {} : JSON.parse(output)) as { seconds?: Record<string, number> };
  return {
    run: { name, peakBytes: 1024 * Number(kibibytes), wall, cpu: Number(microseconds) / 1e6 },
    phases: seconds,
  };
}

/** DuckDB by itself, in a process of its own, fetching the columns and looking at none. */
async function fetchedBy(path: string): Promise<number> {
  const script = `import { Database, literal } from ${JSON.stringify(new URL('../src/data/files/duckdb.js', import.meta.url).href)};
    const path = ${JSON.stringify(path)};
    const began = performance.now();
    await (await Database.open()).connected(async (connection) => {
      const result = await connection.stream('SELECT * FROM read_parquet(' + literal(path) + ')');
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
      }
    });
    process.stdout.write(String((performance.now() - began) / 1000));`;
  const { status, output, complaints } = await execute(process.execPath, ['--input-type=module', '--eval', script]);
  if (status !== 0) throw new Error(`bench: expected DuckDB to fetch, got\n${complaints}`);
  return Number(output);
}

export function largeTable({ rows, runs, spilling, duckdb, iteration }: LargeResult): string {
  const lines = runs.map(({ name, peakBytes, wall, cpu }) => [
    name,
    digits(peakBytes / 2 ** 20),
    digits(wall),
    digits(cpu),
  ]);
  const rate = (seconds: number): string => digits(rows / seconds / 1e6);
  const { filed, held } = iteration;
  return [
    table(
      [`${rows.toLocaleString('en')} × ${COLUMNS}, k = ${COMPONENTS}, Parquet`, 'peak MiB', 's', 'processor s'],
      lines,
    ),
    `\nAn iteration: ${rate(filed)} million rows a second from a file, ${rate(held)} from memory: ${digits((100 * held) / filed)} %`,
    `\nSpilling: ${rate(spilling)} million rows a second; DuckDB alone fetches ${rate(duckdb)}: ${digits((100 * duckdb) / spilling)} %`,
  ].join('\n');
}
