import * as tf from '@tensorflow/tfjs';
import { distancesKernel } from '../../kernels/distances.js';
import { onBackend } from '../../kernels/engine.js';
import { drawIndex } from '../random.js';
import { breathe } from '../breathe.js';
import type { NearestCentres } from './shard.js';
import { readAll, total, type TensorBlock } from './tensor-block.js';

/** Farther than any row: where the distance to the nearest of no centres starts. */
const FAR = 1e30;

/** Distances kept on the device, one tensor per block; the host sees group sums, and one group when it draws a row. */
export class TensorNearestCentres implements NearestCentres {
  private readonly metric: tf.Tensor2D;
  private nearest: tf.Tensor1D[];
  /** Σ a_i d_i of each block; before the first centre Σ a_i. */
  private blockSums: number[];

  constructor(
    private readonly backend: string,
    private readonly blocks: readonly TensorBlock[],
    metric: Float64Array,
    private readonly signal?: AbortSignal,
  ) {
    this.blockSums = blocks.map(({ weight }) => weight);
    [this.metric, this.nearest] = onBackend(backend, () => [
      tf.keep(tf.tensor2d(Float32Array.from(metric), [1, metric.length])),
      blocks.map(({ weights }) => tf.keep(tf.fill<tf.Rank.R1>(weights.shape, FAR))),
    ]);
  }

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const totals = new Float64Array(candidates.length / this.metric.shape[1]);
    for (const index of this.blocks.keys()) {
      const [distances, sums] = await this.offer(index, candidates);
      tf.dispose(distances);
      addRows(totals, (await readAll([sums]))[0] as Float32Array);
    }
    return totals;
  }

  async add(centre: Float64Array): Promise<void> {
    const sums: number[] = [];
    for (const [index, block] of this.blocks.entries()) {
      const [distances, blockSums] = await this.offer(index, centre);
      tf.dispose(this.nearest[index]);
      this.nearest[index] = onBackend(this.backend, () => tf.keep(tf.reshape(distances, block.weights.shape)));
      tf.dispose(distances);
      sums.push(total((await readAll([blockSums]))[0]));
    }
    this.blockSums = sums;
  }

  async draw(uniform: number): Promise<number> {
    // Where every row lies on a centre already, by weight alone.
    const apart = total(this.blockSums) > 0;
    const sums = apart ? this.blockSums : this.blocks.map(({ weight }) => weight);
    const index = drawIndex(sums, uniform);
    const block = this.blocks[index];
    const product = (): tf.Tensor => tf.mul(this.nearest[index], block.weights);
    const [values] = apart ? await readAll([onBackend(this.backend, product)]) : [block.hostWeights];
    // The part of the unit interval that fell to the block, stretched back to the whole.
    const within = (uniform * total(sums) - total(sums.slice(0, index))) / sums[index];
    return block.start + drawIndex(values.subarray(0, block.rows), Math.min(Math.max(within || 0, 0), 1 - 2 ** -53));
  }

  dispose(): void {
    tf.dispose([this.metric, ...this.nearest]);
  }

  /** Distances `[c, b]` and their group sums `[c, g]`, were the candidates to join. */
  private async offer(index: number, candidates: Float64Array): Promise<[tf.Tensor, tf.Tensor]> {
    await breathe(this.signal);
    const { x, weights, groups } = this.blocks[index];
    const d = this.metric.shape[1];
    return onBackend(this.backend, () => {
      const centres = tf.tensor2d(Float32Array.from(candidates), [candidates.length / d, d]);
      const nearest = this.nearest[index];
      const outputs = distancesKernel({ x, weights, nearest, candidates: centres, metric: this.metric }, { groups });
      tf.dispose(centres);
      return outputs as [tf.Tensor, tf.Tensor];
    });
  }
}

/** totals `[c]` += Σ_g sums `[c, g]`. */
function addRows(totals: Float64Array, sums: Float32Array): void {
  const groups = sums.length / totals.length;
  for (let row = 0; row < totals.length; row++) {
    for (let group = 0; group < groups; group++) totals[row] += sums[row * groups + group];
  }
}
