/** What is done to the rows of a pass where tied components whiten them once: before the plan, and after it. */
import { STORAGE } from './buffers.js';
import type { ChunkBuffers } from './chunks.js';
import type { Gpu } from './device.js';
import { TILE_ROWS } from './layout.js';
import type { GpuShape } from './model.js';
import type { Owned } from './pipelines.js';
import { programOf } from './program.js';
import { columnsHeld } from './registers.js';
import { averageParts, averageProgram, whitenProgram } from './whiten.wgsl.js';
import { bind, dispatch, type Pass } from './work.js';

/** Rows of a pass: what the plan and the sums read in place of `x`. Tiles `[tiles of the pass, d, 256]` each. */
export interface PassRows extends ChunkBuffers {
  /** Whitened rows, and averages of what components see of them; the rows themselves where nothing is whitened. */
  readonly y: GPUBuffer;
  readonly averages: GPUBuffer;
}

type Record = (encoder: GPUComputePassEncoder, pass: Pass) => void;

export interface Whitening {
  /** The rows that are swept, of a chunk. */
  rows(chunk: ChunkBuffers): PassRows;
  /** Bound to a chunk, records what is done before the plan and after it. */
  bind(
    uniforms: GPUBufferBinding,
    chunk: ChunkBuffers,
    model: GPUBuffer,
    plan: GPUBuffer,
  ): { before: Record; after: Record };
}

const nothing: Whitening = {
  rows: (chunk) => ({ ...chunk, y: chunk.x, averages: chunk.x }),
  bind: () => ({ before: () => undefined, after: () => undefined }),
};

/** For passes of so many tiles at most. */
export async function whiteningOf(gpu: Gpu, shape: GpuShape, tiles: number, own: Owned): Promise<Whitening> {
  if (!shape.once) return nothing;
  const { device } = gpu;
  const bytes = 4 * tiles * TILE_ROWS * shape.d;
  const buffers = await own.make({ y: [bytes, STORAGE], averages: [bytes, STORAGE] } as const);
  const [whiten, average] = await Promise.all([
    programOf(device, whitenProgram(shape, columnsHeld(gpu.adapter))),
    programOf(device, averageProgram(shape)),
  ]);
  const { y, averages } = buffers;
  return {
    rows: (chunk) => ({ ...chunk, ...buffers }),
    bind(uniforms, { x, v }, model, plan) {
      const whitened = bind(device, whiten, [uniforms, x, model, y]);
      const averaged = bind(device, average, [uniforms, y, v, model, plan, averages]);
      return {
        before: (encoder, { slot, tiles: count }) => dispatch(encoder, whitened, slot, count, gpu),
        after: (encoder, { slot, tiles: count }) =>
          dispatch(encoder, averaged, slot, count * averageParts(shape.d), gpu),
      };
    },
  };
}
