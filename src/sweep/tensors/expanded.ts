import { tf } from '#tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { expandedSweepKernel } from '../../../kernels/expanded.js';
import { isMatrix } from '../../../kernels/form.js';
import { inverseTransposed } from '../../base/cholesky.js';
import { product, transposed } from '../../base/matrices.js';
import { logitsOf } from '../logits.js';
import { soleQuadratic, type PackedModel, type PlanModel, type SoleQuadratic } from '../model.js';
import { emptyMoments, type Moments } from '../moments.js';
import { addOver, type BlockSweep } from './block-sweep.js';

/**
 * How many times a cost's own size, d/2 nats, the terms may be that a square expands to. They are rounded to 6e-8 of
 * themselves, so that a row's cost is right to 2e-6 of its size, and the mean of many rows to less.
 */
const MOST = 32;

/**
 * Whether a model's squares are to be expanded: it is Gaussian, and its components are not far out for their widths. Products
 * of columns are shared by all components: where these are few, whitened differences cost less.
 */
export function expands({ k, quadratic, linear }: PackedModel): boolean {
  if (linear || quadratic.length !== 1) return false;
  const term = { k, ...quadratic[0] };
  if (term.radial || (isMatrix(term.form) && 2 * k < term.d)) return false;
  return Array.from({ length: k }, (_, c) => magnitude(term, c)).every((size) => size <= MOST * term.d);
}

/**
 * Σ_ij |A_ij| √(s_i s_j), nats: the terms of ‖(x − μ) W‖² = [1, x] A [1, x]ᵀ for a row of the component itself, of which
 * s_j = Σ_jj + μ_j² is the mean square of column j. About d if nothing cancels.
 */
function magnitude(term: SoleQuadratic, c: number): number {
  const { d } = term;
  const matrix = augmented(term, c);
  const sizes = variances(term, c).map((variance, j) => Math.sqrt(variance + term.means[c * d + j] ** 2));
  const roots = Float64Array.of(1, ...sizes);
  return matrix.reduce((sum, a, at) => sum + Math.abs(a) * roots[Math.floor(at / (d + 1))] * roots[at % (d + 1)], 0);
}

/** Sweeps of blocks by expanded squares. Makes tensors on the active backend. */
export function expandedSweep(model: PlanModel, coupling: boolean): BlockSweep {
  const term = soleQuadratic(model.components);
  const { k, d } = term;
  const pairs = pairsOf(term);
  const { offsets, rate, hard, reference, temperature } = logitsOf(model);
  const sums = new Float64Array(k * pairs.length);
  const moments = emptyMoments(model.components, { coupling, frame: 'differences' });
  const inputs = {
    ...(isMatrix(term.form) && unitVectors(d, pairs)),
    coefficients: tf.tensor2d(coefficients(term, pairs, { offsets, rate }), [pairs.length, k]),
  };
  return {
    ...{ moments, reference, temperature },
    swept: ({ x, weights, groups }, centre) =>
      expandedSweepKernel({ x, weights, ...inputs }, { groups, hard, centre, coupling }),
    add(outputs, groups) {
      const [objective, products, pairwise] = outputs;
      addOver(sums, products, groups, sums.length);
      if (moments.coupling) addOver(moments.coupling, pairwise, groups, k * k);
      return objective;
    },
    finish: () => fill(moments, term, pairs, sums),
    dispose: () => tf.dispose(Object.values(inputs)),
  };
}

/** Two entries of a row `[1, x]`, i ≤ j. */
type Pair = readonly [number, number];

/** The products that costs are linear in: all, or of forms without matrices 1, each column, and each column's square. */
function pairsOf({ form, d }: SoleQuadratic): Pair[] {
  const pairs: Pair[] = [];
  for (let i = 0; i <= d; i++) {
    for (let j = i; j <= d; j++) if (isMatrix(form) || i === 0 || i === j) pairs.push([i, j]);
  }
  return pairs;
}

/** Of the pairs' entries, `[1 + d, pairs]` each. */
function unitVectors(d: number, pairs: readonly Pair[]): { readonly left: Tensor2D; readonly right: Tensor2D } {
  const of = (entries: readonly number[]): Tensor2D => {
    const values = new Float32Array((d + 1) * entries.length);
    for (const [at, entry] of entries.entries()) values[entry * entries.length + at] = 1;
    return tf.tensor2d(values, [d + 1, entries.length]);
  };
  return { left: of(pairs.map(([i]) => i)), right: of(pairs.map(([, j]) => j)) };
}

