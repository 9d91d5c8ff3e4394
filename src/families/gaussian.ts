import type { CovarianceForm } from '../../kernels/form.js';
import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import { packedExactly, soleQuadratic, type Floats, type PackedModel, type SoleQuadratic } from '../sweep/model.js';
import { whitener } from '../sweep/exact/plan.js';
import type { Moments } from '../sweep/moments.js';
import { coincidentGroups } from './coincident.js';
import { covarianceLayouts, type CovarianceLayout } from './covariance.js';
import { fromVector, toVector, type Components } from './components.js';
import type { DenseComponents, OwnComponents } from './dense.js';
import type { Estimate, EstimateOptions, Family } from './family.js';
import * as own from './gaussian-components.js';
import { fromFile, gaussianParameters, toFile } from './gaussian-file.js';
import { gaussianConjugates, posteriorMode } from './gaussian-prior.js';
import { gaussianFiller } from './gaussian-filler.js';
import { gaussianSampler } from './gaussian-sampler.js';
import { addedShare, type AddedShares } from './narrow.js';
import { priorOf } from './prior.js';
import { makeDefinite, makeDefiniteExactly } from './ridge.js';
import { scaledBy } from './scaling.js';
import { centred, sum } from './scatter.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Options of `gaussian`. */
export interface GaussianOptions {
  /** What components may look like: any ellipsoid, one ellipsoid for all, aligned with the axes, or a ball. */
  readonly covariance?: CovarianceForm | undefined;
}

/** The family whose parameters are means and covariances. */
export interface GaussianFamily extends Family {
  /** Components around these rows `[k, d]` that all have the columns' variances `[d]`. */
  atRows(rows: Float64Array, variances: Float64Array): Components;
  toParameters(components: Components): OwnComponents;
}

/** What several Gaussians, and a single one, have. */
const phrases: Readonly<Record<CovarianceForm, readonly [several: string, one: string]>> = {
  full: ['full covariances', 'a full covariance'],
  tied: ['one full covariance for all', 'a full covariance'],
  diag: ['diagonal covariances', 'a diagonal covariance'],
  spherical: ['spherical covariances', 'a spherical covariance'],
};

/**
 * The Gaussian family: log p(x | μ, Σ) = −½ (x−μ)ᵀ Σ⁻¹ (x−μ) − ½ log |2πΣ|.
 * Throws `InputError('option')` for an unknown covariance type.
 */
export function gaussian({ covariance: form = 'full' }: GaussianOptions = {}): GaussianFamily {
  if (!Object.hasOwn(covarianceLayouts, form)) {
    throw new InputError('option', {
      where: 'gaussian',
      expected: `covariance to be one of ${Object.keys(covarianceLayouts).join(', ')}`,
      got: shown(form),
      remedy: 'choose one of these',
    });
  }
  const layout = covarianceLayouts[form];
  const commonScale = form === 'spherical';
  const packExactly = (components: Components): PackedModel<Float64Array> =>
    pack(components, form, layout, (values) => values);
  const packed = (components: Components): PackedModel =>
    pack(components, form, layout, (values) => new Float32Array(values));
  const family: GaussianFamily = {
    name: 'gaussian',
    options: { covariance: form },
    parameters: gaussianParameters,
    describe: (k) => described(k, form),
    parameterCount: (k, d) => k * d + (layout.shared ? 1 : k) * layout.parameters(d),
    commonScale,
    encode: (columns) => scaledBy(columns, commonScale),
    encoding: commonScale ? 'one scale for all columns' : 'a scale for each column',
    toData: (components, scaling) => own.toData(components, scaling, layout),
    toShard: (components, scaling) => own.toShard(components, scaling, layout),
    atRows: (rows, variances) => own.gaussiansAt(rows, variances, layout),
    around: (rows, variances) => packed(own.gaussiansAt(rows, variances, layout)),
    restarted(components, starts) {
      const means = own.meansOf(components).slice();
      for (const { component, row } of starts) means.set(row, component * components.d);
      const covariances = components.arrays.covariances.values;
      return own.gaussians(components, layout, { means, covariances }, components.factored);
    },
    shape: (k, d) => ({ k, quadratic: [{ form, d }] }),
    pack: packed,
    packExactly,
    estimate: (moments, packed, options) => estimate(moments, packed, options, layout),
    conjugates: gaussianConjugates(form),
    toVector,
    fromVector(vector, like) {
      const components = fromVector(vector, like);
      const sound = own.covariancesOf(components, layout).every((one) => layout.definite(one, like.d)?.ridge === 0);
      return sound && vector.every(Number.isFinite) ? components : undefined;
    },
    coincident: coincidentGroups,
    addedShares: (components, added) => addedSharesOf(soleQuadratic(components), layout, added),
    spread: (components) => own.spread(components, layout),
    logDensity: (components) => logDensity(packExactly(components)),
    filler: (components) => gaussianFiller(packExactly(components)),
    sampler: (components) => gaussianSampler(components, layout),
    toParameters: (components) => own.toDense(components, layout),
    fromParameters: (dense, where) => own.fromDense(dense as unknown as DenseComponents, layout, where),
    toFile,
    fromFile: (file, size, where) => fromFile(file, size, where, layout),
  };
  const encoding = `${family.encoding} with gaps`;
  return { ...family, withGaps: () => ({ ...family, encoding, patterned: true }) };
}

