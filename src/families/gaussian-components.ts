import { isList } from '../base/check.js';
import { covarianceLayouts, type CovarianceLayout } from './covariance.js';
import type { ComponentArray, Components, Spread } from './components.js';
import {
  denseCovariances,
  denseMatrix,
  nested,
  type DenseComponents,
  type Matrices,
  type OwnComponents,
} from './dense.js';
import type { Floats } from '../sweep/model.js';
import type { Scaling } from './scaling.js';
import { sum } from './scatter.js';

/** Gaussians of one layout. `covariances`: one after the other, each in the layout; `factored`: their Cholesky factors. */
export function gaussians(
  { k, d }: Pick<Components, 'k' | 'd'>,
  layout: CovarianceLayout,
  numbers: { readonly means: Float64Array; readonly covariances: Float64Array },
  factored: readonly Float64Array[] = [],
): Components {
  const size = layout.size(d);
  const inner = size === d * d && layout.matrix ? [d, d] : layout.matrix || size === d ? [d] : [];
  const covariances: ComponentArray = layout.shared
    ? { shape: inner, values: numbers.covariances, shared: true }
    : { shape: [k, ...inner], values: numbers.covariances };
  const arrays = { means: { shape: [k, d], values: numbers.means }, covariances };
  return { k, d, arrays, ...(factored.length > 0 ? { factored } : {}) };
}

export const meansOf = ({ arrays }: Components): Float64Array => arrays.means.values;

/** Covariances one by one, as views. */
export function covariancesOf({ arrays, d }: Components, layout: CovarianceLayout): Float64Array[] {
  return views(arrays.covariances.values, layout.size(d));
}

/** Parts of equal size, as views. */
export function views(values: Float64Array, size: number): Float64Array[] {
  return Array.from({ length: values.length / size }, (_, index) => values.subarray(index * size, (index + 1) * size));
}

export function concatenated(arrays: readonly Floats[]): Float64Array {
  const size = arrays[0].length;
  const all = new Float64Array(arrays.length * size);
  for (const [index, one] of arrays.entries()) all.set(one, index * size);
  return all;
}

/** Gaussians around rows `[k, d]`, all with these variances `[d]`. */
export function gaussiansAt(rows: Float64Array, variances: Float64Array, layout: CovarianceLayout): Components {
  const d = variances.length;
  const k = rows.length / d;
  const one = layout.fromMatrix(covarianceLayouts.diag.toMatrix(variances, d), d);
  const covariances = concatenated(new Array<Float64Array>(layout.shared ? 1 : k).fill(one));
  return gaussians({ k, d }, layout, { means: rows, covariances });
}

/** x = shift + scale · y, applied to the components of y. */
export function toData(components: Components, { shift, scale }: Scaling, layout: CovarianceLayout): Components {
  return affine(components, layout, (mean, j) => shift[j] + scale[j] * mean, scale);
}

/** y = (x − shift) / scale, applied to the components of x. */
export function toShard(components: Components, { shift, scale }: Scaling, layout: CovarianceLayout): Components {
  const inverse = scale.map((one) => 1 / one);
  return affine(components, layout, (mean, j) => (mean - shift[j]) / scale[j], inverse);
}

/** Maps means by `move` and covariances by C_ij s_i s_j. */
function affine(
  components: Components,
  layout: CovarianceLayout,
  move: (mean: number, column: number) => number,
  scale: Float64Array,
): Components {
  const { d } = components;
  return gaussians(components, layout, {
    means: meansOf(components).map((mean, at) => move(mean, at % d)),
    covariances: concatenated(covariancesOf(components, layout).map((one) => layout.rescale(one, scale))),
  });
}

export function spread(components: Components, layout: CovarianceLayout): Spread {
  const { k, d } = components;
  const diagonals = covariancesOf(components, layout).map((one) => layout.diagonal(one, d));
  const variances = Array.from({ length: k }, (_, c) => diagonals[layout.shared ? 0 : c]);
  return { means: meansOf(components).slice(), variances: concatenated(variances) };
}

export function toDense(components: Components, layout: CovarianceLayout): OwnComponents {
  const { k, d } = components;
  const stored = covariancesOf(components, layout);
  return {
    means: nested(meansOf(components), d),
    covariances: Array.from({ length: k }, (_, c) => nested(layout.toMatrix(stored[layout.shared ? 0 : c], d), d)),
  };
}

/** Throws `InputError` where the arrays do not make valid components; `where` is what it calls them. */
export function fromDense(
  dense: DenseComponents,
  layout: CovarianceLayout,
  where: string,
  what: Matrices = 'covariances',
): Components {
  const [first] = dense.means as readonly unknown[];
  const k = Math.max(1, dense.means.length);
  const d = Math.max(1, isList(first) ? first.length : 0);
  const means = denseMatrix(dense.means, k, d, `${where}: means`);
  const matrices = denseCovariances(dense.covariances, k, d, where, what).map((one) => layout.fromMatrix(one, d));
  const covariances = layout.shared ? sum(matrices).map((value) => value / k) : concatenated(matrices);
  return gaussians({ k, d }, layout, { means, covariances });
}
