import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, type FitOptions } from '../../src/index.js';
import { seededRandom } from '../../src/base/random.js';
import { hierarchicalCentres } from '../../src/seeding/hierarchical.js';
import { seed } from '../../src/seeding/start.js';
import { rowsOf, withRows } from './setting.js';

/** `n` rows about each of some centres, by what each of them draws. */
function about(centres: readonly (readonly number[])[], n: number, width: (c: number) => readonly number[], at = 1) {
  const random = seededRandom(at);
  return Array.from({ length: n * centres.length }, (_, i) =>
    centres[i % centres.length].map((value, j) => value + width(i % centres.length)[j] * random.normal()),
  );
}

const grid = Array.from({ length: 25 }, (_, c) => [c % 5, Math.floor(c / 5)]);

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  test('25 clusters on a grid have a centre each, from whatever seed', async () => {
    const x = about(grid, 30, () => [0.2, 0.2]);
    await withRows({ x, backend }, async (of) => {
      for (const from of [0, 1, 2]) {
        const centres = rowsOf(await hierarchicalCentres(of(25, from)), 2);
        const found = centres.map(([a, b]) => Math.round(a) + 5 * Math.round(b)).sort((a, b) => a - b);
        expect(found).toEqual(grid.map((_, c) => c));
      }
    });
  });

  test('a start has the covariances of its clusters: two long ellipses that cross', async () => {
    const random = seededRandom(3);
    const x = Array.from({ length: 800 }, (_, i) => {
      const [long, short] = [3 * random.normal(), 0.1 * random.normal()];
      return i % 2 === 0 ? [long, short] : [short, long];
    });
    await withRows({ x, backend }, async (of) => {
      const family = gaussian({ covariance: 'full' });
      const { components, weights } = await seed('hierarchical', of(2), family, new Float64Array(2));
      const { covariances } = family.toParameters(components) as { covariances: number[][][] };
      const [flat, steep] = [...covariances].sort((a, b) => b[0][0] - a[0][0]);
      expect(flat[0][0] / flat[1][1]).toBeGreaterThan(20);
      expect(steep[1][1] / steep[0][0]).toBeGreaterThan(20);
      for (const weight of weights) expect(Math.abs(weight - 0.5)).toBeLessThan(0.15);
    });
  });

  test('rows of weight 0 are not there', async () => {
    const x = about([[0, 0], [9, 0], [0, 9]], 40, () => [1, 1]); // prettier-ignore
    const weights = x.map((_, i) => (i % 3 === 2 ? 0 : 1));
    await withRows({ x, weights, backend }, async (of) => {
      const centres = rowsOf(await hierarchicalCentres(of(2, 4)), 2);
      for (const [, b] of centres) expect(Math.abs(b)).toBeLessThan(2);
    });
  });

  test('the same seed gives the same centres bit for bit, others give others', async () => {
    const x = about([[0, 0], [3, 0]], 100, () => [1, 1]); // prettier-ignore
    await withRows({ x, backend }, async (of) => {
      expect(await hierarchicalCentres(of(4, 1))).toEqual(await hierarchicalCentres(of(4, 1)));
      expect(await hierarchicalCentres(of(4, 1))).not.toEqual(await hierarchicalCentres(of(4, 2)));
    });
  });

  test('as many components as rows, or as different ones: the centres are rows', async () => {
    const x = [[0, 0], [5, 1], [5, 1], [5, 1], [2, 7]]; // prettier-ignore
    await withRows({ x, backend }, async (of) => {
      for (const k of [3, 5]) {
        const centres = rowsOf(await hierarchicalCentres(of(k)), 2);
        expect(centres).toHaveLength(k);
        for (const centre of centres) expect(x).toContainEqual(centre);
      }
    });
  });
});

test('ends with the reason of a signal', async () => {
  const x = about(grid, 40, () => [0.2, 0.2]);
  await withRows({ x }, async (of) => {
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(hierarchicalCentres({ ...of(3), signal })).rejects.toThrow('never mind');
  });
});

describe('a fit of', () => {
  const x = about([[1, 2], [8, 9]], 60, (c) => [0.5 + c, 0.5]).map((row) => row.map(Math.abs)); // prettier-ignore
  const counts = x.map((row) => row.map(Math.round));
  const gaps = x.map((row, i) => row.map((value, j) => (i % 5 === j ? NaN : value)));

  test.each<[string, readonly (readonly number[])[], Partial<FitOptions>]>([
    ...(['full', 'tied', 'diag', 'spherical'] as const).map(
      (covariance) =>
        [covariance, x, { family: gaussian({ covariance }) }] as [string, number[][], Partial<FitOptions>],
    ),
    ['full with gaps', gaps, { missing: 'model' }],
    ['diag with gaps', gaps, { missing: 'model', family: gaussian({ covariance: 'diag' }) }],
    ['noise', x, { noise: true }],
  ])('%s finds the two clusters', async (_, rows, options) => {
    const { mixture } = await fitMixture(rows, { components: 2, seeding: 'hierarchical', backend: 'cpu', ...options });
    const means = [...mixture.means].sort((a, b) => a[0] - b[0]);
    expect(means[0][0]).toBeLessThan(3);
    expect(means[1][0]).toBeGreaterThan(6);
  });

  test('counts, levels and products finds them too', async () => {
    const { poisson, categorical, product, studentT } = await import('../../src/index.js');
    const both = product([{ columns: ['x0'], family: gaussian() }, { columns: ['x1'], family: poisson() }]); // prettier-ignore
    for (const family of [poisson(), categorical(), both, studentT({ covariance: 'full', degrees: 5 })]) {
      const options = { components: 2, seeding: 'hierarchical', backend: 'cpu', family } as const;
      const { mixture } = await fitMixture(counts, options);
      const labels = await mixture.predict(counts);
      const same = counts.filter((_, i) => labels[i] === labels[i % 2]).length;
      expect([family.name, same / counts.length > 0.95]).toEqual([family.name, true]);
    }
  });
});
