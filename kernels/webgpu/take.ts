import { makeBuffers, readBuffer, USAGE } from './buffers.js';
import type { Gpu } from './device.js';
import { fromHalf } from './half.js';
import { TILE_ROWS } from './layout.js';
import { Recorder } from './recorder.js';
import type { ResidentRows } from './resident.js';
import { bytesOf } from './rows.wgsl.js';

/** The rows of these indices, `[indices.length, d]`; each chunk of them is asked for once. */
export async function takeRows(gpu: Gpu, rows: ResidentRows, indices: readonly number[]): Promise<Float32Array> {
  const { d, chunks, n } = rows;
  const bytes = 4 * d * indices.length; // of float16 two numbers are copied, a word
  const size = bytesOf(rows.format);
  if (bytes === 0) return new Float32Array();
  const { readback } = await makeBuffers(gpu, { readback: [bytes, USAGE.mapRead | USAGE.copyTarget] } as const);
  try {
    const recorder = new Recorder(gpu);
    for (const position of [...indices.keys()].sort((one, other) => indices[one] - indices[other])) {
      const index = indices[position];
      if (index < 0 || index >= n) throw new RangeError(`row ${index} of ${n}`);
      const at = chunks.findLastIndex(({ start }) => start <= index);
      const { x } = await rows.buffersOf(at, recorder);
      const local = index - chunks[at].start;
      const tile = Math.floor(local / TILE_ROWS) * TILE_ROWS * d + (local % TILE_ROWS);
      for (let j = 0; j < d; j++) {
        const word = Math.floor((size * (tile + j * TILE_ROWS)) / 4);
        recorder.commands.copyBufferToBuffer(x, 4 * word, readback, 4 * (position * d + j), 4);
      }
    }
    recorder.submit();
    const words = await readBuffer(gpu, readback, bytes);
    return rows.format === 'float16' ? fromWords(words, d, indices) : new Float32Array(words);
  } finally {
    readback.destroy();
  }
}

/** Of words of two neighbouring rows in float16 those that were asked for. */
function fromWords(words: ArrayBuffer, d: number, indices: readonly number[]): Float32Array {
  const halves = new Uint16Array(words); // the earlier row is in the lower half, which comes first
  return Float32Array.from({ length: halves.length / 2 }, (_, at) =>
    fromHalf(halves[2 * at + (indices[Math.floor(at / d)] % 2)]),
  );
}
