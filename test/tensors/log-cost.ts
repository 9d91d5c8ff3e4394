import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { backendOf } from '../../kernels/engine.js';
import { logCost, type LogCostOptions } from '../../src/tensors/tensors.js';
import { constrain, logDensities, problem, type Covariance, type OracleMixture } from '../oracle/index.js';
import { cases as casesOf, combinations, grouped } from '../cases.js';
import { expectAllWithin, expectWithin } from '../within.js';
import {
  costBy,
  covariancesOf,
  factorsOf,
  float32,
  forms,
  formsOn,
  inside,
  kindsOn,
  range,
  rounded,
  transposed,
  using,
  values,
  type Case,
} from './setting.js';

/** Remainders of the kernels' tiles of 64 rows, 4 columns, 16 components and of rows that fit workgroup memory. */
const cases: readonly Case[] = [
  { name: 'overlapping', n: 1, d: 1, k: 1 },
  { name: 'overlapping', n: 65, d: 3, k: 2 },
  { name: 'overlapping', n: 63, d: 4, k: 17 },
  { name: 'overlapping', n: 130, d: 9, k: 5 },
  { name: 'overlapping', n: 40, d: 63, k: 3 },
  { name: 'overlapping', n: 33, d: 130, k: 9 },
  { name: 'separated', n: 100, d: 2, k: 70 },
  { name: 'offset', n: 100, d: 3, k: 3 },
  { name: 'scales', n: 100, d: 4, k: 3 },
  { name: 'far', n: 100, d: 3, k: 4 },
  { name: 'anisotropic', n: 100, d: 4, k: 3, reach: 1000 },
];

export function logCostParity(backend: string): void {
  const table = combinations({ one: cases, form: forms });
  const chosen = casesOf(
    table,
    kindsOn(
      backend,
      ({ one: { name, n }, form }) => [`${name}, ${n}`, form],
      ({ one: { name }, form }) => [name, form],
    ),
  );
  describe.each(grouped(chosen, 'one').map((group) => ({ ...group.level, some: group.cases })))(
    '$name, n = $n, d = $d, k = $k',
    ({ some, ...one }) => {
      test.each(some.map(({ form }) => form))('%s covariances in arrays', async (form) => {
        const { x, mixture } = rounded(one, form);
        const expected = logDensities(x, mixture).flat();
        await using(
          backend,
          () => ({ rows: tf.tensor2d(x) }),
          async ({ rows }) => {
            const cost = logCost(rows, { ...optionsOf(mixture, form) });
            expect(cost.shape).toEqual([one.n, one.k]);
            expect(backendOf(cost)).toBe(backend);
            expectCosts(await values(cost), expected, one.reach);
          },
        );
      });
    },
  );

  test.each(formsOn(backend))('%s: precision factors, arrays and tensors, give the same', async (form) => {
    const { x, mixture } = rounded({ name: 'overlapping', n: 20, d: 3, k: 4 }, form);
    const expected = logDensities(x, mixture).flat();
    const factors = factorsOf(mixture, form);
    await using(
      backend,
      () => ({ rows: tf.tensor2d(x), means: tf.tensor2d(mixture.means), factors: tf.tensor(factors) }),
      async ({ rows, means, factors: tensor }) => {
        for (const precisionsCholesky of [factors, tensor]) {
          const cost = logCost(rows, { means, covariance: form, precisionsCholesky });
          expectCosts(await values(cost), expected);
        }
      },
    );
  });

  test.each(formsOn(backend))('%s: covariances in tensors', async (form) => {
    const { x, mixture } = rounded({ name: 'overlapping', n: 20, d: 5, k: 3 }, form);
    const expected = logDensities(x, mixture).flat();
    await using(
      backend,
      () => ({ rows: tf.tensor2d(x), covariances: tf.tensor(covariancesOf(mixture, form)) }),
      async ({ rows, covariances }) => {
        const cost = logCost(rows, { means: mixture.means, covariance: form, covariances });
        // Factored in float32, which costs digits by the condition of the covariance, here under 100.
        expectCosts(await values(cost), expected, 100);
      },
    );
  });

  test.each(['upper', 'lower'] as const)('only the %s triangle of a factor in a tensor is read', async (triangle) => {
    const { x, mixture } = rounded({ name: 'overlapping', n: 9, d: 5, k: 2 }, 'full');
    const upper = factorsOf(mixture, 'full') as number[][][];
    const own = upper.map((w) => (triangle === 'upper' ? w : transposed(w)));
    const dirty = own.map((w) => w.map((row, i) => row.map((value, j) => value + (inside(i, j, triangle) ? 0 : 7))));
    await using(
      backend,
      () => ({ rows: tf.tensor2d(x), factors: tf.tensor(dirty) }),
      async ({ rows, factors }) => {
        const { means } = mixture;
        const got = await values(logCost(rows, { means, precisionsCholesky: factors, triangle }));
        const clean = await values(logCost(rows, { means, precisionsCholesky: own, triangle }));
        expectAllWithin(got, clean, 1e-5 * Math.max(...clean));
        expectAllWithin(
          got,
          x.flatMap((row) => means.map((mean, k) => costBy(row, mean, own[k]))),
          1e-5 * Math.max(...clean),
        );
      },
    );
  });

  test.each(formsOn(backend))('%s: B at once are B by themselves, whatever they share', async (form) => {
    const parts = [3, 8, 21].map((seed) => {
      const { x, truth } = problem('overlapping', { n: 70, d: 3, k: 2, seed });
      return { x: float32(x), mixture: constrain({ ...truth, means: float32(truth.means) }, form) };
    });
    const [first] = parts;
    const all = <T>(pick: (part: (typeof parts)[0]) => T): T[] => parts.map(pick);
    for (const shared of range(8)) {
      const own = (bit: number): boolean => Boolean(shared & (1 << bit));
      const x = own(0) ? all((part) => part.x) : first.x;
      const means = own(1) ? all((part) => part.mixture.means) : first.mixture.means;
      const covariance = (part: (typeof parts)[0]) => covariancesOf(part.mixture, form);
      const covariances = own(2) ? all(covariance) : covariance(first);
      const expected = (shared ? parts : [first]).map((part) => {
        const mixture = {
          ...first.mixture,
          means: own(1) ? part.mixture.means : first.mixture.means,
          covariances: own(2) ? part.mixture.covariances : first.mixture.covariances,
        };
        return logDensities(own(0) ? part.x : first.x, mixture);
      });
      await using(
        backend,
        () => ({ rows: tf.tensor(x) }),
        async ({ rows }) => {
          const cost = logCost(rows, { means, covariance: form, covariances });
          expect(cost.shape).toEqual(shared ? [3, 70, 2] : [70, 2]);
          expectCosts(await values(cost), expected.flat(2));
        },
      );
    }
  });
}

/** −C within a few roundings: of whitened coordinates, which are sums of terms of size `reach`, and of costs. */
function expectCosts(got: number[], logDensity: number[], reach = 10): void {
  expect(got.length).toBe(logDensity.length);
  got.forEach((cost, at) => {
    const size = 10 + Math.abs(cost);
    expectWithin(-cost, logDensity[at], 5e-7 * (reach * Math.sqrt(size) + size), `cost ${at}`);
  });
}

function optionsOf(mixture: OracleMixture, form: Covariance): LogCostOptions {
  return { means: mixture.means, covariance: form, covariances: covariancesOf(mixture, form) };
}
