import { isMatrix } from '../../kernels/form.js';
import type { Floats, PackedModel, QuadraticTerm } from './model.js';
import type { Moments, QuadraticMoments } from './moments.js';

/** The same moments with all quadratic terms in the whitened frame: z = (x − μ) W, so first ↦ first W, second ↦ Wᵀ second W. */
export function whitened(moments: Moments, { k, quadratic }: PackedModel<Floats>): Moments {
  return { ...moments, quadratic: moments.quadratic.map((sums, q) => whitenedTerm(sums, quadratic[q], k)) };
}

function whitenedTerm(sums: QuadraticMoments, term: QuadraticTerm<Floats>, k: number): QuadraticMoments {
  if (sums.frame === 'whitened') return sums;
  const { form, d, whitening } = term;
  const first = sums.first.slice();
  const second = sums.second.slice();
  if (!isMatrix(form)) {
    for (let at = 0; at < k * d; at++) {
      const w = whitening[form === 'diag' ? at : Math.floor(at / d)];
      first[at] *= w;
      second[at] *= w * w;
    }
    return { ...sums, frame: 'whitened', first, second };
  }
  const factor = (c: number): Floats => (form === 'tied' ? whitening : whitening.subarray(c * d * d, (c + 1) * d * d));
  for (let c = 0; c < k; c++) timesFactor(first.subarray(c * d, (c + 1) * d), factor(c), d);
  for (let c = 0; c * d * d < second.length; c++) {
    const matrix = second.subarray(c * d * d, (c + 1) * d * d);
    // Rows times W, twice: S W, then its transpose (S W)ᵀ W = Wᵀ S W for symmetric S.
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < d; i++) timesFactor(matrix.subarray(i * d, (i + 1) * d), factor(c), d);
      if (pass === 0) transpose(matrix, d);
    }
  }
  return { ...sums, frame: 'whitened', first, second };
}

/** row ↦ row W with W upper triangular `[d, d]`, in place: entry j needs the entries up to j. */
function timesFactor(row: Float64Array, w: Floats, d: number): void {
  for (let j = d - 1; j >= 0; j--) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += row[i] * w[i * d + j];
    row[j] = sum;
  }
}

function transpose(matrix: Float64Array, d: number): void {
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < i; j++) [matrix[i * d + j], matrix[j * d + i]] = [matrix[j * d + i], matrix[i * d + j]];
  }
}
