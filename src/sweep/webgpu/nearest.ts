import type { Gpu } from '../../../kernels/webgpu/device.js';
import { TILE_ROWS } from '../../../kernels/webgpu/layout.js';
import { NearestBuffers } from '../../../kernels/webgpu/nearest.js';
import type { ResidentRows } from '../../../kernels/webgpu/resident.js';
import { total } from '../../base/numbers.js';
import { drawRows } from '../draw.js';
import type { NearestCentres, NearestSums } from '../shard.js';

/** Centres that join at once; where there are several, filled up to as many, since each number of them is a program. */
const CENTRES = 32;

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

  async add(centres: Float64Array): Promise<void> {
    const d = this.metric.length;
    const { tiles } = this.rows;
    for (let from = 0; from < centres.length; from += CENTRES * d) {
      const joining = filledUp(centres.subarray(from, from + CENTRES * d), d);
      const sums = await (await this.buffers).offer(joining, true, this.signal);
      // Kept one after the other: the last sums are of all.
      this.tileSums = sums.subarray(sums.length - tiles);
    }
  }

  async draw(uniforms: readonly number[]): Promise<number[]> {
    const buffers = await this.buffers;
    // Where every row lies on a centre already, or there is none, by weight alone.
    const apart = this.tileSums !== undefined && total(this.tileSums) > 0;
    const sums = apart ? (this.tileSums as Float32Array) : this.rows.tileWeights;
    return drawRows(uniforms, sums, async (tiles) =>
      (await buffers.tiles(tiles)).map(({ nearest, weights }, index) => {
        const start = tiles[index] * TILE_ROWS;
        const values = apart ? weights.map((weight, i) => weight * nearest[i]) : weights;
        return { start, values: values.subarray(0, Math.min(TILE_ROWS, this.rows.n - start)) };
      }),
    );
  }

  sums(): Promise<NearestSums> {
    const { rows, tileSums } = this;
    return Promise.resolve({ weight: total(rows.tileWeights), potential: tileSums ? total(tileSums) : 0 });
  }

  dispose(): void {
    this.buffers.then(
      (buffers) => buffers.dispose(),
      () => undefined,
    );
  }
}

/** One centre, or several and the last of them again until there are as many as join at once. */
function filledUp(centres: Float64Array, d: number): Float32Array {
  const count = centres.length / d;
  const filled = new Float32Array((count === 1 ? 1 : CENTRES) * d);
  filled.set(centres);
  for (let at = centres.length; at < filled.length; at += d) filled.set(centres.subarray(centres.length - d), at);
  return filled;
}
