/** Plain values as text and back, to the last bit: what JSON can't hold is an object with one key that no value has. */
import { bytesOfBase64 } from '../../kernels/base64.js';

/** Typed arrays that values may have, by the keys that hold their bytes. */
const arrays = { '~f64': Float64Array, '~f32': Float32Array, '~i32': Int32Array, '~u8': Uint8Array } as const;
const NUMBER = '~number';
/** Bytes that become characters at once: a call takes so many arguments. */
const CHUNK = 0x2000;

/**
 * A value as JSON: numbers, texts, booleans, null, lists, objects and typed arrays in any nesting. Entries that are undefined
 * are left out. Typed arrays are their bytes, so that all bits come back. Throws `RangeError` for what is not plain.
 */
export function plainText(value: unknown): string {
  return JSON.stringify(encoded(value));
}

/** The value of such a text. Throws `SyntaxError` for what is none. */
export function fromPlainText(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => decoded(value));
}

function encoded(value: unknown): unknown {
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { [NUMBER]: nameOf(value) };
  if (typeof value !== 'object' || value === null) return atom(value);
  for (const [key, type] of Object.entries(arrays)) if (value instanceof type) return { [key]: base64(value) };
  if (Array.isArray(value)) return value.map(encoded);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notPlain(value.constructor.name);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, encoded(entry)]));
}

function atom(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
    throw notPlain(typeof value);
  return value;
}

function nameOf(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function decoded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [[key, held] = [undefined, undefined], ...others] = Object.entries(value) as [string, unknown][];
  if (others.length > 0 || typeof held !== 'string' || key === undefined) return value;
  if (key === NUMBER) return Number(held);
  if (!(key in arrays)) return value;
  return new arrays[key as keyof typeof arrays](bytesOfBase64(held).buffer);
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let characters = '';
  for (let from = 0; from < byteLength; from += CHUNK) {
    characters += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return btoa(characters);
}

function notPlain(kind: string): RangeError {
  return new RangeError(`plain values were expected, got ${kind}`);
}
