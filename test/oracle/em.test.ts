import { describe, expect, it } from 'vitest';
import { aic, bic, constrain, em, icl, logLikelihood, mStep, parameterCount } from './em.js';
import { problem, problemNames } from './problems.js';
import { type Covariance, type OracleMixture, sweep } from './sweep.js';

const covariances: Covariance[] = ['full', 'tied', 'diag', 'spherical'];
const log2Pi = Math.log(2 * Math.PI);
const square = [[0, 0], [2, 0], [0, 4], [2, 4]]; // prettier-ignore

describe('mStep', () => {
  const anywhere: OracleMixture = { weights: [1], means: [[7, -3]], covariances: [[[2, 0], [0, 3]]] }; // prettier-ignore

  it.each([
    [
      'full',
      [
        [1, 0],
        [0, 4],
      ],
    ],
    [
      'tied',
      [
        [1, 0],
        [0, 4],
      ],
    ],
    [
      'diag',
      [
        [1, 0],
        [0, 4],
      ],
    ],
    [
      'spherical',
      [
        [2.5, 0],
        [0, 2.5],
      ],
    ],
  ] as const)('K = 1, %s: the sample mean and covariance from any start', (covariance, expected) => {
    const { weights, means, covariances: [s] } = mStep(sweep(square, undefined, anywhere), covariance); // prettier-ignore
    expect(weights).toEqual([1]);
    expect(means).toEqual([[1, 2]]);
    s.flat().forEach((value, j) => expect(value).toBeCloseTo(expected.flat()[j], 13));
  });

  it('adds the regularization to the diagonal after the type', () => {
    const [s] = mStep(sweep(square, undefined, anywhere), 'spherical', 0.5).covariances;
    expect(s[0][0]).toBeCloseTo(3, 13);
    expect(s[0][1]).toBe(0);
  });

  it('two hard clusters: tied pools by mass', () => {
    const moments = sweep([[-1], [1], [9], [10], [11], [10]], undefined, {
      weights: [0.5, 0.5],
      means: [[0], [10]],
      covariances: [[[0.01]], [[0.01]]],
    });
    const near = (s: number[][][], expected: number[]): void =>
      expected.forEach((value, k) => expect(s[k][0][0]).toBeCloseTo(value, 14));
    near(mStep(moments, 'full').covariances, [1, 0.5]);
    near(mStep(moments, 'tied').covariances, [2 / 3, 2 / 3]);
    expect(mStep(moments, 'full').weights[0]).toBeCloseTo(1 / 3, 14);
  });

  it('refuses an empty component', () => {
    const far = { weights: [0.5, 0.5], means: [[0], [1e4]], covariances: [[[1]], [[1]]] };
    expect(() => mStep(sweep([[0], [1]], undefined, far), 'full')).toThrow(
      'mStep: component 1 has mass 0, not positive',
    );
  });
});

describe('em', () => {
  it('K = 1 stands at the closed form F = (d log 2π + log|Σ| + d)/2 after one iteration', () => {
    const start = { weights: [1], means: [[0, 0]], covariances: [[[1, 0], [0, 1]]] }; // prettier-ignore
    const { objective } = em(square, start, { covariance: 'full', maxIterations: 10, tolerance: 1e-12 });
    expect(objective).toHaveLength(2);
    objective.forEach((value) => expect(value).toBeCloseTo((2 * log2Pi + Math.log(4) + 2) / 2, 14));
  });

  it('row weights are repeated rows', () => {
    const { x, start } = problem('overlapping', { n: 40, d: 2, k: 2, seed: 5 });
    const weights = x.map((_, i) => 1 + (i % 3));
    const repeated = x.flatMap((row, i) => Array.from({ length: weights[i] }, () => row));
    const options = { covariance: 'full', maxIterations: 8, tolerance: 0 } as const;
    const weighted = em(x, start, { ...options, weights }).mixture.means.flat();
    const plain = em(repeated, start, options).mixture.means.flat();
    weighted.forEach((value, j) => expect(value).toBeCloseTo(plain[j], 12));
  });

  it('ε = 0 is k-means for spherical components of one size', () => {
    const x = [[0], [1], [2], [10], [11], [12]];
    const start = { weights: [0.5, 0.5], means: [[0], [2]], covariances: [[[1]], [[1]]] };
    const { mixture } = em(x, start, { covariance: 'tied', epsilon: 0, maxIterations: 20, tolerance: 1e-12 });
    expect(mixture.means.map(([mean]) => Math.round(mean * 1e9) / 1e9)).toEqual([1, 11]);
  });

  for (const name of problemNames) {
    it.each(covariances)(
      `${name}, %s: F never rises, and its last value is F at the mixture returned`,
      (covariance) => {
        const { x, start } = problem(name, { n: 150, d: 3, k: 3, seed: 6 });
        const from = constrain(start, covariance);
        const { mixture, objective } = em(x, from, { covariance, maxIterations: 30, tolerance: -Infinity });
        const path = [sweep(x, undefined, from).objective, ...objective];
        path.slice(1).forEach((value, i) => {
          expect(value).toBeLessThanOrEqual(path[i] + 1e-12 * Math.abs(path[i]));
        });
        expect(objective.at(-1)).toBe(sweep(x, undefined, mixture).objective);
      },
    );
  }
});

describe('criteria', () => {
  it.each([
    ['full', 2 + 9 + 18],
    ['tied', 2 + 9 + 6],
    ['diag', 2 + 9 + 9],
    ['spherical', 2 + 9 + 3],
  ] as const)('parameterCount(%s, 3, 3) is %d: weights, means, covariances', (covariance, expected) => {
    expect(parameterCount(covariance, 3, 3)).toBe(expected);
  });

  it('bic = −2ℓ + p log n, aic = −2ℓ + 2p, icl = bic − 2 Σ log max r', () => {
    const x = [[0], [Math.log(3) / 2]];
    const mixture = { weights: [0.25, 0.75], means: [[-1], [1]], covariances: [[[1]], [[1]]] };
    const l = logLikelihood(x, mixture);
    expect(l).toBeCloseTo(-2 * sweep(x, undefined, mixture).objective, 14);
    expect(bic(x, mixture, 'full')).toBeCloseTo(-2 * l + 5 * Math.LN2, 13);
    expect(aic(x, mixture, 'tied')).toBeCloseTo(-2 * l + 8, 13);
    expect(icl(x, mixture, 'full')).toBeCloseTo(bic(x, mixture, 'full') - 2 * Math.log(0.75 * 0.9), 13);
  });
});
