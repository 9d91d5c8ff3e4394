import { isMatrix } from '../../kernels/form.js';
import { soleQuadratic, type PackedModel } from '../../src/sweep/model.js';
import { emptyMoments, type Moments } from '../../src/sweep/moments.js';
import { sum } from '../oracle/index.js';

/** (row − μ_k) W_k */
export function whitened(row: number[], packed: PackedModel, k: number): number[] {
  const { form, d, means, whitening } = soleQuadratic(packed);
  const delta = row.map((value, j) => value - means[k * d + j]);
  if (form === 'diag') return delta.map((value, j) => value * whitening[k * d + j]);
  if (form === 'spherical') return delta.map((value) => value * whitening[k]);
  const from = form === 'full' ? k * d * d : 0;
  return delta.map((_, j) => sum(delta.map((value, i) => value * whitening[from + i * d + j])));
}

/** Moments of a plan P `[n][k]` as a sweep gives them. */
export function momentsOf(rows: number[][], plan: number[][], packed: PackedModel): Moments {
  const moments = emptyMoments(packed);
  const { form, k, d } = soleQuadratic(packed);
  const [{ first, second }] = moments.quadratic;
  const square = isMatrix(form) ? d * d : d;
  rows.forEach((row, i) => {
    for (let index = 0; index < k; index++) {
      const share = plan[i][index];
      const z = whitened(row, packed, index);
      const products = isMatrix(form) ? z.flatMap((u) => z.map((v) => u * v)) : z.map((u) => u * u);
      moments.weight += share;
      moments.mass[index] += share;
      z.forEach((value, j) => (first[index * d + j] += share * value));
      products.forEach((value, j) => (second[(form === 'tied' ? 0 : index * square) + j] += share * value));
    }
  });
  return moments;
}
