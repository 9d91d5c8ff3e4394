/** Fits that every backend makes: together they have every level of every factor, though not every combination. */
import { gaussian, type CovarianceForm, type DataInput, type FitOptions } from '../../src/index.js';
import { balls, clouds, firstRows, uniforms, type CloudOptions } from './data.js';

export interface FitCase {
  /** Covariance, marginal, strategy, seeding, and what else is special. */
  readonly name: string;
  readonly data: DataInput;
  readonly options: FitOptions;
}

const three = [0.5, 0.3, 0.2];
const at = (covariance: CovarianceForm, components: number, rest: Omit<FitOptions, 'components'> = {}): FitOptions => ({
  family: gaussian({ covariance }),
  components,
  maxIterations: 12,
  ...rest,
});

const small: CloudOptions = { n: 1025, d: 3, k: 3 };
const plain = clouds(small);
const wide = clouds({ n: 97, d: 40, k: 3 });
const medium = clouds({ n: 129, d: 16, k: 3 });
const line = clouds({ n: 513, d: 1, k: 3 });
const flat = clouds({ n: 273, d: 2, k: 9 });
const far = clouds({ n: 257, d: 3, k: 3, offset: 1e6 });

/** Rows of which every 50th lacks a value, and their weights. */
const holes = { ...plain, data: plain.data.map((value, i) => (i % 150 === 7 ? NaN : value)) };
const next = uniforms(5);
const uneven = Float64Array.from({ length: small.n }, (_, i) => (i % 11 === 0 ? 0 : 0.25 + 2 * next()));

/** Rows that sum to 1, the cluster of the row foremost. */
const soft = Array.from(medium.labels, (label) => [0, 1, 2].map((k) => (k === label ? 0.5 : 0.25)));

const many = 260;
const manyWeights = Array.from({ length: many }, (_, k) => (1 + (k % 3)) / 519);

const records = firstRows(plain, 257).map(([x, y, z]) => ({ z, label: 'row', x, y }));
const given = { weights: three, means: firstRows(plain, 3), covariances: balls(3, 3, 2) };

export const fitCases: readonly FitCase[] = [
  { name: 'full free plain k-means++, d=3', data: plain, options: at('full', 3) },
  {
    name: 'full free short-runs k-means++, d=1',
    data: line,
    options: at('full', 3, { strategy: 'short-runs', seed: 3 }),
  },
  {
    name: 'tied fixed plain k-means||, d=3',
    data: plain,
    options: at('tied', 3, { marginal: { kind: 'fixed', weights: three }, seeding: 'k-means||' }),
  },
  {
    name: 'diag relaxed anneal random, d=16',
    data: medium,
    options: at('diag', 3, {
      marginal: { kind: 'relaxed', weights: three, rho: 0.2 },
      strategy: 'anneal',
      seeding: 'random',
    }),
  },
  {
    name: 'spherical free warm-up k-means, d=3',
    data: plain,
    options: at('spherical', 3, { strategy: 'warm-up', seeding: 'k-means', maxIterations: 20 }),
  },
  { name: 'diag free given start, epsilon 2', data: plain, options: at('diag', 3, { seeding: given, epsilon: 2 }) },
  {
    name: 'spherical free labels, epsilon 0',
    data: plain,
    options: at('spherical', 3, { seeding: { labels: plain.labels.map((l, i) => (l + (i % 2)) % 3) }, epsilon: 0 }),
  },
  {
    name: 'tied free responsibilities, epsilon schedule, d=16',
    data: medium,
    options: at('tied', 3, { seeding: { responsibilities: soft }, epsilon: { from: 1.5, steps: 3 }, maxIterations: 9 }),
  },
  {
    name: 'full free start of means, weighted, missing dropped',
    data: holes,
    options: at('full', 3, { seeding: { means: given.means }, sampleWeights: uneven, missing: 'drop' }),
  },
  {
    name: 'tied free restarts 4, offset 1e6',
    data: far,
    options: at('tied', 3, { restarts: 4, seed: 9, maxIterations: 40 }),
  },
  {
    name: 'full relaxed k-means||, d=40',
    data: wide,
    options: at('full', 3, {
      marginal: { kind: 'relaxed', weights: three, rho: 1 },
      seeding: 'k-means||',
      regularization: 0.05,
    }),
  },
  {
    name: 'spherical fixed 260 components',
    data: flat,
    options: at('spherical', many, {
      marginal: { kind: 'fixed', weights: manyWeights },
      seeding: { means: firstRows(flat, many) },
      regularization: 0.5,
      maxIterations: 1,
    }),
  },
  {
    name: 'diag fixed restarts 2, chosen columns of records, weighted',
    data: { data: records, columns: ['x', 'y', 'z'] },
    options: at('diag', 3, {
      marginal: { kind: 'fixed', weights: three },
      restarts: 2,
      sampleWeights: uneven.subarray(0, 257),
    }),
  },
];
