import { tf } from '#tfjs';
import type { Rank, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { distancesKernel } from '../../../kernels/distances.js';
import { onBackend } from '../../../kernels/engine.js';
import { yieldToEvents } from '../../base/event-loop.js';
import { total } from '../../base/numbers.js';
import { drawRows, type DrawnFrom } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';
import { readAll, type TensorBlock } from './block.js';

/** Farther than any row: where the distance to the nearest of no centres starts. */
const FAR = 1e30;
/** Centres that join at once: their distances to a block's rows are held together. */
const CENTRES = 32;

/** Distances kept on the device, one tensor per block; the host sees group sums, and one group when it draws a row. */
export class TensorNearestCentres implements NearestCentres {
  private readonly metric: Tensor2D;
  private nearest: Tensor1D[];
  /** Σ a_i d_i of each block; before the first centre Σ a_i. */
  private blockSums: number[];
  private joined = false;

  constructor(
    private readonly backend: string,
    private readonly blocks: readonly TensorBlock[],
    metric: Float64Array,
    private readonly signal?: AbortSignal,
  ) {
    this.blockSums = blocks.map(({ weight }) => weight);
    [this.metric, this.nearest] = onBackend(backend, () => [
      tf.keep(tf.tensor2d(Float32Array.from(metric), [1, metric.length])),
      blocks.map(({ weights }) => tf.keep(tf.fill<Rank.R1>(weights.shape, FAR))),
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

  async add(centres: Float64Array): Promise<void> {
    const step = CENTRES * this.metric.shape[1];
    for (let from = 0; from < centres.length; from += step) await this.join(centres.subarray(from, from + step));
  }

  async draw(uniforms: readonly number[]): Promise<number[]> {
    // Where every row lies on a centre already, by weight alone.
    const apart = total(this.blockSums) > 0;
    const sums = apart ? this.blockSums : this.blocks.map(({ weight }) => weight);
    return drawRows(uniforms, sums, (blocks) => Promise.all(blocks.map((index) => this.blockValues(index, apart))));
  }

  sums(): Promise<NearestSums> {
    const weight = total(this.blocks.map((block) => block.weight));
    return Promise.resolve({ weight, potential: this.joined ? total(this.blockSums) : 0 });
  }

  dispose(): void {
    tf.dispose([this.metric, ...this.nearest]);
  }

  private async join(centres: Float64Array): Promise<void> {
    const sums: number[] = [];
    for (const [index, { weights, groups }] of this.blocks.entries()) {
      const [distances, each] = await this.offer(index, centres);
      const before = this.nearest[index];
      const [nearest, groupSums] = onBackend(this.backend, () =>
        tf.tidy((): [Tensor1D, Tensor] => {
          const all = tf.keep(tf.min<Tensor1D>(distances, 0));
          return [all, tf.sum(tf.reshape(tf.mul(all, weights), [groups, -1]), 1)];
        }),
      );
      this.nearest[index] = nearest;
      tf.dispose([distances, each, before]);
      sums.push(total((await readAll([groupSums]))[0]));
    }
    this.blockSums = sums;
    this.joined = true;
  }

  /** a_i d_i, or a_i, of a block's rows. */
  private async blockValues(index: number, apart: boolean): Promise<DrawnFrom> {
    const { start, rows, weights, hostWeights } = this.blocks[index];
    const product = (): Tensor => tf.mul(this.nearest[index], weights);
    const [values] = apart ? await readAll([onBackend(this.backend, product)]) : [hostWeights];
    return { start, values: values.subarray(0, rows) };
  }

  /** Distances `[c, b]` and their group sums `[c, g]`, were the candidates to join. */
  private async offer(index: number, candidates: Float64Array): Promise<[Tensor, Tensor]> {
    await yieldToEvents(this.signal);
    const { x, weights, groups } = this.blocks[index];
    const d = this.metric.shape[1];
    return onBackend(this.backend, () => {
      const centres = tf.tensor2d(Float32Array.from(candidates), [candidates.length / d, d]);
      const nearest = this.nearest[index];
      const outputs = distancesKernel({ x, weights, nearest, candidates: centres, metric: this.metric }, { groups });
      tf.dispose(centres);
      return outputs as [Tensor, Tensor];
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
