/**
 * `npm run study:acceleration`: sweeps of plain EM and of `squarem` until F is within 1e-8 of where it ends, relative to its
 * size, from the same starts of k-means++. Published data on which EM is slow, and the problems of `study:optima`. Writes
 * bench/results/acceleration.json.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { families } from '../../src/families/families.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture, type Fit } from '../../src/fit/fit.js';
import type { FitOptions } from '../../src/fit/options.js';
import { table } from '../table.js';
import { optimaProblems } from './optima/problems.js';

/** Data, and a mixture of them. */
export interface SlowProblem {
  readonly name: string;
  /** Row-major `[n, d]`. */
  readonly data: Float64Array;
  readonly d: number;
  readonly options: Pick<FitOptions, 'family' | 'components' | 'sampleWeights' | 'regularization'>;
}

/** Sweeps of one start, and where it ends: F, nats. */
export interface Shortened {
  readonly problem: string;
  readonly seed: number;
  readonly plain: Way;
  readonly squarem: Way;
}

interface Way {
  readonly sweeps: number;
  readonly end: number;
}

/** Seeds of each problem. */
const SEEDS = 4;
/** Of F's size: what is left of the way where sweeps are counted. */
const LEFT = 1e-8;
/** Nats up to which two ends are the same. */
const SAME = 1e-6;
/** Sweeps of plain EM from which on it is slow. */
const SLOW = 100;

/** Published mixtures whose EM is slow: data of test/golden/families.json, family, k. */
const published = [
  ['coal_gaps', 'exponential', 2],
  ['lca_gss82', 'categorical', 2],
  ['lca_gss82', 'categorical', 3],
  ['lca_carcinoma', 'categorical', 4],
  ['poisson_times', 'poisson', 2],
  ['poisson_epil', 'poisson', 3],
] as const;

async function publishedProblems(): Promise<SlowProblem[]> {
  const text = await readFile('test/golden/families.json', 'utf8');
  const { data } = JSON.parse(text) as { readonly data: Record<string, { readonly rowsAndCounts: number[][] }> };
  return published.map(([name, family, components]) => {
    const { rowsAndCounts } = data[name];
    const d = rowsAndCounts[0].length - 1;
    return {
      ...{ name: `${name} ${family} ${components}`, d },
      data: Float64Array.from(rowsAndCounts.flatMap((row) => row.slice(0, d))),
      options: { family: families[family](), components, sampleWeights: rowsAndCounts.map((row) => row[d]) },
    };
  });
}

/** The same starts by both ways. */
export async function shortened(problem: SlowProblem, seeds = SEEDS): Promise<Shortened[]> {
  const found: Shortened[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const [plain, squarem] = [await wayOf(problem, seed, 'none'), await wayOf(problem, seed, 'squarem')];
    found.push({ problem: problem.name, seed, plain, squarem });
  }
  return found;
}

async function wayOf({ data, d, options }: SlowProblem, seed: number, acceleration: 'none' | 'squarem'): Promise<Way> {
  const fit = (maxIterations: number): Promise<Fit> =>
    fitMixture(
      { data, shape: [data.length / d, d] },
      { ...options, ...{ seed, acceleration, maxIterations, tolerance: 0, backend: 'wasm', threads: 1 } },
    );
  const { objective } = await fit(5000);
  const end = objective[objective.length - 1];
  const iterations = 1 + objective.findIndex((value) => value - end <= LEFT * Math.abs(end));
  return { sweeps: (await fit(iterations)).sweeps, end };
}

/** Means by problem, and what is asked of all. */
export function shortenedTable(all: readonly Shortened[]): string {
  const same = all.filter(({ plain, squarem }) => Math.abs(plain.end - squarem.end) <= SAME);
  const slow = same.filter(({ plain }) => plain.sweeps > SLOW);
  const ratio = ({ plain, squarem }: Shortened): number => plain.sweeps / squarem.sweeps;
  const rows = [...new Set(all.map(({ problem }) => problem))].map((name) => {
    const own = all.filter(({ problem }) => problem === name);
    const each = (way: 'plain' | 'squarem'): string => own.map((one) => one[way].sweeps).join(', ');
    return [name, each('plain'), each('squarem'), meanRatio(own.filter((one) => same.includes(one)).map(ratio))];
  });
  const better = all.filter(({ plain, squarem }) => plain.end - squarem.end > SAME).length;
  return [
    table(['problem', 'plain EM', 'squarem', 'times fewer'], rows),
    `same end: ${same.length} of ${all.length}; squarem lower in ${better}, higher in ${all.length - same.length - better}`,
    `plain over ${SLOW} sweeps: ${slow.length}, ${meanRatio(slow.map(ratio))} times fewer; least of all ${Math.min(...same.map(ratio)).toFixed(2)}`,
  ].join('\n');
}

/** The geometric mean. */
function meanRatio(ratios: readonly number[]): string {
  if (ratios.length === 0) return '–';
  return Math.exp(ratios.reduce((sum, one) => sum + Math.log(one), 0) / ratios.length).toFixed(2);
}

if (process.argv[1]?.endsWith('acceleration.js')) {
  const drawn = (await optimaProblems()).map(({ name, data, d, k, covariance }): SlowProblem => ({
    ...{ name, data: Float64Array.from(data), d },
    options: { family: gaussian({ covariance }), components: k, regularization: 1e-4 },
  }));
  const all: Shortened[] = [];
  for (const problem of [...(await publishedProblems()), ...drawn]) {
    all.push(...(await shortened(problem)));
    process.stderr.write(`${JSON.stringify(all.slice(-SEEDS))}\n`);
  }
  process.stdout.write(`${shortenedTable(all)}\n`);
  const lines = all.map((one) => JSON.stringify(one)).join(',\n');
  await writeFile('bench/results/acceleration.json', `[\n${lines}\n]\n`);
}
