import { tf } from '#tfjs';
import type { Tensor3D } from '@tensorflow/tfjs';
import { defineKernel } from './engine.js';

/** Covariances Σ, `[m, d, d]`. */
export interface WhitenInputs {
  readonly covariances: Tensor3D;
}

type NoAttributes = Readonly<Record<string, never>>;

/**
 * W, upper triangular with Σ⁻¹ = W Wᵀ, `[m, d, d]`: the transposed inverse of the Cholesky factor of Σ, in float32.
 * Where Σ is not positive definite it is NaN. The lower triangle of Σ is read; its gradient is symmetric.
 */
export const whitenKernel = defineKernel<WhitenInputs, NoAttributes>({
  name: 'OtmixWhiten',
  composite: ({ covariances }) => [tf.transpose(inverseOfLower(cholesky(covariances)), [0, 2, 1])],
  gradient: (upstream, inputs) => ({
    // With M = Wᵀ and Φ the lower half with half the diagonal, dM = −Φ(M dΣ Mᵀ) M.
    covariances: () =>
      tf.tidy(() => {
        const w = whitenKernel(inputs, {})[0] as Tensor3D;
        const d = w.shape[1];
        const half = tf.tensor2d(lowerHalf(d), [d, d]);
        const p: Tensor3D = tf.mul(tf.matMul(upstream as Tensor3D, w, true, false), half);
        const symmetric: Tensor3D = tf.add(p, tf.transpose(p, [0, 2, 1]));
        return tf.mul(tf.matMul(tf.matMul(w, symmetric), w, false, true), -0.5);
      }),
  }),
});

/** L, lower triangular with Σ = L Lᵀ: column by column, each taken out of what is left of Σ. */
function cholesky(covariances: Tensor3D): Tensor3D {
  const [, d] = covariances.shape;
  const columns: Tensor3D[] = [];
  let rest = covariances;
  for (let j = 0; j < d; j++) {
    // The trailing block of Σ, its first column over the root of its first entry.
    const pivot = tf.sqrt(tf.slice(rest, [0, 0, 0], [-1, 1, 1]));
    const column: Tensor3D = tf.div(tf.slice(rest, [0, 0, 0], [-1, -1, 1]), pivot);
    columns.push(
      tf.pad(column, [
        [0, 0],
        [j, 0],
        [0, 0],
      ]),
    );
    if (j + 1 === d) break;
    const below = tf.slice(column, [0, 1, 0], [-1, -1, -1]);
    const next: Tensor3D = tf.sub(tf.slice(rest, [0, 1, 1], [-1, -1, -1]), tf.matMul(below, below, false, true));
    rest = next;
  }
  return tf.concat(columns, 2);
}

/** L⁻¹, row by row: M_i = (e_i − Σ_{j<i} L_ij M_j) / L_ii. */
function inverseOfLower(l: Tensor3D): Tensor3D {
  const [m, d] = l.shape;
  let rows: Tensor3D | undefined;
  for (let i = 0; i < d; i++) {
    const unit = tf.tensor3d(
      Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)),
      [1, 1, d],
    );
    const known = rows ? tf.sub(unit, tf.matMul(tf.slice(l, [0, i, 0], [-1, 1, i]), rows)) : unit;
    const row: Tensor3D = tf.div(known, tf.slice(l, [0, i, i], [-1, 1, 1]));
    rows = rows ? tf.concat([rows, row], 1) : tf.reshape(row, [m, 1, d]);
  }
  return rows as Tensor3D;
}

/** 1 below the diagonal and ½ on it, `[d, d]`. */
function lowerHalf(d: number): Float32Array {
  return new Float32Array(d * d).map((_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    return i === j ? 0.5 : i > j ? 1 : 0;
  });
}
