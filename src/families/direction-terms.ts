/** Directions as the terms of a model: by squared differences from mean directions, or by products with them. */
import type { Floats, PackedModel, SoleQuadratic } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { Components } from './components.js';
import { logDirectionNormalizer } from './directions.js';
import type { Family } from './family.js';

/** Squared deviations of rows up to which they tell the length of their mean. */
const NEAR = 0.5;
/** A concentration below this counts as this, so that sums of differences keep the rows. */
const LEAST = 1e-12;
/** From so many columns on a product takes less than a squared difference. */
const MANY_COLUMNS = 32;
/**
 * What rounding κ μ may move a mean logit by for products to be taken, nats a column: a quarter of what is tolerable of a
 * nat a column (float32-reach.ts). Of 768 columns κ may be some 4,000. Beyond, differences err by less.
 */
const BEARABLE = 1e-7 / 4;

/**
 * Components as the linear term ⟨κ μ, x⟩ of a family that has it; undefined where float32 would err by more than is bearable,
 * and of few columns. What is normalised is κ μ once it is rounded, so that a mean logit is off in second order alone.
 */
export function packProducts(components: Components, family: Family): PackedModel | undefined {
  const { k, d } = components;
  if (d < MANY_COLUMNS) return undefined;
  const { linear } = family.pack(components);
  if (!linear?.rounding?.every((error) => error <= BEARABLE * d)) return undefined;
  const { dense, levels, natural, common } = linear;
  const logNormalizers = new Float64Array(k).map((_, c) => {
    let squared = 0;
    for (let j = 0; j < d; j++) squared += (natural[c * d + j] + (common?.[j] ?? 0)) ** 2;
    return logDirectionNormalizer(d, Math.sqrt(squared));
  });
  return { k, logNormalizers, quadratic: [], linear: { dense, levels, natural, common } };
}

/**
 * Of means and κ as they are once they are rounded: κ ⟨μ, x⟩ = κ (1 + ‖μ‖²)/2 − κ/2 ‖x − μ‖², and what is normalised is of
 * concentration κ ‖μ‖.
 */
export function packDifferences<Values extends Floats>(
  { k, d, arrays }: Components,
  toPrecision: (values: Float64Array) => Values,
): PackedModel<Values> {
  const whitening = toPrecision(arrays.concentrations.values.map((kappa) => Math.sqrt(Math.max(kappa, LEAST))));
  const means = toPrecision(arrays.means.values);
  const logNormalizers = Float64Array.from(whitening, (w, c) => {
    let squared = 0;
    for (let j = 0; j < d; j++) squared += means[c * d + j] ** 2;
    return logDirectionNormalizer(d, w * w * Math.sqrt(squared)) + (w * w * (1 + squared)) / 2;
  });
  return packed(k, d, means, whitening, logNormalizers);
}

/** The quadratic term of directions. */
export function packed<Values extends Floats>(
  k: number,
  d: number,
  means: Values,
  whitening: Values,
  logNormalizers: Float64Array,
): PackedModel<Values> {
  return { k, logNormalizers, quadratic: [{ form: 'spherical', d, means, whitening }] };
}

/**
 * Σ_i P_ik x_i, `[k, d]`. Rows have length 1, so that the mean's length is √(1 − v) with v = E ‖x − E x‖². Where v is small
 * it comes from the squared differences: of the sums alone its digits would be lost.
 */
function sumsOfRows({ mass, quadratic }: Moments, { k, d, means, whitening }: SoleQuadratic<Floats>): Float64Array {
  const [{ frame, first, second }] = quadratic;
  const sums = new Float64Array(k * d);
  for (let c = 0; c < k; c++) {
    const unit = frame === 'whitened' ? 1 / whitening[c] : 1;
    let [squared, variance] = [0, 0];
    for (let at = c * d; at < (c + 1) * d; at++) {
      const difference = (first[at] * unit) / mass[c];
      const moved = means[at] + difference;
      sums[at] = mass[c] * means[at] + first[at] * unit;
      squared += moved ** 2;
      variance += (second[at] * unit ** 2) / mass[c] - difference ** 2;
    }
    if (!(variance >= 0 && variance < NEAR)) continue;
    const factor = Math.sqrt((1 - variance) / squared);
    for (let at = c * d; at < (c + 1) * d; at++) sums[at] *= factor;
  }
  return sums;
}

/** Moments, and the model that they are of, as a linear term has them. */
export function asLinear(moments: Moments, packed: PackedModel<Floats>): [Moments, PackedModel<Floats>] {
  const { k, quadratic, ...rest } = packed;
  const term = quadratic.at(0);
  if (!term) return [moments, packed];
  const linear = { dense: term.d, levels: [], natural: new Float64Array() };
  return [
    { ...moments, quadratic: [], linear: sumsOfRows(moments, { k, ...term }) },
    { ...rest, k, quadratic: [], linear },
  ];
}
