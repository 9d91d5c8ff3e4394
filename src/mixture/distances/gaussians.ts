import { covariancesOf, meansOf, views } from '../../families/gaussian-components.js';
import { covarianceLayouts } from '../../families/covariance.js';
import { haveMoments } from '../../families/dense.js';
import type { CovarianceForm } from '../../../kernels/form.js';
import { InputError, listed } from '../../base/errors.js';
import type { Mixture } from '../mixture.js';
import type { Gaussian } from './bures.js';

/** The components of a Gaussian mixture, one by one; those of `diag` and `spherical` have variances `[d]`. */
export function gaussiansOf({ parts, d, k }: Mixture): Gaussian[] {
  const layout = covarianceLayouts[parts.family.options.covariance as CovarianceForm];
  const means = views(meansOf(parts.components), d);
  const covariances = covariancesOf(parts.components, layout).map((one) =>
    layout.matrix && d > 1 ? one : layout.diagonal(one, d),
  );
  return Array.from({ length: k }, (_, c) => ({ mean: means[c], covariance: covariances[layout.shared ? 0 : c] }));
}

/**
 * Throws `InputError` unless both are Gaussian mixtures without noise and of the same columns: 'unsupported' and 'shape'.
 * `names` is what messages call the two.
 */
export function requireComparable(
  a: Mixture,
  b: Mixture,
  where: string,
  names: readonly [string, string] = ['a', 'b'],
): void {
  [a, b].forEach((mixture, at) => requireGaussians(mixture, where, names[at]));
  if (a.d === b.d && a.columns.every((name, j) => name === b.columns[j])) return;
  throw new InputError('shape', {
    where,
    expected: `${names[1]} to have the columns of ${names[0]}, ${columnsShown(a)}`,
    got: columnsShown(b),
    remedy: 'fit both to the same columns, in the same order',
  });
}

function requireGaussians({ family, noise }: Mixture, where: string, name: string): void {
  if (haveMoments(family) && !noise) return;
  throw new InputError('unsupported', {
    where,
    expected: `${name} to be a Gaussian mixture without noise, between which distances are known`,
    got: noise ? 'one with noise' : family.name,
    remedy: noise ? 'fit without noise' : 'fit both with Gaussian components',
  });
}

const columnsShown = ({ columns }: Mixture): string => listed(columns);
