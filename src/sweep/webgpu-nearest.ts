import type { Gpu } from '../../kernels/webgpu/device.js';
import { TILE_ROWS } from '../../kernels/webgpu/layout.js';
import { NearestBuffers } from '../../kernels/webgpu/nearest.js';
import type { ResidentRows } from '../../kernels/webgpu/resident.js';
import { drawIndex } from '../random.js';
import type { NearestCentres } from './shard.js';
import { total } from './tensor-block.js';

/** Distances kept on the GPU; the host sees sums by tiles, and one tile when it draws a row. */
export class WebgpuNearestCentres implements NearestCentres {
  private readonly buffers: Promise<NearestBuffers>;
  /** Σ a_i d_i of each tile; before the first centre Σ a_i. */
  private tileSums: Float32Array | undefined;

  constructor(
    gpu: Gpu,
    private readonly rows: ResidentRows,
    private readonly metric: Float64Array,
    private readonly signal?: AbortSignal,
  ) {
    this.buffers = NearestBuffers.make(gpu, rows, Float32Array.from(metric));
    this.buffers.catch(() => undefined); // told by whoever uses them
  }

  async potentials(candidates: Float64Array): Promise<Float64Array> {
    const count = candidates.length / this.metric.length;
    const sums = await (await this.buffers).offer(Float32Array.from(candidates), false, this.signal);
    const { tiles } = this.rows;
    return Float64Array.from({ length: count }, (_, c) => total(sums.subarray(c * tiles, (c + 1) * tiles)));
  }

  async add(centre: Float64Array): Promise<void> {
    this.tileSums = await (await this.buffers).offer(Float32Array.from(centre), true, this.signal);
  }

  async draw(uniform: number): Promise<number> {
    const buffers = await this.buffers;
    // Where every row lies on a centre already, or there is none, by weight alone.
    const apart = this.tileSums !== undefined && total(this.tileSums) > 0;
    const sums = apart ? (this.tileSums as Float32Array) : this.rows.tileWeights;
    const tile = drawIndex(sums, uniform);
    const { nearest, weights } = await buffers.tile(tile);
    const values = apart ? weights.map((weight, i) => weight * nearest[i]) : weights;
    // The part of the unit interval that fell to the tile, stretched back to the whole.
    const within = (uniform * total(sums) - total(sums.subarray(0, tile))) / sums[tile];
    const start = tile * TILE_ROWS;
    const rows = Math.min(TILE_ROWS, this.rows.n - start);
    return start + drawIndex(values.subarray(0, rows), Math.min(Math.max(within || 0, 0), 1 - 2 ** -53));
  }

  dispose(): void {
    this.buffers.then(
      (buffers) => buffers.dispose(),
      () => undefined,
    );
  }
}
