import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, literal } from '../src/data/files/duckdb.js';
import { median } from './iterations.js';
import { benchDirect, directLine, type DirectResult } from './large-direct.js';
import { benchGaps, gapsLine, type GapsResult } from './large-gaps.js';
import { runHeads, runLine, timed, type LargeRun } from './large-run.js';
import { execute } from './peers/execute.js';
import { digits, table } from './table.js';

/** Columns of the table, and components that are fitted to it. */
const COLUMNS = 8;
const COMPONENTS = 16;
/** Iterations of a fit whose rate is measured; one of more than `HUGE` rows, of which so many are fitted in memory beside. */
const ITERATIONS = 4;
const HUGE = 10_000_000;
/** What rows may take of memory where they are to lie in a file. */
const LITTLE = '16MiB';
/**
 * Fetches and loads in a row, the best of which counts. A virtual machine that has given memory back to its host gets that
 * again page by page, which takes the first to write a file as long as all else does.
 */
const IN_A_ROW = 3;

export interface LargeResult {
  readonly rows: number;
  readonly runs: readonly LargeRun[];
  /** Seconds of loading rows into a file, and of DuckDB fetching the same columns: the best of runs. */
  readonly spilling: number;
  readonly duckdb: number;
  /** Seconds of an iteration for a million rows in a file and in memory: medians of runs that alternate. */
  readonly million: { readonly filed: number; readonly held: number };
  readonly direct: DirectResult;
  readonly gaps: GapsResult;
}

/** A table to measure: made for it, unless there is one. */
export interface LargeAsked {
  readonly rows: number;
  readonly runs: number;
  /** Parquet of 8 columns x0 … x7, all of whose rows are taken. */
  readonly table?: string | undefined;
}

/** `npm run bench -- large`: a table larger than the memory that it is given, by the command. */
export async function benchLarge(asked: LargeAsked, say: (text: string) => void): Promise<LargeResult> {
  const folder = await mkdtemp(join(tmpdir(), 'otmix-large-'));
  try {
    const data = asked.table ?? join(folder, 'rows.parquet');
    if (asked.table === undefined) {
      await generate(asked.rows, data);
      say('made the table');
    }
    return await measured(data, folder, asked, say);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measured(
  data: string,
  folder: string,
  asked: LargeAsked,
  say: (text: string) => void,
): Promise<LargeResult> {
  const rows = asked.table === undefined ? asked.rows : await rowsOf(data);
  const iterations = rows > HUGE ? 1 : ITERATIONS;
  const heldRows = Math.min(rows, HUGE);
  const [model, labels] = ['model.json', 'labels.parquet'].map((name) => join(folder, name));
  const common = ['-k', `${COMPONENTS}`, '--covariance', 'full', '--backend', 'wasm', '--spill', folder, '--json'];
  const limits = [
    ...['--seeding', 'random', '--tolerance', '0', '--max-iterations', `${iterations}`],
    ...['--precision', 'float32'],
  ];
  const filed = ['--memory', LITTLE];
  const held = ['--memory', '64GiB'];
  const seconds = { filed: [] as number[], held: [] as number[] };
  const spilled: number[] = [];
  const fetched: number[] = [];
  const processes: LargeRun[] = [];
  for (let run = 0; run < asked.runs; run++) {
    for (let time = 0; time < IN_A_ROW; time++) fetched.push(await fetchedBy(data));
    const there = await timed(`fit, ${iterations} iterations, rows in a file`, [
      'fit',
      data,
      ...common,
      ...limits,
      ...filed,
      ...['--out', model],
    ]);
    say(`rows in a file: ${JSON.stringify(there)}`);
    const some = heldRows < rows ? `SELECT * FROM ${literal(data)} LIMIT ${heldRows}` : data;
    const name = `the same of ${heldRows.toLocaleString('en')} rows, in memory`;
    const here = await timed(name, ['fit', some, ...common, ...limits, ...held]);
    say(`rows in memory: ${JSON.stringify(here)}`);
    seconds.filed.push((there.phases.fit / iterations / rows) * 1e6);
    seconds.held.push((here.phases.fit / iterations / heldRows) * 1e6);
    if (run === 0) processes.push(there.run, here.run);
    for (let time = 0; time < IN_A_ROW; time++) {
      const start = await timed('fit --max-iterations 0', ['fit', data, ...common, '--max-iterations', '0', ...filed]);
      spilled.push(start.phases.load);
      if (run + time === 0) processes.push(start.run);
    }
    say(`fetched, and loaded into a file: ${JSON.stringify([fetched, spilled])} s`);
  }
  const asDirect = { rows, iterations, times: IN_A_ROW };
  const direct = await benchDirect(['fit', data, ...common, ...limits, ...filed], asDirect);
  say(`past the page cache: ${JSON.stringify(direct)}`);
  const last = await timed('predict', ['predict', model, data, '--out', labels, '-q']);
  say(`predicted: ${JSON.stringify(last)}`);
  const gaps = await benchGaps(data, folder, { filed: [...common, ...filed], held: [...common, ...held] });
  return {
    rows,
    runs: [...processes, last.run],
    spilling: Math.min(...spilled),
    duckdb: Math.min(...fetched),
    million: { filed: median(seconds.filed), held: median(seconds.held) },
    direct,
    gaps,
  };
}

async function rowsOf(data: string): Promise<number> {
  const [[count]] = await (await Database.open()).rows(`SELECT count(*) FROM read_parquet(${literal(data)})`);
  return Number(count);
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

export function largeTable({ rows, runs, spilling, duckdb, million, direct, gaps }: LargeResult): string {
  const rate = (seconds: number): string => digits(rows / seconds / 1e6);
  const { filed, held } = million;
  return [
    table(
      [`${rows.toLocaleString('en')} × ${COLUMNS}, k = ${COMPONENTS}, Parquet`, ...runHeads],
      [...runs, ...('run' in direct ? [direct.run] : []), ...gaps.runs].map(runLine),
    ),
    `\nAn iteration: ${digits(1 / filed)} million rows a second from a file, ${digits(1 / held)} from memory: ${digits((100 * held) / filed)} %`,
    `\nSpilling: ${rate(spilling)} million rows a second; DuckDB alone fetches ${rate(duckdb)}: ${digits((100 * duckdb) / spilling)} %`,
    `\n${directLine(direct, duckdb)}`,
    `\n${gapsLine(gaps)}`,
  ].join('\n');
}
