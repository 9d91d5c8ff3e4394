import { makeBuffers, readBuffer, USAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { TILE_ROWS } from './layout.js';
import { Recorder } from './recorder.js';
import type { ResidentRows } from './resident.js';

/** The rows of these indices, `[indices.length, d]`. */
export async function takeRows(gpu: Gpu, rows: ResidentRows, indices: readonly number[]): Promise<Float32Array> {
  const { d, chunks, n } = rows;
  const bytes = 4 * d * indices.length;
  if (bytes === 0) return new Float32Array();
  const { readback } = await makeBuffers(gpu, { readback: [bytes, USAGE.mapRead | USAGE.copyTarget] } as const);
  try {
    const recorder = new Recorder(gpu);
    for (const [position, index] of indices.entries()) {
      if (index < 0 || index >= n) throw new RangeError(`row ${index} of ${n}`);
      const at = chunks.findLastIndex(({ start }) => start <= index);
      const { x } = await rows.buffersOf(at, recorder);
      const local = index - chunks[at].start;
      const tile = Math.floor(local / TILE_ROWS) * TILE_ROWS * d + (local % TILE_ROWS);
      for (let j = 0; j < d; j++) {
        recorder.commands.copyBufferToBuffer(x, 4 * (tile + j * TILE_ROWS), readback, 4 * (position * d + j), 4);
      }
    }
    recorder.submit();
    return new Float32Array(await readBuffer(gpu, readback, bytes));
  } finally {
    readback.destroy();
  }
}
