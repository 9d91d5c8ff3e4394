/**
 * The arithmetic of mixture.ts of all components at once, for backends where calls cost more than memory: libtensorflow. Rows
 * lie along the last dimension, so that what is the same for a component or a column is added and multiplied in long runs.
 * Sizes: g groups of s rows, d columns of the quadratic term, k components.
 */
import { tf } from '#tfjs';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { isMatrix } from './form.js';
import type { QuadraticPart } from './mixture.js';
import { studentWeights } from './student.js';

/** Whitened differences that lie together: 8 MiB, which stay in a cache from one operation to the next. */
const TOGETHER = 2 ** 21;
/** And of one group of rows at the most: more components are taken in turns. */
const MOST = 2 ** 22;

/** How many groups of s rows are worked on at once. */
export function groupsTogether({ means }: Pick<QuadraticPart, 'means'>, s: number): number {
  return Math.max(1, Math.floor(TOGETHER / (means.size * s)));
}

/** A quadratic term of rows in g groups, whitened differences of which are kept from distances to moments if they are few. */
export class Together {
  private readonly pieces: readonly QuadraticPart[];
  private kept?: Tensor4D;

  constructor(
    private readonly part: QuadraticPart,
    private readonly groups: number,
  ) {
    const { x, means } = part;
    const [k, d] = means.shape;
    const step = Math.max(1, Math.floor(MOST / ((d * x.shape[0]) / groups)));
    this.pieces =
      step >= k
        ? [part]
        : Array.from({ length: Math.ceil(k / step) }, (_, at) =>
            pieceOf(part, at * step, Math.min(k, (at + 1) * step)),
          );
  }

  /** q_ik, `[g·s, k]`. */
  distances(): Tensor2D {
    const each = this.pieces.map((piece) => tf.tidy(() => tf.sum(tf.square(this.whitened(piece)), 2)));
    const all: Tensor3D = tf.concat(each as Tensor3D[], 1);
    return tf.reshape(tf.transpose(all, [0, 2, 1]), [-1, all.shape[1]]);
  }

  /** First and second moments, and of Student-t sums of u, in the shapes of `sweepKernel`; `plan` is `[g·s, k]`. */
  moments(plan: Tensor2D): Tensor[] {
    const k = plan.shape[1];
    const byComponent: Tensor3D = tf.transpose(tf.reshape(plan, [this.groups, -1, k]), [0, 2, 1]);
    let from = 0;
    const each = this.pieces.map((piece) =>
      tf.tidy(() => {
        const count = piece.means.shape[0];
        const own: Tensor3D = tf.slice(byComponent, [0, from, 0], [-1, count, -1]);
        from += count;
        return momentsOf(piece, this.whitened(piece), own);
      }),
    );
    return each[0].map((_, output) => {
      const parts = each.map((sums) => sums[output]);
      return output === 1 && this.part.form === 'tied' ? tf.addN(parts) : tf.concat(parts);
    });
  }

  /** z of some components, `[g, k, d, s]`. */
  private whitened(piece: QuadraticPart): Tensor4D {
    if (this.pieces.length > 1) return whitened(piece, this.groups);
    // Kept for the moments beyond the tidy of the distances; the kernel's own disposes it.
    return (this.kept ??= tf.keep(whitened(piece, this.groups)));
  }

  dispose(): void {
    this.kept?.dispose();
  }
}

/** Components `from` … `to − 1` of a term. */
function pieceOf(part: QuadraticPart, from: number, to: number): QuadraticPart {
  const { means, whitening, inverseDegrees, form } = part;
  const own = <T extends Tensor>(values: T): T => tf.slice(values, from, to - from);
  return {
    ...part,
    means: own(means),
    whitening: form === 'tied' ? whitening : own(whitening),
    inverseDegrees: inverseDegrees && own(inverseDegrees),
  };
}

/** z = Wᵀ (x − μ), `[g, k, d, s]`: differences first, as everywhere. */
function whitened({ x, means, whitening, form }: QuadraticPart, groups: number): Tensor4D {
  const [k, d] = means.shape;
  const rows = tf.transpose(tf.reshape(x, [groups, -1, d]), [0, 2, 1]);
  const differences: Tensor4D = tf.sub(tf.reshape(rows, [groups, 1, d, -1]), tf.reshape(means, [1, k, d, 1]));
  switch (form) {
    case 'full':
    case 'tied':
      return tf.matMul(tf.reshape(whitening, [1, -1, d, d]), differences, true, false);
    case 'diag':
    case 'spherical':
      return tf.mul(differences, tf.reshape(whitening, [1, k, -1, 1]));
    default:
      return form satisfies never;
  }
}

/** Σ p z `[k, g, d]`, Σ p z zᵀ or its diagonal, and of Student-t the sums of u `[k, g]`, of a plan `[g, k, s]`. */
function momentsOf(part: QuadraticPart, z: Tensor4D, plan: Tensor3D): Tensor[] {
  const { inverseDegrees, form } = part;
  const [groups, k, d] = z.shape;
  if (!inverseDegrees) return squares(z, plan, form);
  const degrees: Tensor1D = inverseDegrees;
  const q = tf.sum(tf.square(z), 2);
  const { weights, logarithms } = studentWeights(q, tf.reshape(degrees, [1, k, 1]), d);
  const weighted: Tensor3D = tf.mul(plan, weights);
  const sums = [weighted, tf.mul(plan, logarithms)].map((each) =>
    tf.transpose(tf.reshape(tf.sum(each, 2), [groups, k])),
  );
  return [...squares(z, weighted, form), ...sums];
}

function squares(z: Tensor4D, weights: Tensor3D, form: QuadraticPart['form']): [Tensor, Tensor] {
  const [groups, k] = z.shape;
  const weighted: Tensor4D = tf.mul(z, tf.reshape(weights, [groups, k, 1, -1]));
  const first = tf.transpose(tf.sum(weighted, 3), [1, 0, 2]);
  if (!isMatrix(form)) return [first, tf.transpose(tf.sum(tf.mul(weighted, z), 3), [1, 0, 2])];
  const products = tf.matMul(weighted, z, false, true);
  return [first, form === 'tied' ? tf.expandDims(tf.sum(products, 1), 0) : tf.transpose(products, [1, 0, 2, 3])];
}
