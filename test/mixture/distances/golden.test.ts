/** Beside POT and scipy: test/golden/make-distances.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../../kernels/form.js';
import { buresWasserstein, Roots } from '../../../src/mixture/distances/bures.js';
import { barycentre } from '../../../src/mixture/distances/barycentre.js';
import { transportMap } from '../../../src/mixture/distances/map.js';
import { mixtureWasserstein } from '../../../src/mixture/distances/wasserstein.js';
import { root } from '../../unpack.js';
import { expectAllWithin, expectWithin } from '../../within.js';
import { mixtureOf, type Parts } from './setting.js';

type Side = Parts & { readonly form: CovarianceForm; readonly seed: number };

interface Golden {
  readonly mixtures: readonly {
    readonly a: Side;
    readonly b: Side;
    readonly cost: number;
    readonly costs?: readonly (readonly number[])[];
    readonly plan?: readonly (readonly number[])[];
    readonly rows?: readonly (readonly number[])[];
    readonly mapped?: readonly (readonly number[])[];
  }[];
  readonly barycentre: {
    readonly a: Omit<Parts, 'weights'>;
    readonly b: Omit<Parts, 'weights'>;
    readonly share: number;
    readonly mean: readonly number[];
    readonly covariance: readonly (readonly number[])[];
  };
  readonly wide: readonly Wide[];
}

interface Wide {
  readonly d: number;
  readonly rank: number;
  readonly ridge: number;
  /** Null is NaN. */
  readonly pot: number | null;
  readonly byEigenvalues: number;
  readonly bySingularValues: number;
}

const golden = JSON.parse(readFileSync(join(root, 'test/golden/distances.json'), 'utf8')) as Golden;
const cases = golden.mixtures.map(
  (one) => [`${one.a.form} ${one.a.seed}`, `${one.b.form} ${one.b.seed}`, one] as const,
);

describe.each(cases)('POT, %s and %s', (_, __, { a, b, cost, costs, plan }) => {
  const [one, other] = [a, b].map((side) => mixtureOf(side, side.form));

  test('has the same MW2 to 1e-9, costs and plan', async () => {
    const found = await mixtureWasserstein(one, other);
    expectWithin(found.cost, cost, 1e-9);
    if (costs) expectAllWithin(found.costs.flat(), costs.flat(), 1e-9);
    if (plan) expectAllWithin(found.plan.flat(), plan.flat(), 1e-9);
  });
});

const mapped = golden.mixtures.filter(({ rows }) => rows);

test.each(mapped)('POT has the same map to 1e-9', async ({ a, b, rows = [], mapped = [] }) => {
  const { data } = await (await transportMap(mixtureOf(a, a.form), mixtureOf(b, b.form))).apply(rows);
  expectAllWithin(data, mapped.flat(), 1e-9);
});

test('POT has the same barycentre of two Gaussians', async () => {
  const { a, b, share, mean, covariance } = golden.barycentre;
  const mixture = await barycentre(mixtureOf({ weights: [1], ...a }), mixtureOf({ weights: [1], ...b }), { share });
  expectAllWithin(mixture.means.flat(), mean, 1e-12);
  expectAllWithin(mixture.covariances.flat(2), covariance.flat(), 1e-9);
});

/** B Bᵀ / rank + ridge I, with B of the generator that the script has. */
function wide(seed: number, { d, rank, ridge }: Wide): Float64Array {
  let state = seed;
  const factor = Float64Array.from({ length: d * rank }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let p = 0; p < rank; p++) sum += factor[i * rank + p] * factor[j * rank + p];
      covariance[i * d + j] = covariance[j * d + i] = sum / rank + (i === j ? ridge : 0);
    }
  }
  return covariance;
}

describe('in 512 columns', () => {
  test('scipy has the same W₂² to 1e-8, also where POT has NaN', () => {
    expect(golden.wide.map(({ pot }) => pot)).toContain(null);
    for (const one of golden.wide) {
      const mean = new Float64Array(one.d);
      const [a, b] = [21, 22].map((seed) => ({ mean, covariance: wide(seed, one) }));
      const found = buresWasserstein(a, b, new Roots(one.d));
      expectWithin(found, one.bySingularValues, 1e-11 * found);
      expectWithin(found, one.byEigenvalues, 1e-8 * found);
    }
  });
});
