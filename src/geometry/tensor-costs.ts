import { tf } from '#tfjs';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { sumOuter } from '../../kernels/batches.js';
import { pointAveragesKernel, pointCosts, pointSoftminKernel } from '../../kernels/points.js';
import { ABSENT, type PointMetric } from '../../kernels/costs.js';
import { responsibilitiesKernel, softminKernel } from '../../kernels/softmin.js';
import type { Side } from './geometry.js';

/** Costs of B problems as tensors of one backend, which is active whenever these are called. */
export interface TensorCosts {
  readonly batches: number;
  readonly n: number;
  readonly m: number;
  /** Softmins of a side, `[B, length]`, from offsets o = p + ε log w of the other `[B, length]`. */
  softmin(side: Side, offsets: Tensor2D, epsilon: number): Tensor;
  /** Averages of values `[B, length, p]` of the other side, and of the costs: `[B, length, p + 1]`. */
  averages(side: Side, offsets: Tensor2D, softmins: Tensor2D, epsilon: number, values: Tensor3D): Tensor;
  /** C of one problem, `[n, m]`. */
  costs(batch: number): Tensor;
  /** The least and the largest cost, or bounds of them. */
  range(): Tensor;
  dispose(): void;
}

/** Costs that a block of rows has at the most. */
const BLOCK = 2 ** 22;

/** A matrix `[B, n, m]`, and its transpose as soon as it is needed. Owns both. */
export class MatrixTensor implements TensorCosts {
  readonly batches: number;
  readonly n: number;
  readonly m: number;
  private turned: Tensor3D | undefined;

  constructor(private readonly cost: Tensor3D) {
    [this.batches, this.n, this.m] = cost.shape;
  }

  softmin(side: Side, offsets: Tensor2D, epsilon: number): Tensor {
    return softminKernel({ cost: this.from(side), offsets }, { epsilon })[0];
  }

  averages(side: Side, offsets: Tensor2D, _softmins: Tensor2D, epsilon: number, values: Tensor3D): Tensor {
    const cost = this.from(side);
    const [b, length, others] = cost.shape;
    const rows = Math.max(1, Math.floor(BLOCK / (b * others)));
    const blocks: Tensor3D[] = [];
    for (let from = 0; from < length; from += rows) {
      const block = tf.tidy(() => {
        const costs = tf.slice(cost, [0, from, 0], [-1, Math.min(rows, length - from), -1]);
        const [shares] = responsibilitiesKernel({ cost: costs, offsets }, { epsilon });
        const byPoint: Tensor3D = tf.transpose(shares as Tensor3D, [0, 2, 1]);
        const ones: Tensor3D = tf.ones([b, others, 1]);
        const products: Tensor3D = tf.transpose(tf.mul(shares, costs), [0, 2, 1]);
        return tf.concat([sumOuter(byPoint, values), sumOuter(products, ones)], 2);
      });
      blocks.push(block);
    }
    return tf.concat(blocks, 1);
  }

  costs(batch: number): Tensor {
    return tf.slice(this.cost, [batch, 0, 0], [1, -1, -1]);
  }

  range(): Tensor {
    const least = tf.min(this.cost);
    return tf.stack([least, tf.max(tf.where(tf.greaterEqual(this.cost, ABSENT), least, this.cost))]);
  }

  dispose(): void {
    tf.dispose([this.cost, ...(this.turned ? [this.turned] : [])]);
  }

  private from(side: Side): Tensor3D {
    if (side === 'a') return this.cost;
    this.turned ??= tf.keep(tf.transpose(this.cost, [0, 2, 1]));
    return this.turned;
  }
}

/** Points x `[B, n, d]` and y `[B, m, d]`, whose costs are computed whenever they are needed. Owns both. */
export class PointTensors implements TensorCosts {
  readonly batches: number;
  readonly n: number;
  readonly m: number;

  constructor(
    private readonly x: Tensor3D,
    private readonly y: Tensor3D,
    private readonly metric: PointMetric,
  ) {
    [this.batches, this.n] = x.shape;
    this.m = y.shape[1];
  }

  softmin(side: Side, offsets: Tensor2D, epsilon: number): Tensor {
    return pointSoftminKernel({ ...this.from(side), offsets }, { epsilon, metric: this.metric })[0];
  }

  averages(side: Side, offsets: Tensor2D, softmins: Tensor2D, epsilon: number, values: Tensor3D): Tensor {
    const inputs = { ...this.from(side), offsets, softmins, values };
    return pointAveragesKernel(inputs, { epsilon, metric: this.metric })[0];
  }

  costs(batch: number): Tensor {
    const one = (points: Tensor3D): Tensor3D => tf.slice(points, [batch, 0, 0], [1, -1, -1]);
    return pointCosts(one(this.x), one(this.y), this.metric);
  }

  /** By the box that holds all points, or by Cauchy and Schwarz. */
  range(): Tensor {
    const { x, y } = this;
    if (this.metric === 'dot') {
      const [ofX, ofY] = [x, y].map((points) => tf.max(tf.sum(tf.square(points), 2)));
      const bound = tf.sqrt(tf.mul(ofX, ofY));
      return tf.stack([tf.neg(bound), bound]);
    }
    const reach = tf.maximum(
      tf.sub(tf.max(x, [0, 1]), tf.min(y, [0, 1])),
      tf.sub(tf.max(y, [0, 1]), tf.min(x, [0, 1])),
    );
    return tf.stack([tf.scalar(0), tf.sum(tf.square(reach))]);
  }

  dispose(): void {
    tf.dispose([this.x, this.y]);
  }

  private from(side: Side): { readonly x: Tensor3D; readonly y: Tensor3D } {
    return side === 'a' ? { x: this.x, y: this.y } : { x: this.y, y: this.x };
  }
}
