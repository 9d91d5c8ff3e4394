import { expect } from 'vitest';

/** Fails unless got and expected agree within an absolute tolerance; NaN never does. */
export function expectWithin(got: number, expected: number, tolerance: number, what = ''): void {
  if (Math.abs(got - expected) <= tolerance) return;
  expect.fail(`${what} expected ${expected} ± ${tolerance}, got ${got} (off by ${Math.abs(got - expected)})`);
}

/** The same for arrays, entry by entry; lengths must agree. */
export function expectAllWithin(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = '',
): void {
  expect(got.length, `${what} length`).toBe(expected.length);
  for (let i = 0; i < got.length; i++) expectWithin(got[i], expected[i], tolerance, `${what}[${i}]`);
}

interface Dense {
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

/**
 * Means within a share of the component's standard deviation (or of their own size, if that is asked for and larger),
 * covariances within that share of √(Σ_ii Σ_jj).
 */
export function expectComponentsWithin(got: Dense, expected: Dense, tolerance: number, ofSize = false): void {
  expected.covariances.forEach((covariance, k) => {
    const deviation = covariance.map((row, j) => Math.sqrt(row[j]));
    covariance.forEach((row, i) => {
      const mean = expected.means[k][i];
      const unit = ofSize ? Math.max(deviation[i], Math.abs(mean)) : deviation[i];
      expectWithin(got.means[k][i], mean, tolerance * unit, `mean[${k}][${i}]`);
      row.forEach((value, j) => {
        const scale = deviation[i] * deviation[j];
        expectWithin(got.covariances[k][i][j], value, tolerance * scale, `covariance[${k}][${i}][${j}]`);
      });
    });
  });
}
