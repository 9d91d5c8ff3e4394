/** What a fit says of components that are no ordinary ones. */
import { describe, expect, test } from 'vitest';
import { coincidentGroups } from '../../src/families/coincident.js';
import { gaussian } from '../../src/families/gaussian.js';
import { fitMixture, negativeBinomial, product, type CovarianceForm, type FitOptions } from '../../src/index.js';
import { addedShare } from '../../src/families/narrow.js';
import { soleQuadratic } from '../../src/sweep/model.js';
import { goldenRows } from '../golden/data.js';
import { mulberry32, normal, problem } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
const random = mulberry32(11);
const cloud = Array.from({ length: 200 }, () => [normal(random), normal(random)]);
const { x: overlapping } = problem('overlapping', { n: 1000, d: 3, k: 3, seed: 1 });
const family = (covariance: CovarianceForm) => ({ family: gaussian({ covariance }) });

/** What is noted of a fit beside how it ran. */
async function found(x: number[][], options: FitOptions): Promise<{ collapsed: readonly number[]; notes: string }> {
  const { collapsed, diagnostics } = await fitMixture(x, { backend: 'wasm', threads: 1, ...options });
  return { collapsed, notes: diagnostics.notes.join('\n') };
}

describe('nothing is said of ordinary fits', () => {
  test.each(forms)('%s', async (covariance) => {
    expect(await found(goldenRows('faithful'), { components: 2, ...family(covariance) })).toEqual({
      collapsed: [],
      notes: '',
    });
    expect(await found(overlapping, { components: 3, ...family(covariance) })).toEqual({ collapsed: [], notes: '' }); // prettier-ignore
  });
});

describe('components without a width of their own', () => {
  test('are no collapse where they hold many equal rows: the note says in which columns they are equal', async () => {
    const claims = await found(goldenRows('zero_inflated'), { components: 2, restarts: 2 });
    expect(claims.collapsed).toEqual([]);
    expect(claims.notes).toMatch(
      /^component \d holds 120 rows that are equal in x0 \(-?\d\S* ± 0\.\d+\); log-likelihoods/,
    );
    const spot = await found([...cloud, ...new Array<number[]>(1200).fill([9, 9])], { components: 2 });
    expect([spot.collapsed, spot.notes]).toEqual([[], expect.stringMatching(/^component \d holds 1,200 equal rows;/)]);
  });

  test.each(['full', 'diag', 'spherical'] as const)(
    'have collapsed where they hold few rows, %s',
    async (covariance) => {
      const start = { weights: [0.9, 0.1], means: [[0, 0], [9, 9]], covariances: [[[1, 0], [0, 1]], [[1, 0], [0, 1]]] }; // prettier-ignore
      const x = [...cloud, ...new Array<number[]>(3).fill([9, 9])];
      for (const regularization of [undefined, 0, 1e-6]) {
        const options = { components: 2, seeding: start, ...family(covariance), ...(regularization !== undefined && { regularization }) }; // prettier-ignore
        const { collapsed, notes } = await found(x, options);
        expect([collapsed, notes]).toEqual([[1], expect.stringContaining('collapsed: component 1 on 3 rows;')]);
      }
    },
  );

  test.each(['full', 'tied'] as const)('since columns follow from each other, %s', async (covariance) => {
    const { collapsed, notes } = await found(cloud.map(([a]) => [a, 2 * a]), { components: 2, ...family(covariance) }); // prettier-ignore
    expect(collapsed).toEqual([]);
    expect(notes).toMatch(/^in (all components|components 0, 1) columns follow from each other \(x0, x1\)/);
  });

  test('and only these columns are named, in one component of a product', async () => {
    // In component 0 column c follows from a; b and the counts have nothing to do with it.
    const rows = Array.from({ length: 400 }, (_, i) => {
      const [a, b, e] = [normal(random), normal(random), normal(random)];
      return i % 2 ? { a, b, c: 3 * a + 1, n: (i * 7) % 11 } : { a: a + 20, b, c: e, n: (i * 5) % 7 };
    });
    const factors = [
      { columns: ['n'], family: negativeBinomial() },
      { columns: ['a', 'b', 'c'], family: gaussian() },
    ];
    const { mixture, diagnostics } = await fitMixture(rows, { components: 2, family: product(factors), backend: 'wasm', threads: 1 }); // prettier-ignore
    const narrow = mixture.columnMeans.findIndex((means) => means[1] < 10);
    expect(diagnostics.notes.join('\n')).toBe(
      `in component ${narrow} columns follow from each other (a, c); leave one of these out by --columns`,
    );
  });
});

