import type { Components } from './components.js';
import type { CovarianceLayout } from './covariance.js';
import { nested } from './dense.js';
import { damagedModel, isNumbers, misfit } from './file.js';
import { fromDense, gaussians, meansOf, toDense } from './gaussian-components.js';

/** Parameters of Gaussians by name, in a model file of version 1 too. */
export const gaussianParameters = ['means', 'covariances'] as const;

/** Means `[k][d]`, and covariances in the layout's own form, row-major. */
export function toFile(components: Components): { means: number[][]; covariances: number[] } {
  const { d, arrays } = components;
  return { means: nested(meansOf(components), d), covariances: Array.from(arrays.covariances.values) };
}

/** Components whose arrays have the layout; every one must be a valid distribution. */
export function fromFile(
  { means, covariances }: Readonly<Record<string, unknown>>,
  { k, d }: { readonly k: number; readonly d: number },
  where: string,
  layout: CovarianceLayout,
): Components {
  const fit =
    isNumbers(covariances) &&
    Array.isArray(means) &&
    means.length === k &&
    Array.from(means).every((mean) => isNumbers(mean) && mean.length === d);
  if (!fit) throw misfit(where, gaussianParameters);
  const size = (layout.shared ? 1 : k) * layout.size(d);
  if (covariances.length !== size) {
    throw damagedModel(where, `${covariances.length} covariance values where ${size} belong`);
  }
  const numbers = { means: Float64Array.from(means.flat()), covariances: Float64Array.from(covariances) };
  const components = gaussians({ k, d }, layout, numbers);
  fromDense(toDense(components, layout), layout, where);
  return components;
}
