import { digamma } from '../base/special/gamma.js';
import { isMatrix } from '../../kernels/form.js';
import { linearWidth, type LinearTerm, type PackedModel, type QuadraticTerm } from '../sweep/model.js';
import { emptyMoments, type Moments, type QuadraticMoments, type RadialSums } from '../sweep/moments.js';
import type { Components } from './components.js';
import { sweptSpread, type Family } from './family.js';
import type { Scaling } from './scaling.js';

/**
 * Moments, of weight 1, that rows drawn from the mixture itself have in the mean: those whose M-step gives the same
 * components. `packed`: the components as a model of a shard, in float64, and how that holds its columns.
 */
export function expectedMoments(
  {
    family,
    components,
    weights,
  }: { readonly family: Family; readonly components: Components; readonly weights: Float64Array },
  packed: PackedModel<Float64Array>,
  { shift, scale }: Scaling,
): Moments {
  const { means, variances } = sweptSpread(family, components);
  const width = means.length / packed.k;
  const moments = emptyMoments(packed);
  moments.weight = 1;
  moments.mass.set(weights);
  let column = 0;
  for (const [q, term] of packed.quadratic.entries()) {
    for (let c = 0; c < packed.k; c++) {
      const [from, to] = [c * width + column, c * width + column + term.d];
      const swept = { means: means.subarray(from, to), variances: variances.subarray(from, to) };
      addTerm(moments.quadratic[q], term, c, weights[c], swept);
    }
    if (moments.quadratic[q].radial) addRadial(moments.quadratic[q].radial, term, weights);
    column += term.d;
  }
  if (packed.linear && moments.linear) {
    for (let c = 0; c < packed.k; c++) {
      // Of statistics these are as they are before they are shifted and scaled.
      const mean = Float64Array.from({ length: packed.linear.dense }, (_, j) => {
        return (means[c * width + column + j] - shift[column + j]) / scale[column + j];
      });
      addStatistics(moments.linear, packed.linear, c, weights[c], mean);
    }
  }
  return moments;
}

/** E z = (E x − μ) W, which is 0 of Gaussians, and E z zᵀ, I of these and, weighted by u, of Student-t. */
function addTerm(
  { first, second }: QuadraticMoments,
  { form, d, means, whitening, radial }: QuadraticTerm<Float64Array>,
  c: number,
  weight: number,
  swept: { readonly means: Float64Array; readonly variances: Float64Array },
): void {
  if (isMatrix(form) || radial) {
    const [size, step] = isMatrix(form) ? [d * d, d + 1] : [d, 1];
    const from = form === 'tied' ? 0 : c * size;
    for (let j = 0; j < d; j++) second[from + j * step] += weight;
    return;
  }
  for (let j = 0, at = c * d; j < d; j++, at++) {
    const w = whitening[form === 'diag' ? at : c];
    const off = swept.means[j] - means[at];
    first[at] = weight * off * w;
    second[at] = weight * (swept.variances[j] + off * off) * w * w;
  }
}

/** E u = 1; with q of ν + d degrees, E log u = log ((ν + d)/ν) + ψ(ν/2) − ψ((ν + d)/2). */
function addRadial(sums: RadialSums, { d, degrees }: QuadraticTerm<Float64Array>, weights: Float64Array): void {
  for (const [c, weight] of weights.entries()) {
    const nu = degrees?.[c] ?? Infinity;
    const logarithm = nu === Infinity ? 0 : Math.log1p(d / nu) + digamma(nu / 2) - digamma((nu + d) / 2);
    sums.weight[c] = weight;
    sums.logarithm[c] = weight * (logarithm - 1);
  }
}

/** Means of dense statistics as they are held, and probabilities of levels. */
function addStatistics(
  sums: Float64Array,
  { dense, levels, natural }: LinearTerm<Float64Array>,
  c: number,
  weight: number,
  means: Float64Array,
): void {
  let at = c * linearWidth({ dense, levels });
  for (let j = 0; j < dense; j++, at++) {
    sums[at] = weight * means[j];
  }
  for (const count of levels) {
    const own = natural.subarray(at, at + count);
    const largest = own.reduce((a, b) => Math.max(a, b), -Infinity);
    const parts = Float64Array.from(own, (eta) => Math.exp(eta - largest));
    const sum = parts.reduce((a, b) => a + b, 0);
    for (const part of parts) sums[at++] = (weight * part) / sum;
  }
}