/** Of each pair in logit_k = offset_k − rate [1, x] A_k [1, x]ᵀ, `[pairs, k]`. */
function coefficients(
  term: SoleQuadratic,
  pairs: readonly Pair[],
  { offsets, rate }: { readonly offsets: Float32Array; readonly rate: number },
): Float32Array {
  const { k, d } = term;
  const into = new Float32Array(pairs.length * k);
  for (let c = 0; c < k; c++) {
    const matrix = augmented(term, c);
    for (const [at, [i, j]] of pairs.entries()) {
      const times = i === j ? 1 : 2;
      into[at * k + c] = (at === 0 ? offsets[c] : 0) - rate * times * matrix[i * (d + 1) + j];
    }
  }
  return into;
}

/** A, `[1 + d, 1 + d]`, with ‖(x − μ) W‖² = [1, x] A [1, x]ᵀ: [μᵀ Λ μ, −μᵀ Λ; −Λ μ, Λ] with Λ = W Wᵀ. */
function augmented(term: SoleQuadratic, c: number): Float64Array {
  const { d, means } = term;
  const precision = precisionOf(term, c);
  const matrix = new Float64Array((d + 1) ** 2);
  for (let i = 0; i < d; i++) {
    let pulled = 0;
    for (let j = 0; j < d; j++) {
      matrix[(i + 1) * (d + 1) + j + 1] = precision[i * d + j];
      pulled += precision[i * d + j] * means[c * d + j];
    }
    matrix[i + 1] = matrix[(i + 1) * (d + 1)] = -pulled;
    matrix[0] += pulled * means[c * d + i];
  }
  return matrix;
}

/** Λ = W Wᵀ, `[d, d]`. */
function precisionOf(term: SoleQuadratic, c: number): Float64Array {
  const { d } = term;
  const factor = factorOf(term, c);
  return product(factor, transposed(factor, d), d);
}

/** The diagonal of Σ = W⁻ᵀ W⁻¹, `[d]`; not finite where W is not invertible. */
function variances(term: SoleQuadratic, c: number): Float64Array {
  const { d } = term;
  const inverse = inverseTransposed(transposed(factorOf(term, c), d), d);
  return new Float64Array(d).map((_, j) => {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += inverse[i * d + j] ** 2;
    return sum;
  });
}

/** W as a matrix, `[d, d]`, upper triangular. */
function factorOf({ form, d, whitening }: SoleQuadratic, c: number): Float64Array {
  if (isMatrix(form)) {
    const from = form === 'tied' ? 0 : c * d * d;
    return new Float64Array(whitening.subarray(from, from + d * d));
  }
  const matrix = new Float64Array(d * d);
  for (let j = 0; j < d; j++) matrix[j * (d + 1)] = whitening[form === 'diag' ? c * d + j : c];
  return matrix;
}

/** Moments of differences x − μ of the sums of products `[k, pairs]`: S − μ sᵀ − s μᵀ + m μ μᵀ, in float64. */
function fill(
  moments: Moments,
  { form, k, d, means }: SoleQuadratic,
  pairs: readonly Pair[],
  sums: Float64Array,
): void {
  const [{ first, second }] = moments.quadratic;
  const matrix = isMatrix(form);
  const size = matrix ? d * d : d;
  for (let c = 0; c < k; c++) {
    const own = sums.subarray(c * pairs.length, (c + 1) * pairs.length);
    const mass = (moments.mass[c] = own[0]);
    const mean = (j: number): number => means[c * d + j - 1];
    // Products with 1 come first, in the order of the columns.
    for (let j = 1; j <= d; j++) first[c * d + j - 1] = own[j] - mass * mean(j);
    const into = form === 'tied' ? second : second.subarray(c * size, (c + 1) * size);
    for (const [at, [i, j]] of pairs.entries()) {
      if (i === 0) continue;
      const value = own[at] - mean(i) * own[j] - mean(j) * own[i] + mass * mean(i) * mean(j);
      if (!matrix) into[i - 1] += value;
      else {
        into[(i - 1) * d + j - 1] += value;
        if (i !== j) into[(j - 1) * d + i - 1] += value;
      }
    }
  }
}
