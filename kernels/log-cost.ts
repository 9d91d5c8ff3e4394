import { tf } from '#tfjs';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { repeated, sharedBy, sumOuter, sumRows } from './batches.js';
import type { LogCostAttributes, LogCostInputs } from './costs.js';
import { defineKernel } from './engine.js';
import { isMatrix, type CovarianceForm } from './form.js';
import { logCostProgram } from './log-cost.wgsl.js';

/** Rows whose gradients are computed at a time: tfjs's matMul on WebGPU takes no more than twice as many. */
const BLOCK_ROWS = 2 ** 20;

/**
 * C_ik = ½ ‖(x_i − μ_k) W_k‖² + c_k, `[B, n, k]`. Differences first, never the expanded square. One component at a
 * time: its temporaries are of the size of x.
 */
export const logCostKernel = defineKernel<LogCostInputs, LogCostAttributes>({
  name: 'OtmixLogCost',
  composite(inputs, { form }) {
    const distances = componentsOf(inputs).map((k) =>
      tf.tidy(() => tf.mul(tf.sum(tf.square(whitened(inputs, form, k).z), 2), 0.5)),
    );
    // Components along rows while they are gathered: contiguous copies, where columns would be strided ones.
    const [b, n] = distances[0].shape as [number, number];
    const gathered = tf.transpose(tf.reshape(tf.concat(distances), [distances.length, b, n]), [1, 2, 0]);
    return [tf.add(gathered, tf.expandDims(inputs.constants, 1))];
  },
  webgpu: logCostProgram,
  gradient(upstream, inputs, { form }) {
    const pieces = (): Piece[] => blocks(upstream as Tensor3D, inputs);
    return {
      x: () =>
        tf.concat(
          pieces().map((piece) => rowGradient(piece, form)),
          1,
        ),
      means: () => tf.addN(pieces().map((piece) => meanGradient(piece, form))),
      whitening: () => tf.addN(pieces().map((piece) => whiteningGradient(piece, form))),
      constants: () => {
        const sums = sumRows(upstream as Tensor3D);
        return tf.squeeze(sharedBy(sums, inputs.constants.shape[0]), [1]);
      },
    };
  },
});

/** A block of rows, with the gradient with respect to its costs. */
interface Piece extends LogCostInputs {
  /** `[B, rows, k]` */
  readonly upstream: Tensor3D;
}

function blocks(upstream: Tensor3D, inputs: LogCostInputs): Piece[] {
  const n = inputs.x.shape[1];
  if (n <= BLOCK_ROWS) return [{ ...inputs, upstream }];
  return Array.from({ length: Math.ceil(n / BLOCK_ROWS) }, (_, index) => {
    const from = index * BLOCK_ROWS;
    const rows = (values: Tensor3D): Tensor3D =>
      tf.slice(values, [0, from, 0], [-1, Math.min(BLOCK_ROWS, n - from), -1]);
    return { ...inputs, x: rows(inputs.x), upstream: rows(upstream) };
  });
}

function componentsOf({ means }: LogCostInputs): number[] {
  return Array.from({ length: means.shape[1] }, (_, k) => k);
}

/** x_i − μ_k and z_ik = (x_i − μ_k) W_k of one component, `[B, n, d]`, and W_k, `[B, d, d]` or `[B, 1, d or 1]`. */
function whitened(
  { x, means, whitening }: LogCostInputs,
  form: CovarianceForm,
  k: number,
): { difference: Tensor3D; z: Tensor3D; factor: Tensor3D } {
  const difference: Tensor3D = tf.sub(x, tf.slice(means, [0, k, 0], [-1, 1, -1]));
  if (!isMatrix(form)) {
    const factor = tf.slice(whitening as Tensor3D, [0, k, 0], [-1, 1, -1]);
    return { difference, z: tf.mul(difference, factor), factor };
  }
  const one = tf.slice(whitening as Tensor4D, [0, form === 'tied' ? 0 : k, 0, 0], [-1, 1, -1, -1]);
  const factor: Tensor3D = tf.squeeze(one, [1]);
  return { difference, z: tf.matMul(difference, factor), factor };
}

/** Of one component: its whitened rows as above, and z_ik times the gradient with respect to C_ik, `[B, n, d]`. */
function pulled(piece: Piece, form: CovarianceForm, k: number): ReturnType<typeof whitened> & { pull: Tensor3D } {
  const own = whitened(piece, form, k);
  return { ...own, pull: tf.mul(own.z, tf.slice(piece.upstream, [0, 0, k], [-1, -1, 1])) };
}

/** v ↦ v Wᵀ */
function back(values: Tensor3D, factor: Tensor3D, form: CovarianceForm): Tensor3D {
  return isMatrix(form) ? tf.matMul(values, tf.transpose(factor, [0, 2, 1])) : tf.mul(values, factor);
}

/** ∂C_ik/∂x_i = (x_i − μ_k) W_k W_kᵀ */
function rowGradient(piece: Piece, form: CovarianceForm): Tensor3D {
  const ofComponent = (k: number): Tensor3D => {
    const { pull, factor } = pulled(piece, form, k);
    return back(pull, factor, form);
  };
  let total = tf.tidy(() => ofComponent(0));
  for (const k of componentsOf(piece).slice(1)) {
    const before = total;
    total = tf.tidy(() => tf.add(before, ofComponent(k)));
    before.dispose();
  }
  return sharedBy(total, piece.x.shape[0]);
}

/** ∂C_ik/∂μ_k = −(x_i − μ_k) W_k W_kᵀ */
function meanGradient(piece: Piece, form: CovarianceForm): Tensor3D {
  const ofComponents = componentsOf(piece).map((k) =>
    tf.tidy(() => {
      const { pull, factor } = pulled(piece, form, k);
      return sharedBy(tf.neg(back(sumRows(pull), factor, form)), piece.means.shape[0]);
    }),
  );
  return tf.concat(ofComponents, 1);
}

/** ∂C_ik/∂W_k = (x_i − μ_k)ᵀ (x_i − μ_k) W_k, or the diagonal of that, or its trace. */
function whiteningGradient(piece: Piece, form: CovarianceForm): Tensor {
  const ofComponents = componentsOf(piece).map((k) =>
    tf.tidy(() => {
      const { pull, difference } = pulled(piece, form, k);
      const batches = piece.whitening.shape[0];
      if (isMatrix(form)) {
        const outer = sumOuter(repeated(difference, pull.shape[0]), pull);
        return tf.expandDims(sharedBy(outer, batches), 1);
      }
      const squares: Tensor3D = sumRows(tf.mul(pull, difference));
      return sharedBy(form === 'spherical' ? tf.sum(squares, 2, true) : squares, batches);
    }),
  );
  return form === 'tied' ? tf.addN(ofComponents) : tf.concat(ofComponents, 1);
}
