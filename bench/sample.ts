import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../src/base/random.js';
import { median } from './iterations.js';
import { execute, type Executed } from './peers/execute.js';
import { scikitLearn } from './peers/list.js';
import { folder, peerEnvironment, pythons, pythonWith } from './peers/python.js';
import { nameOf, type Size } from './problem.js';
import { digits, table } from './table.js';

/** What both are asked for: so many draws of n rows from a mixture, covariances `[k][d][d]` whatever the type. */
export interface SampleJob extends Size {
  readonly draws: number;
  readonly dtype: 'float64';
  readonly start: {
    readonly weights: readonly number[];
    readonly means: readonly (readonly number[])[];
    readonly covariances: readonly (readonly (readonly number[])[])[];
  };
}

/** What a process that draws says of each draw in turn, and of the last one's columns `[d]`. */
export interface Drawn {
  /** Seconds. */
  readonly wall: readonly number[];
  /** Of all threads. */
  readonly processor: readonly number[];
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

/** Seconds of the first draw of a process and of later ones, and processor seconds of these: medians over processes. */
interface Times {
  readonly first: number;
  readonly later: number;
  readonly processor: number;
}

/** One line of the bench; `peer` says why there is none. */
export interface SampleResult {
  readonly size: Size;
  readonly own: Times;
  readonly peer: Times | string;
}

const sizes: readonly Size[] = [
  ...(['full', 'tied', 'diag', 'spherical'] as const).map((covariance) => ({ covariance, n: 1_000_000, d: 16, k: 16 })),
  { covariance: 'full', n: 1_000_000, d: 2, k: 8 },
  { covariance: 'full', n: 200_000, d: 64, k: 32 },
];
const quickSizes: readonly Size[] = [{ covariance: 'full', n: 200_000, d: 16, k: 16 }];
const DRAWS = 4;

/** `npm run bench -- sample`: rows drawn from a mixture beside scikit-learn, in processes that take turns. */
export async function benchSample(quick: boolean, say: (text: string) => void): Promise<SampleResult[]> {
  const python = folder && (await pythonWith(scikitLearn.modules));
  const results: SampleResult[] = [];
  for (const size of quick ? quickSizes : sizes) {
    const job = sampleJobOf(size, DRAWS);
    const [own, peer]: [Drawn[], Drawn[]] = [[], []];
    for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
      own.push(await drawn(job, process.execPath, fileURLToPath(new URL('sample-job.js', import.meta.url))));
      if (python) peer.push(await drawn(job, python, join(folder as string, 'sklearn_sample.py')));
    }
    const missing = `not in ${pythons().join(' or ')}; run sh bench/peers/setup.sh`;
    results.push({ size, own: timesOf(own), peer: python ? timesOf(peer) : `${scikitLearn.name}: ${missing}` });
    say(`drew ${nameOf(size).join(' ')}`);
  }
  return results;
}

/** A mixture of k Gaussians a few standard deviations apart, whose columns hang together. */
export function sampleJobOf(size: Size, draws: number): SampleJob {
  const { covariance: form, d, k } = size;
  const { normal } = seededRandom(3);
  const square = (): number[][] => Array.from({ length: d }, () => Array.from({ length: d }, normal));
  const covariance = (): number[][] => {
    const b = square();
    return b.map((u, i) => b.map((v, j) => u.reduce((sum, x, p) => sum + (x * v[p]) / d, i === j ? 0.5 : 0)));
  };
  const shared = covariance();
  const means = Array.from({ length: k }, () => Array.from({ length: d }, () => 3 * normal()));
  const covariances = means.map(() => (form === 'tied' ? shared : covariance()));
  return { ...size, draws, dtype: 'float64', start: { weights: means.map(() => 1 / k), means, covariances } };
}

async function drawn(job: SampleJob, program: string, script: string): Promise<Drawn> {
  const { status, output, complaints }: Executed = await execute(
    program,
    [script],
    JSON.stringify(job),
    peerEnvironment(),
  );
  if (status !== 0) throw new Error(`bench: expected ${script} to draw, got\n${complaints}`);
  const result = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Drawn;
  checkDrawn(job, result);
  return result;
}

/** Throws unless the columns' means and variances are the mixture's, within six standard errors or so. */
export function checkDrawn({ n, d, k, covariance, start }: SampleJob, { means, variances }: Drawn): void {
  const own = (c: number, j: number): number => {
    const of = start.covariances[c];
    return covariance === 'spherical' ? of.reduce((sum, row, i) => sum + row[i], 0) / d : of[j][j];
  };
  for (let j = 0; j < d; j++) {
    const mean = start.means.reduce((sum, one) => sum + one[j], 0) / k;
    const variance = start.means.reduce((sum, one, c) => sum + own(c, j) + (one[j] - mean) ** 2, 0) / k;
    const right =
      Math.abs(means[j] - mean) < 6 * Math.sqrt(variance / n) &&
      Math.abs(variances[j] / variance - 1) < 9 / Math.sqrt(n);
    if (!right)
      throw new Error(
        `bench: expected column ${j} of mean ${mean} and variance ${variance}, got ${means[j]} and ${variances[j]}`,
      );
  }
}

function timesOf(runs: readonly Drawn[]): Times {
  return {
    first: median(runs.map(({ wall }) => wall[0])),
    later: median(runs.flatMap(({ wall }) => wall.slice(1))),
    processor: median(runs.flatMap(({ processor }) => processor.slice(1))),
  };
}

export function sampleTable(results: readonly SampleResult[]): string {
  const heads = [
    '',
    'rows, k',
    'ms',
    'first',
    'processor',
    'scikit-learn',
    'first',
    'processor',
    '× ',
    'first',
    'processor',
  ];
  const figures = ({ later, first, processor }: Times): number[] => [later, first, processor];
  const rows = results.map(({ size, own, peer }) => {
    const theirs = typeof peer === 'string' ? [NaN, NaN, NaN] : figures(peer);
    const times = [...figures(own), ...theirs].map((seconds) => digits(1000 * seconds));
    return [...nameOf(size), ...times, ...figures(own).map((seconds, at) => digits(theirs[at] / seconds))];
  });
  const notes = [...new Set(results.flatMap(({ peer }) => (typeof peer === 'string' ? [peer] : [])))];
  return [table(heads, rows), ...notes].join('\n');
}
