import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, poisson, product } from '../../src/index.js';
import { mulberry32, normal } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';

/** Rows of two groups, of which a share of the values is missing. */
function rowsOf(n: number, d: number, share: number): number[][] {
  const random = mulberry32(6);
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: d }, () => {
      const value = 3 * (i % 2) + normal(random);
      return random() < share ? NaN : value;
    }),
  );
}

const forms = ['full', 'tied', 'diag', 'spherical'] as const;

describe.each(forms)('%s Gaussians that may lack values', (covariance) => {
  const asked = { family: gaussian({ covariance }), components: 2, maxIterations: 6, tolerance: 0, seed: 2 } as const;

  test('are, where none is missing, those that refuse gaps, bit for bit', async () => {
    const rows = rowsOf(400, 4, 0);
    const [with_, without] = await Promise.all(
      (['model', 'error'] as const).map((missing) => fitMixture(rows, { ...asked, missing })),
    );
    expect(with_.objective).toEqual(without.objective);
    expect(with_.mixture.means).toEqual(without.mixture.means);
    expect(with_.mixture.covariances).toEqual(without.mixture.covariances);
    expect(with_.criteria).toEqual(without.criteria);
  });

  test('are on the threads of the CPU what they are in plain TypeScript', async () => {
    const rows = rowsOf(600, 4, 0.2);
    const [simd, plain] = await Promise.all(
      (['wasm', 'cpu'] as const).map((backend) => fitMixture(rows, { ...asked, missing: 'model', backend })),
    );
    expectAllWithin(simd.objective, plain.objective, 1e-9);
    expectAllWithin(simd.mixture.means.flat(), plain.mixture.means.flat(), 1e-6);
    expectWithin(simd.criteria.logLikelihood / plain.criteria.logLikelihood, 1, 1e-9);
  });

  test('gain and lose nothing by a column that all rows lack', async () => {
    const rows = rowsOf(300, 3, 0.1);
    const blank = rows.map(([a, b, c]) => [a, NaN, b, c]);
    const [with_, without] = await Promise.all(
      [blank, rows].map((data) => {
        const labels = Int32Array.from(data, (_, i) => i % 2);
        return fitMixture(data, { ...asked, seeding: { labels }, missing: 'model', regularization: 0 }); // prettier-ignore
      }),
    );
    if (covariance !== 'spherical') expectAllWithin(with_.objective, without.objective, 1e-6);
    expect(with_.mixture.means.flat().every(Number.isFinite)).toBe(true);
    const { data } = await with_.mixture.impute(blank.slice(0, 4));
    expect(data.every(Number.isFinite)).toBe(true);
  });
});

test('a product of Gaussians and counts without a gap is the one that refuses gaps, bit for bit', async () => {
  const rows = rowsOf(300, 2, 0).map(([x, y], i) => ({ x, y, visits: (i % 2) * 4 + (i % 3) }));
  const family = product([
    { columns: ['x', 'y'], family: gaussian() },
    { columns: ['visits'], family: poisson() },
  ]);
  const [with_, without] = await Promise.all(
    (['model', 'error'] as const).map((missing) =>
      fitMixture(rows, { family, components: 2, missing, maxIterations: 6, tolerance: 0 }),
    ),
  );
  expect(with_.objective).toEqual(without.objective);
});

test('a value that is missing far behind is modelled too', async () => {
  const rows = rowsOf(70_000, 1, 0);
  rows[69_999] = [NaN];
  const fit = await fitMixture(rows, { components: 2, missing: 'model', maxIterations: 2, tolerance: 0 });
  expect(fit.diagnostics).toMatchObject({ rows: 70_000, dropped: 0 });
  expect(Number.isFinite(fit.criteria.logLikelihood)).toBe(true);
});

test('rows with gaps that exceed the memory allowed are said to lie in a file, and where that lies', async () => {
  const rows = rowsOf(2000, 3, 0.1);
  const noted = async (memory: number): Promise<string[]> => {
    const { diagnostics } = await fitMixture(rows, { components: 2, missing: 'model', maxIterations: 1, memory });
    return diagnostics.notes.filter((note) => /memory|file/.test(note));
  };
  const bytes = 2000 * (3 * 8 + 20);
  expect(await noted(bytes)).toEqual([]);
  expect(await noted(bytes - 1)).toEqual([
    `the rows lie in a file without a name, 1 MiB in ${tmpdir()}: they have no room in the memory allowed`,
  ]);
});
