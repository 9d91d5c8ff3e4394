/**
 * Values as bytes, for other processes: JSON, of which typed arrays, and numbers that JSON lacks, stand apart. Nothing in
 * the bytes is ever run.
 */
import { FrameError } from './frames.js';

/** Which codec wrote a value: others are refused. */
const VERSION = 1;
/** `OTX` and the version, the length of the JSON, and 8 bytes in all. */
const HEAD = 8;
/** Arrays begin at multiples of this. */
const ALIGNED = 8;

const kinds = {
  f32: Float32Array,
  f64: Float64Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
} as const;
type Kind = keyof typeof kinds;
type Typed = InstanceType<(typeof kinds)[Kind]>;

/** What stands in JSON for what it can't say; the key no other object in the JSON has. */
const MARK = '$';

/** Numbers that JSON lacks. */
const numbers: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity, '-0': -0 };

/**
 * The bytes of a value of objects, arrays, texts, numbers, booleans, null and typed arrays. Entries that are undefined
 * are left out. What comes of them has the same bits.
 */
export function encodeValue(value: unknown): Uint8Array {
  const arrays: Typed[] = [];
  let size = 0;
  const taken = (array: Typed): unknown => {
    const [kind] = (Object.keys(kinds) as Kind[]).filter((name) => array instanceof kinds[name]);
    if (kind === undefined) throw new TypeError('a typed array that has no place in messages');
    const at = size;
    arrays.push(array);
    size += Math.ceil(array.byteLength / ALIGNED) * ALIGNED;
    return { [MARK]: [kind, at, array.length] };
  };
  const json = new TextEncoder().encode(JSON.stringify(written(value, taken)));
  const start = Math.ceil((HEAD + json.length) / ALIGNED) * ALIGNED;
  const bytes = new Uint8Array(start + size);
  bytes.set([0x4f, 0x54, 0x58, VERSION]);
  new DataView(bytes.buffer).setUint32(4, json.length, true);
  bytes.set(json, HEAD);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += Math.ceil(byteLength / ALIGNED) * ALIGNED;
  }
  return bytes;
}

/**
 * The value of bytes that `encodeValue` made; throws `FrameError` for others. Its arrays lie in these bytes where they are
 * aligned there.
 */
export function decodeValue(bytes: Uint8Array): unknown {
  const [o, t, x, version] = bytes;
  if (bytes.length < HEAD || o !== 0x4f || t !== 0x54 || x !== 0x58) throw new FrameError('bytes that are no message');
  if (version !== VERSION) throw new FrameError(`a message of version ${version}, where ${VERSION} was expected`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  const start = Math.ceil((HEAD + length) / ALIGNED) * ALIGNED;
  if (start > bytes.length) throw new FrameError('a message that is cut short');
  const body = alignedFrom(start, bytes);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(HEAD, HEAD + length)));
  } catch {
    throw new FrameError('a message whose text is no JSON');
  }
  return read(json, body);
}

/** Bytes from a multiple of `ALIGNED` on, as they lie or in a buffer in which they are aligned. */
function alignedFrom(start: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  const asTheyLie = byteOffset % ALIGNED === 0 && buffer instanceof ArrayBuffer;
  return asTheyLie ? new Uint8Array(buffer, byteOffset + start, length - start) : bytes.slice(start);
}

/** A value as JSON can say it. */
function written(value: unknown, taken: (array: Typed) => unknown): unknown {
  if (typeof value === 'number')
    return isPlain(value) ? value : { [MARK]: [Object.is(value, -0) ? '-0' : String(value)] };
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((entry) => written(entry ?? null, taken));
  if (ArrayBuffer.isView(value)) return taken(value as Typed);
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no place in messages`);
  const entries = Object.entries(value).map(([key, entry]): [string, unknown] => [key, written(entry, taken)]);
  return MARK in value ? { [MARK]: ['object', entries] } : Object.fromEntries(entries);
}

function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function read(json: unknown, body: Uint8Array<ArrayBuffer>): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((entry) => read(entry, body));
  if (MARK in json) return marked(json[MARK], body);
  return Object.fromEntries(Object.entries(json).map(([key, entry]) => [key, read(entry, body)]));
}

/** What stood in the place of a mark. */
function marked(mark: unknown, body: Uint8Array<ArrayBuffer>): unknown {
  const [kind, at, length] = Array.isArray(mark) ? (mark as unknown[]) : [];
  if (typeof kind === 'string' && Object.hasOwn(numbers, kind)) return numbers[kind];
  if (kind === 'object' && Array.isArray(at) && at.every(isEntry)) {
    return Object.fromEntries(at.map(([key, entry]) => [key, read(entry, body)]));
  }
  if (typeof kind !== 'string' || !Object.hasOwn(kinds, kind)) throw new FrameError('a message with an unknown mark');
  const Typed = kinds[kind as Kind];
  const sound = isSize(at) && isSize(length) && at % ALIGNED === 0;
  if (!sound || at + length * Typed.BYTES_PER_ELEMENT > body.byteLength) {
    throw new FrameError('a message whose arrays lie outside it');
  }
  return new Typed(body.buffer, body.byteOffset + at, length);
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isEntry = (entry: unknown): entry is [string, unknown] => Array.isArray(entry) && typeof entry[0] === 'string';