describe('a regularization that is given', () => {
  const narrow = Array.from({ length: 400 }, (_, i) => [8e-4 * (i % 2) + 1e-4 * normal(random)]);

  test('and decides is named, with its value, and so is what coincides by it', async () => {
    const { notes } = await found(narrow, { components: 2, regularization: 1e-6 });
    expect(notes).toMatch(/^regularization 0\.000001 makes up 8\d % of the variance of component \d where that is least, near column x0; give less by --regularization/); // prettier-ignore
    expect(notes).toContain('components coincide (0, 1): in effect there is 1; leave out --regularization');
  });

  test('and decides nothing is not', async () => {
    expect((await found(narrow, { components: 2, regularization: 1e-12 })).notes).toBe('');
  });

  test('is measured in the direction where a covariance is narrowest', () => {
    const d = 5;
    // I − (1 − s) u uᵀ with u = (1, …, 1)/√d: the smallest eigenvalue is s, along no column.
    const s = 4e-6;
    const matrix = Array.from({ length: d }, (_, i) =>
      Array.from({ length: d }, (__, j) => (i === j ? 1 : 0) - (1 - s) / d),
    );
    const full = gaussian();
    const packed = full.pack(
      full.fromParameters({ means: [new Array<number>(d).fill(0)], covariances: [matrix] }, 'test'),
    );
    expectWithin(addedShare(soleQuadratic(packed), 0, new Float64Array(d).fill(1e-6)).share, 0.25, 1e-3);
  });
});

describe('components that coincide', () => {
  test.each([{ from: 4 }, { from: 16 }, 2, 4])('at epsilon %j are named, with what to do', async (epsilon) => {
    const { notes } = await found(overlapping, { components: 3, epsilon });
    expect(notes).toBe('components coincide (0, 1, 2): in effect there is 1; start cooler, as with --epsilon 1.5:5, or leave epsilon at 1'); // prettier-ignore
  });

  const d = 4;
  const eye = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (__, j) => (i === j ? 1 : 0)) as number[]);
  /** I + (r − 1) u uᵀ with u along no column. */
  const stretched = (r: number): number[][] => eye.map((row) => row.map((value) => value + (r - 1) / d));
  const pair = (form: CovarianceForm, shift: number, covariance = eye): number[][] => {
    const own = gaussian({ covariance: form });
    const far = { mean: new Array<number>(d).fill(7), covariance: eye };
    const means = [new Array<number>(d).fill(0), far.mean, new Array<number>(d).fill(shift / Math.sqrt(d))];
    return coincidentGroups(
      own.pack(own.fromParameters({ means, covariances: [eye, far.covariance, covariance] }, 'test')),
    );
  };

  test.each(forms)('are so by Jeffreys’ divergence, which of means is their squared distance: %s', (form) => {
    expect(pair(form, 0.099)).toEqual([[0, 2]]);
    expect(pair(form, 0.101)).toEqual([]);
  });

  test('and of a variance r times as large (r + 1/r)/2 − 1, in whatever direction', () => {
    expect(pair('full', 0, stretched(1.15))).toEqual([[0, 2]]); // .0098
    expect(pair('full', 0, stretched(1.16))).toEqual([]); // .011
    expect(pair('full', 0.05, stretched(1.15))).toEqual([]);
    expect(pair('diag', 0, eye.map((row, i) => (i === 0 ? row.map((v) => 1.16 * v) : row)))).toEqual([]); // prettier-ignore
    expect(pair('spherical', 0, eye.map((row) => row.map((v) => 1.08 * v)))).toEqual([]); // prettier-ignore
  });
});
