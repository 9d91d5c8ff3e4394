import { describe, expect, test } from 'vitest';
import { InputError, poisson } from '../../../src/index.js';
import { loadMixture } from '../../../src/mixture/model-file.js';
import { mixtureWasserstein } from '../../../src/mixture/distances/wasserstein.js';
import { withNoise } from '../../../src/families/noise-family.js';
import { gaussian } from '../../../src/families/gaussian.js';
import { Mixture } from '../../../src/mixture/mixture.js';
import { expectAllWithin, expectWithin } from '../../within.js';
import { forms, mixtureOf, moved, someMixture } from './setting.js';

const distance = async (a: Mixture, b: Mixture): Promise<number> => (await mixtureWasserstein(a, b)).distance;
const pairs = forms.flatMap((one) => forms.map((other) => [one, other] as const));

describe.each(pairs)('MW2, %s and %s', (one, other) => {
  const [a, b, c] = [someMixture(1, 4, 3, one), someMixture(2, 5, 3, other), someMixture(3, 3, 3, one)];

  test('is symmetric, and 0 between equal mixtures', async () => {
    const there = await mixtureWasserstein(a, b);
    expectWithin(await distance(b, a), there.distance, 1e-12);
    expect(there.distance).toBeGreaterThan(1);
    expect(await distance(a, a)).toBe(0);
    expect(await distance(a, someMixture(1, 4, 3, one))).toBe(0);
  });

  test('meets the triangle inequality', async () => {
    const [ab, bc, ac] = [await distance(a, b), await distance(b, c), await distance(a, c)];
    for (const [x, y, z] of [[ab, bc, ac], [bc, ac, ab], [ac, ab, bc]]) expect(x + y).toBeGreaterThanOrEqual(z - 1e-12); // prettier-ignore
  });

  test('has the weights as margins of its plan, and its cost', async () => {
    const { plan, costs, cost, distance } = await mixtureWasserstein(a, b);
    expectAllWithin(plan.map((row) => row.reduce((x, y) => x + y, 0)), a.weights, 1e-15); // prettier-ignore
    expectAllWithin(b.weights, plan.reduce((sums, row) => sums.map((sum, l) => sum + row[l]), b.weights.map(() => 0)), 1e-15); // prettier-ignore
    const summed = plan.flatMap((row, k) => row.map((mass, l) => mass * costs[k][l])).reduce((x, y) => x + y, 0);
    expectWithin(cost, summed, 1e-13);
    expectWithin(distance, Math.sqrt(cost), 1e-15);
  });

  test('stays when both are moved and turned alike, and is moved apart by a shift', async () => {
    const [s, t] = [Math.sin(0.7), Math.cos(0.7)];
    const turn = [[t, -s, 0], [s, t, 0], [0, 0, -1]]; // prettier-ignore
    const shift = [3, -1, 100];
    const [wholeA, wholeB] = [moved(a, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 0, 0]), moved(b, turn, shift)]; // prettier-ignore
    expectWithin(await distance(moved(a, turn, shift), wholeB), await distance(a, b), 1e-12);
    expectWithin(await distance(wholeA, moved(a, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [3, 4, 0])), 5, 1e-7); // prettier-ignore
  });
});

test('between single components is W₂, in closed form where they commute', async () => {
  const single = (mean: number[], variances: number[]): Mixture => {
    const covariances = [variances.map((variance, i) => variances.map((_, j) => (i === j ? variance : 0)))];
    return mixtureOf({ weights: [1], means: [mean], covariances });
  };
  expectWithin(await distance(single([0, 0], [1, 4]), single([3, 4], [9, 1])), Math.sqrt(25 + 4 + 1), 1e-14);
});

test('with epsilon the plan is that of sinkhorn, and comes near the exact one as epsilon falls', async () => {
  const [a, b] = [someMixture(1, 4, 2), someMixture(2, 5, 2)];
  const exact = await mixtureWasserstein(a, b);
  const distances: number[] = [];
  for (const epsilon of [10, 1, 0.01]) {
    const { plan, cost, status } = await mixtureWasserstein(a, b, { epsilon });
    expect(status).toBe('converged');
    expectAllWithin(plan.map((row) => row.reduce((x, y) => x + y, 0)), a.weights, 1e-9); // prettier-ignore
    distances.push(cost - exact.cost);
  }
  expect(distances[0]).toBeGreaterThan(distances[1]);
  expect(distances[1]).toBeGreaterThan(distances[2]);
  expectWithin(distances[2], 0, 1e-3);
});

describe('refuses in one line', () => {
  const a = someMixture(1, 2, 2);

  test('other columns', async () => {
    await expect(mixtureWasserstein(a, someMixture(1, 2, 3))).rejects.toThrow(
      'mixtureWasserstein: expected b to have the columns of a, x0, x1, got x0, x1, x2; fit both to the same columns, in the same order',
    );
    const named = mixtureOf({ weights: [1], means: [[0, 0]], covariances: [[[1, 0], [0, 1]]] }, 'full', ['u', 'v']); // prettier-ignore
    await expect(mixtureWasserstein(a, named)).rejects.toThrow(InputError);
  });

  test('other families, and noise', async () => {
    const family = poisson();
    const counts = await loadMixture({ format: 'otmix-mixture', version: 2, family: 'poisson', options: {}, weights: [1], columns: [{ name: 'x0' }, { name: 'x1' }], components: family.toFile(family.fromParameters({ rates: [[1, 2]] }, 'x')) }); // prettier-ignore
    await expect(mixtureWasserstein(counts, a)).rejects.toThrow('expected a to be a Gaussian mixture without noise');
    await expect(mixtureWasserstein(counts, a)).rejects.toThrow('got poisson; fit both with Gaussian components');
    const noisy = withNoise(gaussian(), { logDensity: -3, ranges: [[0, 1], [0, 1]] }); // prettier-ignore
    const mixture = new Mixture({ ...a.parts, family: noisy, weights: Float64Array.of(0.4, 0.4, 0.2) });
    await expect(mixtureWasserstein(a, mixture)).rejects.toThrow('expected b to be a Gaussian mixture without noise');
  });

  test('an aborted signal', async () => {
    await expect(mixtureWasserstein(a, a, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough'); // prettier-ignore
  });
});

test('onProgress counts pairs of components', async () => {
  const seen: number[][] = [];
  await mixtureWasserstein(someMixture(1, 2, 2), someMixture(2, 3, 2), { onProgress: (...of) => seen.push(of) });
  expect(seen).toEqual([1, 2, 3, 4, 5, 6].map((done) => [done, 6]));
});
