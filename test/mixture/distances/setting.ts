import type { CovarianceForm } from '../../../kernels/form.js';
import { seededRandom } from '../../../src/base/random.js';
import { gaussian } from '../../../src/families/gaussian.js';
import { Mixture } from '../../../src/mixture/mixture.js';

/** Weights, means and covariances as nested arrays. */
export interface Parts {
  readonly weights: readonly number[];
  readonly means: readonly (readonly number[])[];
  readonly covariances: readonly (readonly (readonly number[])[])[];
}

export const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];

/** The mixture of these parts, in the form that they have. */
export function mixtureOf(parts: Parts, covariance: CovarianceForm = 'full', columns?: readonly string[]): Mixture {
  const family = gaussian({ covariance });
  const { weights, means, covariances } = parts;
  const components = family.fromParameters({ means, covariances }, 'parts');
  return new Mixture({ family, weights: Float64Array.from(weights), components }, columns);
}

/** Some mixture of k Gaussians in d columns: a matrix of random numbers, its square, and 0.05 more on the diagonal. */
export function someMixture(seed: number, k: number, d: number, form: CovarianceForm = 'full'): Mixture {
  const random = seededRandom(seed);
  const several = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);
  const covariances = several(k, () => {
    const factor = several(d, () => several(d, () => random.normal()));
    return factor.map((row, i) =>
      factor.map((other, j) => row.reduce((sum, value, p) => sum + value * other[p], i === j ? 0.05 : 0)),
    );
  });
  const masses = several(k, () => 0.2 + random.uniform());
  const sum = masses.reduce((x, y) => x + y, 0);
  const means = several(k, () => several(d, () => 3 * random.normal()));
  return mixtureOf({ weights: masses.map((mass) => mass / sum), means, covariances }, form);
}

/** The mixture of y = U x + shift. */
export function moved(mixture: Mixture, matrix: readonly (readonly number[])[], shift: readonly number[]): Mixture {
  const times = (v: readonly number[]): number[] => matrix.map((row) => row.reduce((s, u, j) => s + u * v[j], 0));
  const means = mixture.means.map((mean) => times(mean).map((value, j) => value + shift[j]));
  const covariances = mixture.covariances.map((covariance) => {
    const right = covariance.map(times); // Σ Uᵀ, whose rows U has multiplied
    const turned = right[0].map((_, j) => times(right.map((row) => row[j])));
    return turned.map((row, i) => row.map((value, j) => (value + turned[j][i]) / 2));
  });
  return mixtureOf({ weights: mixture.weights, means, covariances });
}
