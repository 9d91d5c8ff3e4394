/** Results as JSON that has every bit: short arrays as they are, long ones as a digest beside some of their values. */
import { createHash } from 'node:crypto';

/** Arrays of more values than these are digested. */
const SHORT = 64;
/** Values of a digested array that are kept, evenly spaced. */
const KEPT = 16;

export type Encoded = string | number | boolean | null | readonly Encoded[] | { readonly [field: string]: Encoded };

type Typed = Float64Array | Float32Array | Int32Array;

/** An array that is kept in full, whatever its length. */
export class Trace {
  constructor(readonly values: ArrayLike<number>) {}
}

/**
 * Numbers, strings, lists and records of these; arrays of numbers are taken as one, also if nested.
 * Throws where it does not know what it is given.
 */
export function encoded(value: unknown): Encoded {
  if (typeof value === 'number') return exact(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (value === undefined) return 'undefined';
  if (value instanceof Trace) return Array.from(value.values, exact);
  if (value instanceof Float64Array || value instanceof Float32Array || value instanceof Int32Array) {
    return array(value);
  }
  if (Array.isArray(value)) {
    const flat = value.flat(3) as unknown[];
    const numeric = flat.length > 0 && flat.every((entry) => typeof entry === 'number');
    return numeric ? array(Float64Array.from(flat)) : value.map(encoded);
  }
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([field, entry]) => [field, encoded(entry)]));
  }
  throw new Error(`fingerprint: expected numbers, strings, lists or records of them, got a ${typeof value}`);
}

/** JSON has shortest digits that give the same float64 again; of -0, NaN and infinities it has nothing. */
function exact(value: number): Encoded {
  return Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
}

/** The number that was encoded; undefined for what was none. */
export function decoded(value: Encoded): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && ['-0', 'NaN', 'Infinity', '-Infinity'].includes(value)) return Number(value);
  return undefined;
}

function array(values: Typed): Encoded {
  if (values.length <= SHORT) return Array.from(values, exact);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const at = (i: number): number => values[Math.floor((i * (values.length - 1)) / (KEPT - 1))];
  return {
    type: values.constructor.name,
    length: values.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    values: Array.from({ length: KEPT }, (_, i) => exact(at(i))),
  };
}
