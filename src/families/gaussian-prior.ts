import { isMatrix, type CovarianceForm } from '../../kernels/form.js';
import { packedExactly, soleQuadratic, type Floats, type PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { covarianceLayouts, type CovarianceLayout } from './covariance.js';
import type { Components } from './components.js';
import type { Estimate } from './family.js';
import { covariancesOf, gaussians, meansOf } from './gaussian-components.js';
import { normalOptions } from './gaussian-prior-options.js';
import { priorOf, type Conjugates, type NormalPrior, type PriorSettings } from './prior.js';
import { makeDefinite, makeDefiniteExactly } from './ridge.js';
import { logVolume } from './scaling.js';
import { centred, sum } from './scatter.js';

/**
 * Rows that the prior counts for in the denominator of a covariance: ν + d + 2 of a matrix, 1 less and one more per
 * component of a shared one; ν + 3 of a variance; (ν + d + 2)/d of a variance in all d directions.
 */
const priorRows: Readonly<Record<CovarianceForm, (dof: number, d: number, k: number) => number>> = {
  full: (dof, d) => dof + d + 2,
  tied: (dof, d, k) => dof + d + 1 + k,
  diag: (dof) => dof + 3,
  spherical: (dof, d) => (dof + d + 2) / d,
};

/** Rows by component, and their means and scatters about them. */
interface Clusters {
  readonly rows: number;
  readonly counts: readonly number[];
  /** What the rows weigh in means and scatters: of a Student-t term Σ P u, else the counts. */
  readonly weights: readonly number[];
  readonly means: readonly Float64Array[];
  readonly scatters: readonly Float64Array[];
}

/**
 * The conjugate priors of Gaussians, by default mclust's (Fraley & Raftery 2007): κ = .01, μ_P the mean of all rows, ν = d +
 * 2, Λ = var / k^{2/d}. Variances of `diag` have Λ's diagonal, where mclust takes one scale for all columns, which is none
 * of columns in different units.
 */
export function gaussianConjugates(form: CovarianceForm): Conjugates {
  const layout = covarianceLayouts[form];
  return {
    options: ['shrinkage', 'mean', 'dof', 'scale'],
    of: (moments, packed, settings) => normalPrior(moments, packed, settings, layout),
    log: (components, prior) => logPrior(components, priorOf(prior, 'normal'), form),
  };
}

function normalPrior(
  moments: Moments,
  packed: PackedModel<Floats>,
  { k, n, options, scaling }: PriorSettings,
  layout: CovarianceLayout,
): NormalPrior {
  const { d, form } = soleQuadratic(packed);
  const { mean, scale, shrinkage, dof } = normalOptions(options, d, scaling);
  const own = pooled(clustersOf(moments, packed, n, layout), form, d, k);
  return {
    kind: 'normal',
    ...{ n, shrinkage, dof },
    mean: mean ?? own.mean,
    scale: scale ? scaleOf(scale, form, d) : own.scale,
    logVolume: scaling ? logVolume(scaling) : 0,
  };
}

/**
 * The mode of the posterior: μ_k = (n_k x̄_k + κ μ_P) / (n_k + κ) and Σ_k = (Λ + κ n_k/(κ + n_k) (x̄_k − μ_P)(x̄_k − μ_P)ᵀ +
 * S_k) / (ν + d + n_k + 2). Of a Student-t term Σ is the scale, and n_k is Σ P u but for the denominator.
 */
export function posteriorMode(
  moments: Moments,
  packed: PackedModel<Floats>,
  { regularization, prior }: { readonly regularization: Float64Array; readonly prior: NormalPrior },
  layout: CovarianceLayout,
): Estimate {
  const { k, d, form } = soleQuadratic(packed);
  const { n, shrinkage, mean, dof, scale } = prior;
  const clusters = clustersOf(moments, packed, n, layout);
  const { counts, weights, scatters } = clusters;
  const from = clusters.means.map((one) => one.map((value, j) => value - mean[j]));
  const size = layout.size(d);
  const exact = packedExactly(packed);
  const covariances = new Float64Array(scatters.length * size);
  const means = new Float64Array(k * d).map((_, at) => {
    const c = Math.floor(at / d);
    return mean[at % d] + from[c][at % d] * (weights[c] > 0 ? weights[c] / (weights[c] + shrinkage) : 0);
  });
  const definite = scatters.map((own, index) => {
    const members = layout.shared ? Array.from(counts.keys()) : [index];
    const scatter = sum([scale, own]);
    let held = priorRows[form](dof, d, k);
    for (const c of members) {
      held += counts[c];
      if (weights[c] > 0) layout.takeOuter(scatter, from[c], -(shrinkage * weights[c]) / (shrinkage + weights[c]));
    }
    const covariance = covariances.subarray(index * size, (index + 1) * size);
    layout.fromScatter(scatter, held, covariance);
    layout.addDiagonal(covariance, regularization);
    return exact ? makeDefiniteExactly(covariance, index, d, layout) : makeDefinite(covariance, index, d, layout);
  });
  const factored = definite.flatMap(({ lower }) => lower ?? []);
  const components = gaussians({ k, d }, layout, { means, covariances }, factored);
  return { components, repairs: definite.flatMap(({ repairs }) => repairs) };
}

/** −½ Σ rows log |Σ_k| + tr(Σ_k⁻¹ Λ) + κ (μ_k − μ_P)ᵀ Σ_k⁻¹ (μ_k − μ_P), by whitening factors: Σ⁻¹ = W Wᵀ. */
function logPrior(components: Components, prior: NormalPrior, form: CovarianceForm): number {
  const { k, d, factored } = components;
  const { shrinkage, mean, dof, scale, logVolume: volume } = prior;
  const layout = covarianceLayouts[form];
  const means = meansOf(components);
  const held = priorRows[form](dof, d, k);
  let log = 0;
  const factors = covariancesOf(components, layout).map((one, index) => layout.factor(one, d, factored?.[index]));
  for (const factor of factors) {
    log += held * (layout.logDeterminant(factor, d) - volume) - traceOf(factor, scale, layout) / 2;
  }
  for (let c = 0; c < k; c++) {
    const difference = mean.map((value, j) => means[c * d + j] - value);
    log -= (shrinkage / 2) * squared(factors[layout.shared ? 0 : c], difference, layout);
  }
  return log;
}

/** tr(Wᵀ Λ W). */
function traceOf(factor: Float64Array, scale: Float64Array, { matrix }: CovarianceLayout): number {
  if (!matrix) return scale.reduce((total, value, j) => total + value * factor[factor.length > 1 ? j : 0] ** 2, 0);
  const d = Math.sqrt(scale.length);
  let trace = 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < d; j++) {
      let precision = 0;
      for (let c = Math.max(i, j); c < d; c++) precision += factor[i * d + c] * factor[j * d + c];
      trace += precision * scale[i * d + j];
    }
  }
  return trace;
}

