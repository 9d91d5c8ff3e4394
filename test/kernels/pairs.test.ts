/** Softmins and averages over pairs of points by both builds of the kernel, against float64 by the definitions. */
import { describe, expect, test } from 'vitest';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import {
  filledUp,
  leastOf,
  PairRunner,
  pairParts,
  pairTiles,
  type PairArray,
  type PairTask,
} from '../../kernels/simd/pairs.js';
import { seededRandom } from '../../src/base/random.js';
import { expectAllWithin } from '../within.js';

interface Problem {
  readonly x: number[][];
  readonly y: number[][];
  /** o_j, −∞ for columns without weight. */
  readonly offsets: number[];
  readonly slope: number;
  readonly product: boolean;
}

const range = (length: number): number[] => Array.from({ length }, (_, at) => at);
const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Points that float32 can hold. */
function problem(n: number, m: number, d: number, product = false): Problem {
  const random = seededRandom(100 * n + 10 * m + d);
  const points = (count: number): number[][] =>
    range(count).map(() => range(d).map(() => Math.fround(random.normal())));
  const offsets = range(m).map((j) => (j % 7 === 3 ? -Infinity : Math.fround(-3 * random.uniform())));
  return { x: points(n), y: points(m), offsets, slope: Math.fround((product ? 2 : -3) / d), product };
}

const cost = ({ product }: Problem, u: number[], v: number[]): number =>
  add(u.map((value, k) => (product ? value * v[k] : (value - v[k]) ** 2)));

/** log₂ Σ_j 2^logit of row x. */
function logSum(given: Problem, x: number[]): number {
  const logits = given.y.map((y, j) => given.offsets[j] + given.slope * cost(given, x, y));
  const most = Math.max(...logits);
  return most + Math.log2(add(logits.map((logit) => 2 ** (logit - most))));
}

type Kind = typeof Float32Array | typeof Float64Array;

/** What tasks on this problem share. */
function pairsOf({ x, y, offsets, slope, product }: Problem, Kind: Kind) {
  const d = x[0].length;
  const tiles = (points: number[][]): PairArray =>
    pairTiles(points.flat(), d, new Kind(filledUp(points.length, new Kind()) * d));
  const filled = new Kind(filledUp(y.length, new Kind()));
  filled.fill(leastOf(filled));
  filled.set(offsets.map((value) => Math.max(leastOf(filled), value)));
  const logSums = new Float64Array(filledUp(x.length, new Kind()));
  const parts = pairParts(logSums.length);
  return { x: tiles(x), y: tiles(y), d, product, slope, offsets: filled, parts, logSums, control: new Int32Array(2) };
}

function run(module: WebAssembly.Module, task: PairTask): void {
  for (const _ of new PairRunner(module).run(task)) continue;
}

/** One, odd, one under and over a tile and a block of columns, and many of both. */
const sizes = [
  [1, 1, 1],
  [1, 5, 2],
  [3, 2, 3],
  [7, 9, 3],
  [8, 8, 4],
  [9, 7, 5],
  [255, 257, 1],
  [300, 1023, 3],
  [40, 1025, 2],
  [17, 5000, 2],
  [1000, 33, 16],
  [33, 31, 70],
  [20, 65, 256],
] as const;

describe.each<SimdBuild>(['simd', 'relaxed'])('the %s build', (build) => {
  const both = [
    ['float32', Float32Array, 2e-6],
    ['float64', Float64Array, 5e-15],
  ] as const;
  describe.each(both)('softmins in %s', (_, Kind, precision) => {
    test.each(sizes)('%d × %d in %d dimensions', async (n, m, d) => {
      const module = await simdModule(build);
      for (const product of [false, true]) {
        const given = problem(n, m, d, product);
        const task = { ...pairsOf(given, Kind), kind: 'softmin' } as const;
        run(module, task);
        const expected = given.x.map((x) => logSum(given, x));
        const size = Math.max(1, ...expected.map(Math.abs));
        expectAllWithin(task.logSums.subarray(0, n), expected, precision * size, product ? 'products' : 'squares');
      }
    });

    test('however far logits reach, whatever their order', async () => {
      const module = await simdModule(build);
      for (const slope of [-1e-3, -30, -1e4]) {
        for (const turn of [1, -1]) {
          const steps = range(3000).map((j) => [turn * (j / 3000 - 0.5)].map(Math.fround));
          const given = { x: steps.slice(0, 9), y: steps, offsets: steps.map(() => 0), slope, product: false };
          const task = { ...pairsOf(given, Kind), kind: 'softmin' } as const;
          run(module, task);
          const expected = given.x.map((x) => logSum(given, x));
          expectAllWithin(task.logSums.subarray(0, 9), expected, 2 * precision, `slope ${slope}`);
        }
      }
    });
  });

  describe('averages', () => {
    test.each(sizes)('%d × %d in %d dimensions', async (n, m, d) => {
      const module = await simdModule(build);
      for (const p of [0, 1, 3]) {
        const given = problem(n, m, d, p === 1);
        const pairs = pairsOf(given, Float64Array);
        const values = new Float64Array(pairs.offsets.length * p).map((__, at) => Math.cos(at));
        const sums = new Float64Array(pairs.logSums.length * (p + 2));
        given.x.forEach((x, i) => (pairs.logSums[i] = logSum(given, x)));
        run(module, { ...pairs, kind: 'average', values, p, sums });
        given.x.forEach((x, i) => {
          const costs = given.y.map((y) => cost(given, x, y));
          const shares = costs.map((c, j) => 2 ** (given.offsets[j] + given.slope * c - pairs.logSums[i]));
          const expected = [1, add(shares.map((q, j) => q * costs[j]))];
          for (const c of range(p)) expected.push(add(shares.map((q, j) => q * values[j * p + c])));
          const got = expected.map((__, c) => sums[(Math.floor(i / 4) * (p + 2) + c) * 4 + (i % 4)]);
          expectAllWithin(got, expected, 1e-13 * Math.max(1, expected[1]), `row ${i}`);
        });
      }
    });
  });

  test('a task that is not wanted any more is left', async () => {
    const task = { ...pairsOf(problem(600, 3000, 2), Float64Array), kind: 'softmin' } as const;
    const work = new PairRunner(await simdModule(build)).run(task);
    work.next();
    task.control[1] = 1;
    expect([...work].length).toBeLessThan(task.parts + 1); // a block at the most of each part
  });
});
