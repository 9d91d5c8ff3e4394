/** Memory that worker threads see, where the platform has it. */
export function sharedBytes(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

export const sharedFloats = (length: number): Float32Array => new Float32Array(sharedBytes(length * 4));
export const sharedDoubles = (length: number): Float64Array => new Float64Array(sharedBytes(length * 8));
export const sharedIntegers = (length: number): Int32Array => new Int32Array(sharedBytes(length * 4));

/** A copy in float64 that worker threads see. */
export function inShared(values: ArrayLike<number>): Float64Array {
  const own = sharedDoubles(values.length);
  own.set(values);
  return own;
}
