import { describe, expect, it } from 'vitest';
import { em, kmeansPlusPlusDistances, mulberry32, normal, problem, problemNames, sum, sweep } from './index.js';

const size = { n: 240, d: 3, k: 4, seed: 11 };
const mean = (values: number[]): number => sum(values) / values.length;

describe('generators', () => {
  it('mulberry32(1) starts as published', () => {
    const random = mulberry32(1);
    expect([random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478]);
  });

  it('normal has mean 0 and variance 1', () => {
    const random = mulberry32(2);
    const z = Array.from({ length: 20000 }, () => normal(random));
    expect(mean(z)).toBeCloseTo(0, 1);
    expect(mean(z.map((value) => value * value))).toBeCloseTo(1, 1);
  });
});

describe.each(problemNames)('%s', (name) => {
  it('is the same for the same seed and other for another', () => {
    expect(problem(name, size)).toEqual(problem(name, size));
    expect(problem(name, size).x).not.toEqual(problem(name, { ...size, seed: 12 }).x);
  });

  it.each([{ n: 1, d: 1, k: 1, seed: 1 }, { n: 7, d: 5, k: 2, seed: 1 }, { n: 65, d: 1, k: 3, seed: 1 }, size])(
    'has its shape and finite values for %o',
    ({ n, d, k, seed }) => {
      const { x, labels, truth, start } = problem(name, { n, d, k, seed });
      expect([x.length, labels.length, x[0].length, truth.means.length, start.covariances.length]).toEqual([
        n,
        n,
        d,
        k,
        k,
      ]);
      expect(x.flat().every(Number.isFinite)).toBe(true);
      expect(sum(truth.weights)).toBeCloseTo(1, 12);
      expect(sum(start.weights)).toBeCloseTo(1, 12);
      expect(Number.isFinite(sweep(x, undefined, start).objective)).toBe(true);
    },
  );

  it('EM from the start ends at least as well as the truth', () => {
    const { x, truth, start } = problem(name, size);
    const { objective } = em(x, start, { covariance: 'full', maxIterations: 200, tolerance: 1e-9 });
    expect(objective.at(-1)).toBeLessThanOrEqual(sweep(x, undefined, truth).objective);
  });
});

describe('what the names promise', () => {
  const column = (x: number[][], j: number): number[] => x.map((row) => row[j]);
  const spread = (values: number[]): number => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

  it('separated: the truth labels the rows as they were drawn', () => {
    const { x, labels, truth } = problem('separated', size);
    expect(sweep(x, undefined, truth).labels).toEqual(labels);
  });

  it('unbalanced: 1/(k + 1)² of the rows, at least 2d + 2', () => {
    const { weights } = problem('unbalanced', { ...size, n: 2000 }).truth;
    expect(weights[0]).toBeGreaterThan(0.65);
    expect(weights[3]).toBeLessThan(0.06);
  });

  it('offset: about 1e6', () => {
    expect(mean(column(problem('offset', size).x, 0))).toBeCloseTo(1e6, -2);
  });

  it('scales: 1e4 apart', () => {
    const { x } = problem('scales', size);
    expect(Math.log10(spread(column(x, 2)) / spread(column(x, 0)))).toBeCloseTo(4, 0);
  });

  it('far: 3000 σ out, in pairs 3 σ apart', () => {
    const { means } = problem('far', size).truth;
    means.forEach((point) => expect(Math.hypot(...point)).toBeCloseTo(3000, -1));
    expect(Math.hypot(...means[0].map((value, j) => value - means[2][j]))).toBeCloseTo(3, 0);
  });

  it('duplicates: ten equal rows', () => {
    const { x } = problem('duplicates', size);
    expect(kmeansPlusPlusDistances(x, [x[0]]).filter((distance) => distance === 0)).toHaveLength(10);
  });

  it('collapsed: the last component has 2d + 2 rows and σ = 1e-3', () => {
    const { truth, labels } = problem('collapsed', size);
    expect(labels.filter((label) => label === 3)).toHaveLength(8);
    expect(truth.covariances[3][0][0]).toBeLessThan(2e-6);
  });

  it('anisotropic: det Σ = (1e-3 · 10^-1.5)²', () => {
    const [[[a, b, c], [, e, f], [, , i]]] = problem('anisotropic', size).truth.covariances;
    const determinant = a * (e * i - f * f) - b * (b * i - f * c) + c * (b * f - e * c);
    expect(determinant / 1e-9).toBeCloseTo(1, 6);
  });
});
