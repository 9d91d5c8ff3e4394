import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { logCost, responsibilities, softmin } from '../../src/tensors/tensors.js';
import { cases, combinations, grouped } from '../cases.js';
import { sum, sweep } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { kindsOn, range, rounded, rowOf, transposed, using, values } from './setting.js';

const absent = Infinity;

export function softminParity(backend: string): void {
  const table = combinations({ epsilon: [0, 1e-3, 0.5, 1, 30], k: [1, 2, 5, 31, 64, 65, 200] });
  const chosen = cases(
    table,
    kindsOn(
      backend,
      ({ epsilon, k }) => [epsilon, k],
      ({ epsilon }) => [epsilon],
    ),
  );
  describe.each(grouped(chosen, 'epsilon').map((group) => [group.level, group.cases] as const))(
    'epsilon %d',
    (epsilon, some) => {
      test.each(some.map(({ k }) => k))('k = %d', async (k) => {
        const n = 67;
        const cost = range(n).map((i) =>
          range(k).map((c) => Math.fround(20 * Math.sin(i * 7 + c * 3 + i * c) + (i % 3) * 1000)),
        );
        const weights = range(k).map((c) => (k > 2 && c === 1 ? 0 : 1 + (c % 3)));
        const potential = range(k).map((c) => Math.fround(0.3 * (c % 4) - 0.5));
        const expected = cost.map((row) => rowOf(row, weights, potential, epsilon));
        await using(
          backend,
          () => ({ costs: tf.tensor2d(cost) }),
          async ({ costs }) => {
            const options = { weights, potential, epsilon };
            const error = 2e-7 * 2100;
            expectAllWithin(
              await values(softmin(costs, options)),
              expected.map(({ value }) => value),
              error,
              'softmin',
            );
            const plan = responsibilities(costs, options);
            expect(plan.shape).toEqual([n, k]);
            const r = await values(plan);
            range(n).forEach((i) => {
              const row = r.slice(i * k, (i + 1) * k);
              expectWithin(sum(row), 1, 1e-6, `sum of row ${i}`);
              // A cost of 2000 is rounded by 1.2e-4 when a potential is taken off it.
              expectAllWithin(row, expected[i].r, Math.min(1, 5e-4 / (epsilon || 1)), `row ${i}`);
            });
          },
        );
      });
    },
  );

  test('agree with the oracle on a mixture: softmins are negative log-densities', async () => {
    const { x, mixture } = rounded({ name: 'overlapping', n: 150, d: 3, k: 4 }, 'full');
    const { logDensity, responsibilities: expected } = sweep(x, undefined, mixture);
    await using(
      backend,
      () => ({ rows: tf.tensor2d(x) }),
      async ({ rows }) => {
        const { weights } = mixture;
        const cost = logCost(rows, { means: mixture.means, covariances: mixture.covariances });
        const lowest = await values(softmin(cost, { weights }));
        expectAllWithin(
          lowest,
          logDensity.map((value) => -value),
          2e-5,
          'softmin',
        );
        expectAllWithin(await values(responsibilities(cost, { weights })), expected.flat(), 2e-5, 'responsibilities');
        cost.dispose();
      },
    );
  });

  test.each([0, 1])('rows of huge, infinite and no costs, at epsilon %d', async (epsilon) => {
    const rows = [
      [1e30, 1.5e30, absent],
      [absent, absent, 3],
      [absent, absent, absent],
      [-1e30, 0, 1e30],
      [9e36, 9.5e36, -9e36],
      [1e37, 2e38, 5],
    ];
    await using(
      backend,
      () => ({ costs: tf.tensor2d(rows) }),
      async ({ costs }) => {
        const got = await values(softmin(costs, { epsilon }));
        const r = await values(responsibilities(costs, { epsilon }));
        rows.forEach((row, i) => {
          const expected = rowOf(row, [1, 1, 1], [0, 0, 0], epsilon);
          if (expected.value === Infinity) expect(got[i]).toBe(Infinity);
          else expectWithin(got[i], expected.value, 1e-6 * Math.abs(expected.value), `softmin ${i}`);
          expectAllWithin(r.slice(3 * i, 3 * i + 3), expected.r, 1e-6, `row ${i}`);
        });
        for (const none of [[0, 0, 0]]) {
          expect(await values(softmin(costs, { weights: none, epsilon }))).toEqual(rows.map(() => Infinity));
          const even = await values(responsibilities(costs, { weights: none, potential: [1, 2, 3], epsilon }));
          expectAllWithin(
            even,
            even.map(() => 1 / 3),
            1e-7,
          );
        }
      },
    );
  });

  test.each([0, 1])('a NaN makes its row NaN and no other, at epsilon %d', async (epsilon) => {
    await using(
      backend,
      () => ({
        costs: tf.tensor2d([
          [1, NaN, 3],
          [1, 2, 3],
        ]),
      }),
      async ({ costs }) => {
        const lowest = await values(softmin(costs, { epsilon }));
        expect(lowest.map(Number.isNaN)).toEqual([true, false]);
        const r = await values(responsibilities(costs, { epsilon }));
        expect(r.map(Number.isNaN)).toEqual([true, true, true, false, false, false]);
      },
    );
  });

  test('batches with weights and a potential of their own, along either axis', async () => {
    const [b, n, k] = [3, 5, 4];
    const cost = range(b).map((s) => range(n).map((i) => range(k).map((c) => Math.sin(s + 3 * i + 5 * c))));
    const weights = range(b).map((s) => range(k).map((c) => 1 + s + c));
    const potential = range(k).map((c) => c / 4);
    const expected = cost.map((rows, s) => rows.map((row) => rowOf(row, weights[s], potential, 0.7)));
    const turned = cost.map(transposed);
    await using(
      backend,
      () => ({ costs: tf.tensor3d(cost), turned: tf.tensor3d(turned), w: tf.tensor2d(weights) }),
      async (given) => {
        const options = { weights: given.w, potential, epsilon: 0.7 };
        const flat = expected.flat().map(({ value }) => value);
        const along = softmin(given.costs, options);
        const down = softmin(given.turned, { ...options, axis: -2 });
        expect([along.shape, down.shape]).toEqual([
          [b, n],
          [b, n],
        ]);
        expectAllWithin(await values(along), flat, 2e-6);
        expectAllWithin(await values(down), flat, 2e-6);
        expectAllWithin(
          await values(responsibilities(given.costs, options)),
          expected.flat().flatMap(({ r }) => r),
          2e-6,
        );
        const columns = responsibilities(given.turned, { ...options, axis: -2 });
        expect(columns.shape).toEqual([b, k, n]);
        expectAllWithin(
          await values(columns),
          expected.flatMap((rows) => transposed(rows.map(({ r }) => r)).flat()),
          2e-6,
        );
      },
    );
  });
}