function described(k: number, form: CovarianceForm): string {
  const [several, one] = phrases[form];
  return k === 1 ? `1 Gaussian with ${one}` : `${k.toLocaleString('en-US')} Gaussians with ${several}`;
}

function addedSharesOf(term: SoleQuadratic<Floats>, { shared }: CovarianceLayout, added: Float64Array): AddedShares {
  const shares = Array.from({ length: shared ? 1 : term.k }, (_, index) => addedShare(term, index, added));
  return { shared, shares };
}

/** `toPrecision`: rounds to what sweeps compute in. log |det W| is of W as rounded. */
function pack<Values extends Floats>(
  components: Components,
  form: CovarianceForm,
  layout: CovarianceLayout,
  toPrecision: (values: Float64Array) => Values,
): PackedModel<Values> {
  const { k, d, factored } = components;
  const factors = own
    .covariancesOf(components, layout)
    .map((one, index) => toPrecision(layout.factor(one, d, factored?.[index])));
  const logDeterminants = factors.map((factor) => layout.logDeterminant(factor, d));
  const logNormalizers = new Float64Array(k).map(
    (_, index) => logDeterminants[layout.shared ? 0 : index] - (d / 2) * LOG_TWO_PI,
  );
  const means = toPrecision(own.meansOf(components));
  return { k, logNormalizers, quadratic: [{ form, d, means, whitening: toPrecision(own.concatenated(factors)) }] };
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
  const { regularization, prior } = options;
  if (prior && prior.kind !== 'pool') {
    return posteriorMode(moments, packed, { regularization, prior: priorOf(prior, 'normal') }, layout);
  }
  const pooling = prior?.share ?? 0;
  const { shifts, scatters } = centred(moments, packed, layout);
  const means = new Float64Array(k * d).map((_, at) => about[at] + shifts[Math.floor(at / d)][at % d]);
  let all: Float64Array | undefined;
  const pool = (): Float64Array => (all ??= sum(scatters)); // seldom wanted: no iteration of EM does
  const exact = packedExactly(packed);
  const covariances = new Float64Array(scatters.length * layout.size(d));
  const definite = own.views(covariances, layout.size(d)).map((covariance, index) => {
    const scatter = scatters[index];
    const held = layout.shared ? weight : mass[index];
    const drawn = held > 0 ? held + pooling * weight : weight;
    const added = held > 0 ? pooling : 1;
    const pooled = added > 0 ? scatter.map((value, at) => value + added * pool()[at]) : scatter;
    layout.fromScatter(pooled, drawn, covariance);
    layout.addDiagonal(covariance, regularization);
    return exact ? makeDefiniteExactly(covariance, index, d, layout) : makeDefinite(covariance, index, d, layout);
  });
  const factored = definite.flatMap(({ lower }) => lower ?? []);
  const components = own.gaussians({ k, d }, layout, { means, covariances }, factored);
  return { components, repairs: definite.flatMap(({ repairs }) => repairs) };
}

/** Of Gaussians packed in float64: −½ ‖(x − μ_k) W_k‖² + log |det W_k| − ½ d log 2π. */
function logDensity(packed: PackedModel<Float64Array>): ReturnType<Family['logDensity']> {
  const term = soleQuadratic(packed);
  const { k, d } = term;
  const whiten = whitener(term);
  const z = new Float64Array(k * d);
  return (row, into) => {
    whiten(row, 0, z);
    for (let c = 0; c < k; c++) {
      let square = 0;
      for (let at = c * d; at < (c + 1) * d; at++) square += z[at] * z[at];
      into[c] = packed.logNormalizers[c] - square / 2;
    }
  };
}
