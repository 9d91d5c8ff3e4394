/**
 * `npm run study:incremental`: how many reads of the data, and how much processor time, plain EM, incremental EM (Neal &
 * Hinton 1998) and squared steps (Varadhan & Roland 2008) take from one start to within 1e-6 nats of the optimum. Writes
 * bench/results/incremental.json.
 *
 * The problems are those of `npm run study:optima` whose rows are drawn, of 16,384 rows each: 16 blocks of 1024. All run
 * on one thread. F of incremental EM is that of the plan it keeps. The optimum is the lowest F of those that end within
 * 1e-3 nats of each other: a start may lead to several.
 */
import { writeFile } from 'node:fs/promises';
import { fitMixture, gaussian, type FitOptions } from '../../src/index.js';
import { machine } from '../machine.js';
import { digits, table } from '../table.js';
import { drawnProblems, type OptimaProblem } from './optima/problems.js';

const ways = {
  em: { acceleration: 'none' },
  incremental: { algorithm: 'incremental' },
  squarem: { acceleration: 'squarem' },
} as const satisfies Readonly<Record<string, Pick<FitOptions, 'acceleration' | 'algorithm'>>>;
type Way = keyof typeof ways;

const ROWS = 16_384;
/** Nats. */
const NEAR = 1e-6;
/** Nats between ends that are the same optimum. */
const SAME = 1e-3;
const MOST_ITERATIONS = 2000;

/** F after an iteration, and the processor time until then, s. */
interface Moment {
  readonly iteration: number;
  readonly objective: number;
  readonly cpu: number;
}

/** What a way took to its optimum; undefined where nothing came near. */
export interface Reached {
  readonly problem: string;
  readonly way: Way;
  readonly epochs: number | undefined;
  readonly cpu: number | undefined;
  /** How far that is above the lowest optimum of the three, nats. */
  readonly above: number;
}

export async function incrementalStudy(
  problems: readonly OptimaProblem[],
  say: (text: string) => void,
  mostIterations = MOST_ITERATIONS,
): Promise<Reached[]> {
  const found: Reached[] = [];
  for (const problem of problems) {
    const paths: Partial<Record<Way, Moment[]>> = {};
    for (const way of Object.keys(ways) as Way[]) paths[way] = await path(problem, way, mostIterations);
    const all = Object.entries(paths) as [Way, Moment[]][];
    const ends = all.map(([, moments]) => leastOf(moments));
    for (const [way, moments] of all) {
      const optimum = Math.min(...ends.filter((end) => Math.abs(end - leastOf(moments)) < SAME));
      const near = moments.find(({ objective }) => objective - optimum <= NEAR);
      const above = optimum - Math.min(...ends);
      found.push({ problem: problem.name, way, epochs: near?.iteration, cpu: near?.cpu, above });
    }
    say(`${problem.name}: ${JSON.stringify(found.slice(-all.length))}`);
  }
  return found;
}

const leastOf = (moments: readonly Moment[]): number => Math.min(...moments.map(({ objective }) => objective));

/** The way of one fit, from k-means++ on. */
async function path({ data, d, k, covariance }: OptimaProblem, way: Way, maxIterations: number): Promise<Moment[]> {
  const moments: Moment[] = [];
  let began: NodeJS.CpuUsage | undefined;
  await fitMixture(
    { data, shape: [data.length / d, d] },
    {
      ...{ components: k, family: gaussian({ covariance }), seed: 0, regularization: 1e-4 },
      ...{ backend: 'wasm', threads: 1, precision: 'float32', tolerance: 1e-9, maxIterations },
      ...ways[way],
      onProgress({ phase, iteration = 0, objective }) {
        if (phase !== 'fit' || objective === undefined) return;
        began ??= process.cpuUsage();
        const { user, system } = process.cpuUsage(began);
        moments.push({ iteration, objective, cpu: (user + system) / 1e6 });
      },
    },
  );
  return moments;
}

export function incrementalTable(found: readonly Reached[]): string {
  const problems = [...new Set(found.map(({ problem }) => problem))];
  const cell = (problem: string, way: Way): string => {
    const one = found.find((reached) => reached.problem === problem && reached.way === way);
    if (one?.epochs === undefined || one.cpu === undefined) return '–';
    return `${one.epochs}, ${digits(one.cpu)} s${one.above > SAME ? ', a higher optimum' : ''}`;
  };
  const names = Object.keys(ways) as Way[];
  return table(
    ['passes, processor time', ...names],
    problems.map((problem) => [problem, ...names.map((way) => cell(problem, way))]),
  );
}

if (process.argv[1]?.endsWith('incremental.js')) {
  const results = await incrementalStudy(drawnProblems(ROWS), (text) => void process.stderr.write(`${text}\n`));
  process.stdout.write(`${incrementalTable(results)}\n`);
  const file = { machine: await machine(), date: new Date().toISOString(), rows: ROWS, results };
  await writeFile('bench/results/incremental.json', `${JSON.stringify(file, undefined, 1)}\n`);
}
