/** Split and merge moves: what they promise, and that they free components that EM leaves where they are. */
import { beforeAll, describe, expect, test } from 'vitest';
import { resolveBackend } from '../../src/backend/resolve.js';
import { Stopwatch } from '../../src/base/stopwatch.js';
import { loadDataset, toSource, type Dataset } from '../../src/data/dataset.js';
import { joined, picked, type Components } from '../../src/families/components.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture } from '../../src/fit/fit.js';
import { Groups } from '../../src/fit/moves/groups.js';
import { after, mergesOf, movesOf, splitsOf } from '../../src/fit/moves/propose.js';
import { fitSettings } from '../../src/fit/options.js';
import { runRestarts } from '../../src/fit/restarts.js';
import type { Start } from '../../src/seeding/start.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const family = gaussian({ covariance: 'spherical' });
const k = 4;
const places = [[0, 0], [8, 0], [0, 8], [8, 8]]; // prettier-ignore
const random = mulberry32(7);
const rows = Array.from({ length: 800 }, (_, i) => places[i % k].map((at) => at + normal(random)));
/** Two components in one clump, one in another, and one for two: EM by itself stays there. */
const stuck = { means: [[-1, 0], [1, 0], [8, 0], [4, 8]] }; // prettier-ignore

let dataset: Dataset;
let mixture: Start;
const settings = fitSettings({ components: k, family, seeding: stuck, maxIterations: 60 });
const regularization = new Float64Array(2);

/** −Σ log p of the rows, nats a row. */
async function costOf({ weights, components }: Start): Promise<number> {
  const potential = new Float64Array(weights.length);
  const model = { components: family.pack(components), weights, potential, epsilon: 1 };
  const [moments] = await dataset.shard.sweep([{ model }]);
  return moments.objective / moments.weight;
}

beforeAll(async () => {
  const device = await resolveBackend('cpu', {});
  dataset = await loadDataset(toSource(rows), { device, missing: 'error', commonScale: family.commonScale });
  [mixture] = await runRestarts(dataset, settings, new Stopwatch());
  return () => dataset.shard.dispose();
});

const groups = (): Promise<Groups> =>
  Groups.of({ dataset, settings, regularization }, { mixture, shard: dataset.shard, number: 0 });

describe('moves', () => {
  test('the component of two clumps is split first, and those of one clump are merged first', async () => {
    const found = await groups();
    const [split, next] = await splitsOf(found);
    const [merge] = await mergesOf(found);
    expect(split.component).toBe(3);
    expect(split.gain).toBeGreaterThan(10 * Math.max(next.gain, 0.01));
    expect(merge.pair).toEqual([0, 1]);
    const [best] = await movesOf(found);
    expect([best.split.component, best.merge.pair]).toEqual([3, [0, 1]]);
  });

  test('what is promised is a bound: the likelihood rises by the gain of a split at least, and falls by a loss at most', async () => {
    const found = await groups();
    const before = await costOf(mixture);
    for (const split of await splitsOf(found)) {
      expect(before - (await costOf(after(mixture, { split })))).toBeGreaterThan(split.gain - 1e-3);
    }
    for (const move of await movesOf(found)) {
      const fall = before - (await costOf(after(mixture, move)));
      expect(fall).toBeGreaterThan(move.split.gain - move.merge.loss - 1e-3);
    }
  });

  test('a move leaves the others alone, and weights that sum to 1', async () => {
    const [move] = await movesOf(await groups());
    const moved = after(mixture, move);
    expect(moved.components.k).toBe(k);
    expectWithin(moved.weights.reduce((sum, weight) => sum + weight, 0), 1, 1e-12); // prettier-ignore
    expect(picked(moved.components, [2])).toEqual(picked(mixture.components, [2]));
    const grown = after(mixture, { split: move.split });
    expect([grown.components.k, grown.weights.length]).toEqual([k + 1, k + 1]);
    expectWithin(grown.weights.reduce((sum, weight) => sum + weight, 0), 1, 1e-12); // prettier-ignore
    expect(picked(grown.components, [0, 1, 2])).toEqual(picked(mixture.components, [0, 1, 2]));
  });

  test('of two components there are none', async () => {
    const two = { weights: Float64Array.of(0.5, 0.5), components: picked(mixture.components, [0, 1]) };
    const options = { mixture: two, shard: dataset.shard, number: 0 };
    expect(await movesOf(await Groups.of({ dataset, settings, regularization }, options))).toEqual([]);
  });
});

test.each(['wasm', 'cpu'] as const)('split-merge frees what plain EM leaves stuck (%s)', async (backend) => {
  const options = { components: k, family, seeding: stuck, backend };
  const plain = await fitMixture(rows, options);
  const moved = await fitMixture(rows, { ...options, strategy: 'split-merge' });
  const truth = await fitMixture(rows, { ...options, seeding: { means: places } });
  expect(plain.objective.at(-1)).toBeGreaterThan((truth.objective.at(-1) ?? NaN) + 0.1);
  expectWithin(moved.objective.at(-1) ?? NaN, truth.objective.at(-1) ?? NaN, 1e-4);
  expect(moved.sweeps).toBeGreaterThan(plain.sweeps);
});

test('joined components are those of each in turn, but for what all share', () => {
  const array = (values: number[]): Components['arrays'][string] => ({ shape: [values.length / 2, 2], values: Float64Array.from(values) }); // prettier-ignore
  const shared = { shape: [1], values: Float64Array.of(9), shared: true } as const;
  const one = { k: 2, d: 2, arrays: { means: array([1, 2, 3, 4]), spread: shared } };
  const other = { k: 1, d: 2, arrays: { means: array([5, 6]), spread: { ...shared, values: Float64Array.of(7) } } };
  expect(joined([one, other])).toEqual({ k: 3, d: 2, arrays: { means: array([1, 2, 3, 4, 5, 6]), spread: shared } });
});
