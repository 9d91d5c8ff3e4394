import { beforeAll, describe, expect, test } from 'vitest';
import type { Source } from '../../src/data/source.js';
import { toSource } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import { total } from '../../src/base/numbers.js';
import { scalingOf, withDataset } from '../loaded.js';
import { nodeDevices, startTfjsWasm } from '../devices.js';

beforeAll(() => startTfjsWasm());

describe('the first block decides nothing', () => {
  // The clock of the first rows is not set yet; then it is, on a thousand times as many nanoseconds.
  const first = 65_536;
  const late = (row: number): number => (row < first ? 0 : 1.7e18 + ((row * 7919) % 100_000) * 1e9);
  const rows = Array.from({ length: first + 9000 }, (_, row) => [late(row), ((row * 104_729) % 1000) / 500 - 1]);
  const reads = (source: Source): Source & { times: number } => ({
    ...source,
    times: 0,
    batches() {
      this.times++;
      return source.batches();
    },
  });

  test.each(Object.entries(nodeDevices))(
    'of all rows come centre and scale, by a second read, %s',
    async (_, device) => {
      const source = reads(toSource(rows));
      await withDataset(source, { device }, async ({ shard, scaling, notes }) => {
        expect(source.times).toBe(2);
        expect(scaling).toEqual(scalingOf(rows.flat(), 2, false));
        expect(notes).toEqual(['the data were read twice: their first rows are unlike the others in x0']);
        expect(Array.from(await shard.take([first]))).toEqual(
          rows[first].map((value, j) => Math.fround((value - scaling.shift[j]) / scaling.scale[j])),
        );
      });
    },
  );

  test('rows in another order are read once, to the same coordinates', async () => {
    const source = reads(toSource([...rows].reverse().filter((_, row) => row % 2 === 0)));
    await withDataset(source, {}, ({ scaling, notes }) => {
      expect([source.times, notes]).toEqual([1, []]);
      expect(scaling.scale).toEqual(scalingOf(rows.flat(), 2, false).scale);
    });
  });

  test('rows left out are told once, and one scale is that of all', () =>
    withDataset(
      toSource([[NaN, 1], ...rows]),
      { missing: 'drop', commonScale: true },
      ({ dropped, shard, scaling }) => {
        expect([dropped, shard.n]).toEqual([1, rows.length]);
        expect(scaling.scale).toEqual(scalingOf(rows.flat(), 2, true).scale);
      },
    ));

  test('nor does it decide the unit of weights', () => {
    const weights = rows.map((_, row) => (row < first ? 1e-60 : 1e60));
    const load = { scaling: scalingOf([0, 1], 1, false) };
    return withDataset(
      toSource(
        rows.map(([, y]) => [y]),
        weights,
      ),
      load,
      async ({ shard, notes, totalWeight }) => {
        expect(notes).toEqual(['the data were read twice: their first rows are unlike the others in their weights']);
        expect(totalWeight / 9000e60).toBeCloseTo(1, 12);
        let [sum, count] = [0, 0];
        const model = { weights: Float64Array.of(1), potential: Float64Array.of(0), epsilon: 1 };
        const components = gaussian().pack(gaussian().atRows(Float64Array.of(0), Float64Array.of(1)));
        for await (const { weights: held } of shard.rows({ ...model, components })) {
          sum += total(held);
          count += held.length;
        }
        expect(count).toBe(rows.length);
        expect(sum / count).toBeGreaterThan(0.5);
        expect(sum / count).toBeLessThan(2);
      },
    );
  });

  test('a row far out does not decide the scale of the others, and is named', () => {
    const bulk = Array.from({ length: 500 }, (_, row) => [((row * 7919) % 500) / 250 - 1, 5]);
    const source = toSource([[NaN, 1], ...bulk.slice(0, 77), [1e8, 5], ...bulk.slice(77)]);
    return withDataset(source, { missing: 'drop' }, ({ scaling, notes }) => {
      expect(scaling.scale).toEqual(scalingOf(bulk.flat(), 2, false).scale);
      expect(Math.abs(scaling.shift[0])).toBeLessThan(0.1);
      const far = 'row 78 lies far from all others in column x0: 100000000 is ';
      expect(notes).toEqual([expect.stringMatching(`^${far}\\d+ times their spread away; check such values$`)]);
    });
  });

  test('however far out a row is, its square is no overflow', () => {
    const bulk = Array.from({ length: 500 }, (_, row) => [((row * 7919) % 500) / 250 - 1]);
    return withDataset(toSource([...bulk, [1e30]]), {}, async ({ shard, scaling }) => {
      const [far] = await shard.take([500]);
      expect(far * scaling.scale[0]).toBeCloseTo(1e30, -24);
      expect(Number.isFinite(Math.fround(far ** 2))).toBe(true);
    });
  });
});