/** ‖x W‖². */
function squared(factor: Float64Array, x: Float64Array, { matrix }: CovarianceLayout): number {
  const d = x.length;
  let total = 0;
  for (let c = 0; c < d; c++) {
    let z = 0;
    if (matrix) for (let i = 0; i <= c; i++) z += x[i] * factor[i * d + c];
    else z = x[c] * factor[factor.length > 1 ? c : 0];
    total += z * z;
  }
  return total;
}

function clustersOf(moments: Moments, packed: PackedModel<Floats>, rows: number, layout: CovarianceLayout): Clusters {
  const { d, means: about } = soleQuadratic(packed);
  const { shifts, scatters } = centred(moments, packed, layout);
  const { mass, quadratic } = moments;
  const unit = rows / moments.weight;
  return {
    rows,
    counts: Array.from(mass, (held) => held * unit),
    weights: Array.from(quadratic[0].radial?.weight ?? mass, (held) => held * unit),
    means: shifts.map((shift, c) => shift.map((value, j) => about[c * d + j] + value)),
    scatters: scatters.map((scatter) => scatter.map((value) => value * unit)),
  };
}

/** The mean of all rows, and Λ of k components as a scatter of that form: definite also where a column is constant. */
function pooled(
  { rows, counts, means, scatters }: Clusters,
  form: CovarianceForm,
  d: number,
  k: number,
): { readonly mean: Float64Array; readonly scale: Float64Array } {
  const all = counts.reduce((total, count) => total + count, 0);
  const mean = sum(means.map((one, c) => one.map((value) => value * (counts[c] / all))));
  const dense = covarianceLayouts[isMatrix(form) ? 'full' : 'diag'];
  const scatter = sum(scatters);
  for (const [c, one] of means.entries()) {
    dense.takeOuter(
      scatter,
      one.map((value, j) => value - mean[j]),
      -counts[c],
    );
  }
  const shrink = k ** (-2 / d) / Math.max(1, rows - 1);
  const scale = scatter.map((value) => value * shrink);
  makeDefinite(scale, 0, d, dense);
  return { mean, scale: form === 'spherical' ? ofBalls(scale) : scale };
}

/** Λ `[d, d]` as a scatter of that form. */
function scaleOf(matrix: Float64Array, form: CovarianceForm, d: number): Float64Array {
  if (isMatrix(form)) return matrix;
  const variances = covarianceLayouts.diag.fromMatrix(matrix, d);
  return form === 'spherical' ? ofBalls(variances) : variances;
}

/** Variances that sum to the mean of some. */
function ofBalls(variances: Float64Array): Float64Array {
  return variances.map(() => variances.reduce((total, value) => total + value, 0) / variances.length ** 2);
}
