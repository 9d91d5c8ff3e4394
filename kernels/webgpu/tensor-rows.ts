/** Rows that lie on a device as a row-major matrix: described and put into tiles there. */
import { makeBuffers, readBuffer, STORAGE, UNIFORMS, USAGE } from './buffers.js';
import { disposeChunks, makeChunk, type Chunk } from './chunks.js';
import type { Gpu } from './device.js';
import { BLOCK_ROWS, TILE_ROWS } from './layout.js';
import { programOf } from './program.js';
import { Recorder } from './recorder.js';
import { ResidentRows } from './resident.js';
import { chunkRows } from './rows-builder.js';
import { DESCRIPTION, describeProgram, encodeProgram, TENSOR_WORKGROUP } from './tensor-rows.wgsl.js';
import { bind, dispatch, writeSlots } from './work.js';
import { PASS_SLOT } from './pass.wgsl.js';

/** Blocks that rows are described by, at the most. */
const MOST_BLOCKS = 4096;

/** How columns become tiles: x − shift, times 1 / scale, `[d]` each; and what each row weighs. */
export interface TensorEncoding {
  readonly shift: Float64Array;
  readonly scale: Float64Array;
  readonly weight: number;
  /** How far from 0 values are held at most. */
  readonly farthest: number;
}

/** A matrix `[n, d]` of float32 in a buffer of the device, which must be there as long. */
export class TensorRows {
  /** Rows of a block. */
  readonly blockRows: number;

  constructor(
    private readonly gpu: Gpu,
    private readonly buffer: GPUBuffer,
    readonly n: number,
    readonly d: number,
  ) {
    this.blockRows = BLOCK_ROWS * Math.max(1, Math.ceil(n / (BLOCK_ROWS * MOST_BLOCKS)));
  }

  /** What the columns of each block are like, `[blocks, d, 8]`: tensor-rows.wgsl.ts. */
  async describe(): Promise<Float32Array> {
    const { gpu, n, d, blockRows } = this;
    const { device } = gpu;
    const blocks = Math.ceil(n / blockRows);
    const bytes = 4 * DESCRIPTION * blocks * d;
    const program = await programOf(device, describeProgram(d));
    const buffers = await makeBuffers(gpu, {
      sizes: [PASS_SLOT, UNIFORMS],
      found: [bytes, STORAGE],
      readback: [bytes, USAGE.mapRead | USAGE.copyTarget],
    } as const);
    try {
      writeSlots(device, buffers.sizes, [[n, blockRows, blocks, 0]]);
      const recorder = new Recorder(gpu);
      const bound = bind(device, program, [{ buffer: buffers.sizes, size: 16 }, this.buffer, buffers.found]);
      dispatch(recorder.compute, bound, 0, Math.ceil((blocks * d) / TENSOR_WORKGROUP), gpu);
      recorder.commands.copyBufferToBuffer(buffers.found, 0, buffers.readback, 0, bytes);
      recorder.submit();
      return new Float32Array(await readBuffer(gpu, buffers.readback, bytes));
    } finally {
      for (const buffer of Object.values(buffers)) buffer.destroy();
    }
  }

  /** Some rows as they are, `[indices.length, d]`. */
  async take(indices: readonly number[]): Promise<Float32Array> {
    const { gpu, d } = this;
    const bytes = 4 * d * indices.length;
    const { readback } = await makeBuffers(gpu, { readback: [bytes, USAGE.mapRead | USAGE.copyTarget] } as const);
    try {
      const recorder = new Recorder(gpu);
      for (const [at, row] of indices.entries()) {
        recorder.commands.copyBufferToBuffer(this.buffer, 4 * d * row, readback, 4 * d * at, 4 * d);
      }
      recorder.submit();
      return new Float32Array(await readBuffer(gpu, readback, bytes));
    } finally {
      readback.destroy();
    }
  }

  /** The rows in tiles, with memory of their own. Throws `GpuError('memory')` where there is none left. */
  async encode(encoding: TensorEncoding): Promise<ResidentRows> {
    const { gpu, n, d } = this;
    const { device } = gpu;
    const { weight, farthest } = encoding;
    const program = await programOf(device, encodeProgram(d, farthest));
    const shape = { d, format: 'float32' } as const;
    const rows = chunkRows(gpu, shape);
    const count = Math.ceil(n / rows);
    const { columns, sizes } = await makeBuffers(gpu, {
      columns: [16 * d, STORAGE],
      sizes: [PASS_SLOT * count, UNIFORMS],
    } as const);
    const chunks: Chunk[] = [];
    try {
      device.queue.writeBuffer(columns, 0, packed(encoding));
      const places = Array.from({ length: count }, (_, index) =>
        placeOf(index * rows, Math.min(n, (index + 1) * rows)),
      );
      writeSlots(
        device,
        sizes,
        places.map(({ start, rows: own, tiles }) => [start, start + own, tiles, 0]),
      );
      const recorder = new Recorder(gpu);
      for (const [index, place] of places.entries()) {
        const resident = await makeChunk(gpu, shape, place.tiles);
        chunks.push({ ...place, resident });
        const bindings = [{ buffer: sizes, size: 16 }, this.buffer, columns, resident.x, resident.v];
        dispatch(recorder.compute, bind(device, program, bindings), PASS_SLOT * index, place.tiles * d, gpu);
      }
      recorder.submit();
      const tileWeights = Float64Array.from(
        { length: Math.ceil(n / TILE_ROWS) },
        (_, tile) => weight * Math.min(TILE_ROWS, n - tile * TILE_ROWS),
      );
      return new ResidentRows(gpu, shape, chunks, tileWeights);
    } catch (error) {
      disposeChunks(chunks);
      throw error;
    } finally {
      columns.destroy(); // once the commands are done
      sizes.destroy();
    }
  }
}

function placeOf(
  start: number,
  end: number,
): { readonly start: number; readonly rows: number; readonly tiles: number } {
  return { start, rows: end - start, tiles: Math.ceil((end - start) / TILE_ROWS) };
}

/** As the kernel reads it: `[d]` quads of the shift, what float32 leaves of it, the inverse of the scale, and the weight. */
function packed({ shift, scale, weight }: TensorEncoding): Float32Array<ArrayBuffer> {
  const columns = new Float32Array(4 * shift.length);
  for (let j = 0; j < shift.length; j++) {
    const high = Math.fround(shift[j]);
    columns.set([high, shift[j] - high, 1 / scale[j], weight], 4 * j);
  }
  return columns;
}
