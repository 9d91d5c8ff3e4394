import { isMatrix, type CovarianceForm } from '../../kernels/form.js';
import { soleQuadratic, type Floats, type PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { covarianceLayouts, type CovarianceLayout } from './covariance.js';
import type { Components } from './components.js';
import { gaussians } from './gaussian-components.js';
import { makeDefinite } from './ridge.js';
import { centred, sum } from './scatter.js';

/** Rows that the prior of a mean counts for. */
const KAPPA = 0.01;

/**
 * Rows that the prior counts for in the denominator of a covariance. With ν = d + 2: ν + d + 2 of a matrix, 1 less and
 * one more per component of a shared one; ν + 3 of a variance; (ν + d + 2)/d of a variance in all d directions.
 */
const priorRows: Readonly<Record<CovarianceForm, (d: number, k: number) => number>> = {
  full: (d) => 2 * d + 4,
  tied: (d, k) => 2 * d + 3 + k,
  diag: (d) => d + 5,
  spherical: (d) => (2 * d + 4) / d,
};

/** Rows by component, and their means and scatters about them. */
interface Clusters {
  readonly rows: number;
  readonly counts: readonly number[];
  readonly means: readonly Float64Array[];
  readonly scatters: readonly Float64Array[];
}

/**
 * The mode of the posterior under mclust's default prior (Fraley & Raftery 2007), conjugate to the Gaussian: κ = .01, μ_p
 * the mean of all rows, ν = d + 2, Λ = var / K^{2/d}. μ_k = (n_k x̄_k + κ μ_p) / (n_k + κ) and Σ_k =
 * (Λ + κ n_k/(κ + n_k) (x̄_k − μ_p)(x̄_k − μ_p)ᵀ + S_k) / (ν + d + n_k + 2). Variances of `diag` have Λ's diagonal, where
 * mclust takes one scale for all columns, which is none of columns in different units.
 */
export function posteriorMode(
  moments: Moments,
  packed: PackedModel<Floats>,
  { regularization, rows }: { readonly regularization: Float64Array; readonly rows: number },
  layout: CovarianceLayout,
): Components {
  const { k, d, form } = soleQuadratic(packed);
  const clusters = clustersOf(moments, packed, rows, layout);
  const { counts, scatters } = clusters;
  const { mean, scale } = defaultPrior(clusters, form, d);
  const from = clusters.means.map((one) => one.map((value, j) => value - mean[j]));
  const size = layout.size(d);
  const covariances = new Float64Array(scatters.length * size);
  const means = new Float64Array(k * d).map((_, at) => {
    const c = Math.floor(at / d);
    return mean[at % d] + from[c][at % d] * (counts[c] / (counts[c] + KAPPA));
  });
  for (const [index, own] of scatters.entries()) {
    const members = layout.shared ? Array.from(counts.keys()) : [index];
    const scatter = sum([scale, own]);
    let held = priorRows[form](d, k);
    for (const c of members) {
      held += counts[c];
      layout.takeOuter(scatter, from[c], -(KAPPA * counts[c]) / (KAPPA + counts[c]));
    }
    const covariance = covariances.subarray(index * size, (index + 1) * size);
    layout.fromScatter(scatter, held, covariance);
    layout.addDiagonal(covariance, regularization);
    makeDefinite(covariance, index, d, layout);
  }
  return gaussians({ k, d }, layout, { means, covariances });
}

function clustersOf(moments: Moments, packed: PackedModel<Floats>, rows: number, layout: CovarianceLayout): Clusters {
  const { d, means: about } = soleQuadratic(packed);
  const { shifts, scatters } = centred(moments, packed, layout);
  const unit = rows / moments.weight;
  return {
    rows,
    counts: Array.from(moments.mass, (mass) => mass * unit),
    means: shifts.map((shift, c) => shift.map((value, j) => about[c * d + j] + value)),
    scatters: scatters.map((scatter) => scatter.map((value) => value * unit)),
  };
}

/** The mean of all rows, and Λ as a scatter of that form: definite also where a column is constant. */
function defaultPrior(
  { rows, counts, means, scatters }: Clusters,
  form: CovarianceForm,
  d: number,
): { readonly mean: Float64Array; readonly scale: Float64Array } {
  const all = counts.reduce((total, count) => total + count, 0);
  const mean = sum(means.map((one, c) => one.map((value) => value * (counts[c] / all))));
  const dense = covarianceLayouts[isMatrix(form) ? 'full' : 'diag'];
  const scatter = sum(scatters);
  for (const [c, one] of means.entries()) {
    dense.takeOuter(scatter, one.map((value, j) => value - mean[j]), -counts[c]); // prettier-ignore
  }
  const shrink = counts.length ** (-2 / d) / Math.max(1, rows - 1);
  const scale = scatter.map((value) => value * shrink);
  makeDefinite(scale, 0, d, dense);
  if (form === 'spherical') scale.fill(scale.reduce((total, value) => total + value, 0) / d ** 2);
  return { mean, scale };
}
