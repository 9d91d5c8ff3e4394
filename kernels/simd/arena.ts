/** The first bytes of memory, which the compiler may use. */
const RESERVED = 1024;
const PAGE = 65_536;

/** Places for arrays in a kernel's memory, one after the other, all given back at once. */
export class Arena {
  private top = RESERVED;

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** Gives all places back. */
  begin(): void {
    this.top = RESERVED;
  }

  /** A place for so many 4-byte numbers, at the beginning of a cache line; none may be used before `reserve`. */
  take(count: number): number {
    const at = this.top;
    this.top += Math.ceil((count * 4) / 64) * 64;
    return at;
  }

  /** Grows the memory to hold what was taken. */
  reserve(): void {
    const missing = this.top - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE));
  }

  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count);
  }

  doubles(at: number, count: number): Float64Array {
    return new Float64Array(this.memory.buffer, at, count);
  }

  integers(at: number, count: number): Int32Array {
    return new Int32Array(this.memory.buffer, at, count);
  }

  shorts(at: number, count: number): Uint16Array {
    return new Uint16Array(this.memory.buffer, at, count);
  }

  /** As many numbers as there are, of their type. */
  like(values: Float32Array | Int32Array, at: number): Float32Array | Int32Array {
    return values instanceof Float32Array ? this.floats(at, values.length) : this.integers(at, values.length);
  }
}
