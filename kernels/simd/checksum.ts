import { bytesOfBase64 } from '../base64.js';
import { Arena } from './arena.js';
import { checksumKernel } from './generated-checksum.js';
import { instantiate } from './instance.js';

/** What assembly/checksum.ts exports. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  begin(seed: number): void;
  add(from: number, bytes: number): void;
  end(into: number): void;
}

/** Bytes of a checksum. */
export const CHECKSUM_BYTES = 8;
/** Bytes that are summed up at once: few enough for the second-level cache. */
const PIECE = 2 ** 16;

class ChecksumKernel {
  private readonly wasm: Exports;
  /** Memory of the kernel: a piece, and what it comes to. */
  private readonly piece: Uint8Array;
  private readonly result: Uint8Array;

  constructor() {
    this.wasm = instantiate(new WebAssembly.Module(bytesOfBase64(checksumKernel))) as unknown as Exports;
    const { memory } = this.wasm;
    const arena = new Arena(memory);
    const [piece, result] = [arena.take(PIECE / 4), arena.take(CHECKSUM_BYTES / 4)];
    arena.reserve();
    this.piece = new Uint8Array(memory.buffer, piece, PIECE);
    this.result = new Uint8Array(memory.buffer, result, CHECKSUM_BYTES);
  }

  of(bytes: Uint8Array, seed: number): Uint8Array {
    const { wasm, piece, result } = this;
    wasm.begin(seed);
    for (let from = 0; from < bytes.length; from += PIECE) {
      const some = bytes.subarray(from, from + PIECE);
      piece.set(some);
      wasm.add(piece.byteOffset, some.length);
    }
    wasm.end(result.byteOffset);
    return result;
  }
}

/** The thread's own. It is of some hundred bytes, so that nobody need wait until it is compiled. */
let kernel: ChecksumKernel | undefined;

/**
 * XXH64 (Y. Collet, xxHash fast digest algorithm, version 0.2.0) of bytes, a multiple of 32 and not none: little-endian, valid
 * until another is asked for. `seed`: a whole number below 2⁵³. A change within 8 bytes changes the checksum for sure; other
 * changes go unseen once in 2⁶⁴.
 */
export function checksumOf(bytes: Uint8Array, seed: number): Uint8Array {
  kernel ??= new ChecksumKernel();
  return kernel.of(bytes, seed);
}
