import type { CovarianceForm } from '../../kernels/form.js';
import { isList, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { packedExactly, soleQuadratic, type Floats, type PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Scaling } from './scaling.js';
import { covarianceLayouts, type CovarianceLayout } from './covariance.js';
import { denseCovariances, denseMatrix, nested } from './dense.js';
import type { Components, Estimate, EstimateOptions, Family } from './family.js';
import { posteriorMode } from './gaussian-prior.js';
import { settle, settleExactly } from './ridge.js';
import { centred, sum } from './scatter.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Options of `gaussian`. */
export interface GaussianOptions {
  /** What components may look like: any ellipsoid, one ellipsoid for all, aligned with the axes, or a ball. */
  readonly covariance?: CovarianceForm;
}

/**
 * The Gaussian family: log p(x | μ, Σ) = −½ (x−μ)ᵀ Σ⁻¹ (x−μ) − ½ log |2πΣ|.
 * Throws `InputError('option')` for an unknown covariance type.
 */
export function gaussian({ covariance: form = 'full' }: GaussianOptions = {}): Family {
  if (!Object.hasOwn(covarianceLayouts, form)) {
    throw new InputError('option', {
      where: 'gaussian',
      expected: `covariance to be one of ${Object.keys(covarianceLayouts).join(', ')}`,
      got: shown(form),
      remedy: 'choose one of these',
    });
  }
  const layout = covarianceLayouts[form];
  return {
    name: 'gaussian',
    options: { covariance: form },
    commonScale: form === 'spherical',
    parameterCount: (k, d) => k * d + (layout.shared ? 1 : k) * layout.parameters(d),
    shapeSize: (k, d) => (layout.shared ? 1 : k) * layout.size(d),
    around(centres, variances) {
      const d = variances.length;
      const k = centres.length / d;
      const one = layout.fromMatrix(covarianceLayouts.diag.toMatrix(variances, d), d);
      return { k, d, means: centres, shape: concatenate(new Array<Float64Array>(layout.shared ? 1 : k).fill(one)) };
    },
    shape: (k, d) => ({ k, quadratic: [{ form, d }] }),
    pack: (components) => pack(components, form, layout, (values) => new Float32Array(values)),
    packExactly: (components) => pack(components, form, layout, (values) => values),
    estimate: (moments, packed, options) => estimate(moments, packed, options, layout),
    posteriorMode: (moments, packed, options) => posteriorMode(moments, packed, options, layout),
    unscale: (components, { shift, scale }) =>
      affine(components, layout, (mean, j) => shift[j] + scale[j] * mean, scale),
    toScaled(components, { shift, scale }: Scaling) {
      return affine(
        components,
        layout,
        (mean, j) => (mean - shift[j]) / scale[j],
        scale.map((s) => 1 / s),
      );
    },
    sampler: (components) => sampler(components, layout),
    toDense(components) {
      const { k, d, means } = components;
      const stored = covariances(components, layout);
      return {
        means: nested(means, d),
        covariances: Array.from({ length: k }, (_, index) =>
          nested(layout.toMatrix(stored[layout.shared ? 0 : index], d), d),
        ),
      };
    },
    fromDense(dense, where) {
      const [first] = dense.means as readonly unknown[];
      const k = Math.max(1, dense.means.length);
      const d = Math.max(1, isList(first) ? first.length : 0);
      const means = denseMatrix(dense.means, k, d, `${where}: means`);
      const matrices = denseCovariances(dense.covariances, k, d, where).map((one) => layout.fromMatrix(one, d));
      return { k, d, means, shape: layout.shared ? sum(matrices).map((value) => value / k) : concatenate(matrices) };
    },
  };
}

/** `toPrecision`: rounds to what sweeps compute in. log |det W| is of W as rounded. */
function pack<Values extends Floats>(
  components: Components,
  form: CovarianceForm,
  layout: CovarianceLayout,
  toPrecision: (values: Float64Array) => Values,
): PackedModel<Values> {
  const { k, d, means, factored } = components;
  const factors = covariances(components, layout).map((one, index) =>
    toPrecision(layout.factor(one, d, factored?.[index])),
  );
  const logDeterminants = factors.map((factor) => layout.logDeterminant(factor, d));
  const logNormalizers = new Float64Array(k).map(
    (_, index) => logDeterminants[layout.shared ? 0 : index] - (d / 2) * LOG_TWO_PI,
  );
  const whitening = toPrecision(concatenate(factors));
  return { k, logNormalizers, quadratic: [{ form, d, means: toPrecision(means), whitening }] };
}

/**
 * μ_k ← μ_k + δ_k, Σ_k ← S_k / m_k with S_k the scatter about the new mean, m_k the mass; tied: Σ ← Σ_k S_k / Σ_k m_k.
 */
function estimate(
  moments: Moments,
  packed: PackedModel<Floats>,
  options: EstimateOptions,
  layout: CovarianceLayout,
): Estimate {
  const { k, d, means: about } = soleQuadratic(packed);
  const { weight, mass } = moments;
  const { regularization, pooling = 0 } = options;
  const { shifts, scatters } = centred(moments, packed, layout);
  const means = new Float64Array(k * d).map((_, at) => about[at] + shifts[Math.floor(at / d)][at % d]);
  let all: Float64Array | undefined;
  const pool = (): Float64Array => (all ??= sum(scatters)); // seldom wanted: no iteration of EM does
  const exact = packedExactly(packed);
  const shape = new Float64Array(scatters.length * layout.size(d));
  const settled = covariances({ shape, d }, layout).map((covariance, index) => {
    const scatter = scatters[index];
    const own = layout.shared ? weight : mass[index];
    const drawn = own > 0 ? own + pooling * weight : weight;
    const added = own > 0 ? pooling : 1;
    const pooled = added > 0 ? scatter.map((value, at) => value + added * pool()[at]) : scatter;
    layout.fromScatter(pooled, drawn, covariance);
    layout.addDiagonal(covariance, regularization);
    return exact ? settleExactly(covariance, index, d, layout) : settle(covariance, index, d, layout);
  });
  const factored = settled.flatMap(({ lower }) => lower ?? []);
  const components = { k, d, means, shape, ...(factored.length > 0 ? { factored } : {}) };
  return { components, repairs: settled.flatMap(({ repairs }) => repairs) };
}

/** x = μ_k + L_k z with Σ_k = L_k L_kᵀ and z standard normal. */
function sampler(components: Components, layout: CovarianceLayout): ReturnType<Family['sampler']> {
  const { d, means } = components;
  const lower = covariances(components, layout).map((one) => layout.lower(one, d));
  return (k, random, row) => {
    const l = lower[layout.shared ? 0 : k];
    const noise = row.map(() => random.normal());
    for (let i = 0; i < d; i++) {
      row[i] = means[k * d + i];
      for (let j = 0; j <= i; j++) row[i] += l[i * d + j] * noise[j];
    }
  };
}

/** Covariances one by one, as views. */
function covariances({ shape, d }: Pick<Components, 'shape' | 'd'>, layout: CovarianceLayout): Float64Array[] {
  const size = layout.size(d);
  return Array.from({ length: shape.length / size }, (_, index) => shape.subarray(index * size, (index + 1) * size));
}

/** Maps means by `move` and covariances by C_ij s_i s_j. */
function affine(
  components: Components,
  layout: CovarianceLayout,
  move: (mean: number, column: number) => number,
  scale: Float64Array,
): Components {
  const { k, d } = components;
  return {
    k,
    d,
    means: components.means.map((mean, at) => move(mean, at % d)),
    shape: concatenate(covariances(components, layout).map((one) => layout.rescale(one, scale))),
  };
}

function concatenate(arrays: readonly Floats[]): Float64Array {
  const size = arrays[0].length;
  const all = new Float64Array(arrays.length * size);
  for (const [index, one] of arrays.entries()) all.set(one, index * size);
  return all;
}
