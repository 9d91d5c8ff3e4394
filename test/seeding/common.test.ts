import { expect, test } from 'vitest';
import { columnVariances } from '../../src/seeding/columns.js';
import { CommonSeeding } from '../../src/seeding/common.js';
import { kMeansPlusPlus } from '../../src/seeding/k-means-plus-plus.js';
import type { SeedingProblem } from '../../src/seeding/seeding.js';
import { problem } from '../oracle/index.js';
import { withRows } from './setting.js';

const { x } = problem('overlapping', { n: 400, d: 3, k: 4, seed: 7 });
const counts = Array.from({ length: 9 }, (_, index) => index + 1);

test.each(['cpu', 'wasm'] as const)('centres are those of k-means++ alone, to the bit, on %s', async (backend) => {
  await withRows({ x, backend }, async (of) => {
    for (const order of [counts, [...counts].reverse(), [7, 30, 3]]) {
      const common = new CommonSeeding(order);
      for (const k of order) {
        expect(await common.kMeansPlusPlus(of(k, 5), 0), `${k}`).toEqual(await kMeansPlusPlus(of(k, 5)));
      }
    }
  });
});

test('centres of each start are found for the most components alone that are found alike', async () => {
  await withRows({ x }, async (of) => {
    const common = new CommonSeeding([3, 4, 7, 8, 20, 1000]);
    let offers = 0;
    for (const start of [0, 1]) {
      for (const k of [4, 3, 7, 20, 8]) await common.kMeansPlusPlus(counted(of(k, start), () => offers++), start); // prettier-ignore
    }
    // 7 and 20 centres, the first of which is not chosen among several; never 1000 of 400 rows.
    expect(offers).toBe(2 * (6 + 19));
  });
});

test('variances of the columns are read once', async () => {
  await withRows({ x }, async (of) => {
    const { shard } = of(1);
    const expected = await columnVariances(shard);
    const common = new CommonSeeding([1]);
    (await common.variances(shard)).fill(0); // the caller's to keep
    expect(await common.variances({ ...shard, sweep: () => Promise.reject(new Error('read again')) })).toEqual(
      expected,
    );
  });
});

/** Tells of every read that offers candidates. */
function counted(of: SeedingProblem, onOffer: () => void): SeedingProblem {
  const { shard } = of;
  return {
    ...of,
    shard: {
      ...{ n: shard.n, d: shard.d, take: (rows) => shard.take(rows), rows: (model) => shard.rows(model) },
      sweep: (requests, options) => shard.sweep(requests, options),
      nearestCentres(metric, signal) {
        const inner = shard.nearestCentres(metric, signal);
        return {
          potentials: (candidates) => (onOffer(), inner.potentials(candidates)),
          add: (centres) => inner.add(centres),
          draw: (uniforms) => inner.draw(uniforms),
          sums: () => inner.sums(),
          dispose: () => inner.dispose(),
        };
      },
    },
  };
}
