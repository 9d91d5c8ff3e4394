import * as zlib from 'node:zlib';
import type * as Arrow from 'apache-arrow';

/** Teaches apache-arrow to read compressed record batches; it knows the format but brings no decoder. */
export function registerCodecs(arrow: typeof Arrow): void {
  const { compressionRegistry, CompressionType } = arrow;
  if (compressionRegistry.get(CompressionType.LZ4_FRAME) === null) {
    compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4 });
  }
  const zstd: unknown = Reflect.get(zlib, 'zstdDecompressSync'); // since Node 22.15
  if (typeof zstd === 'function' && compressionRegistry.get(CompressionType.ZSTD) === null) {
    compressionRegistry.set(CompressionType.ZSTD, { decode: zstd as (data: Uint8Array) => Uint8Array });
  }
}

/**
 * Decodes an LZ4 frame, the default compression of Feather files. Checksums are not verified.
 * Format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function decodeLz4(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) throw new Error('not an LZ4 frame');
  const flags = frame[4];
  const checksum = flags & 0b10000 ? 4 : 0; // after each block
  const largest = 1 << (8 + 2 * ((frame[5] >> 4) & 7)); // bytes a block may decode to
  const start = 7 + (flags & 0b1000 ? 8 : 0) + (flags & 1 ? 4 : 0); // past content size and dictionary id
  const blocks: Block[] = [];
  for (let at = start, header; (header = view.getUint32(at, true)) !== 0; at += (header & 0x7fffffff) + 4 + checksum) {
    blocks.push({ start: at + 4, end: at + 4 + (header & 0x7fffffff), stored: header >>> 31 === 1 });
  }
  const out = new Uint8Array(Math.min(blocks.length * largest, frame.length * 255));
  let length = 0;
  for (const block of blocks) length = decodeBlock(frame, block, out, length);
  return out.subarray(0, length);
}

interface Block {
  readonly start: number;
  readonly end: number;
  /** Not compressed. */
  readonly stored: boolean;
}

/** Appends a decoded block to `out` at `to` and returns where it ends. */
function decodeBlock(frame: Uint8Array, { start, end, stored }: Block, out: Uint8Array, to: number): number {
  if (end > frame.length) throw new Error('an LZ4 block cut short');
  let at = start;
  const copyLiterals = (count: number) => {
    if (at + count > end || to + count > out.length) throw new Error('an LZ4 block with a bad length');
    out.set(frame.subarray(at, at + count), to);
    at += count;
    to += count;
  };
  const extended = (nibble: number) => {
    let length = nibble;
    if (nibble === 15) {
      let byte;
      do {
        if (at >= end) throw new Error('an LZ4 block with a bad length');
        length += byte = frame[at++];
      } while (byte === 255);
    }
    return length;
  };
  if (stored) {
    copyLiterals(end - start);
    return to;
  }
  while (at < end) {
    const token = frame[at++];
    copyLiterals(extended(token >> 4));
    if (at >= end) break; // the last sequence has no match
    const distance = frame[at] | (frame[at + 1] << 8);
    at += 2;
    const length = extended(token & 15) + 4;
    if (distance === 0 || distance > to || to + length > out.length) throw new Error('an LZ4 block with a bad match');
    if (distance >= length) out.copyWithin(to, to - distance, to - distance + length);
    else for (let i = 0; i < length; i++) out[to + i] = out[to + i - distance]; // overlaps itself
    to += length;
  }
  return to;
}
