import * as tf from '@tensorflow/tfjs';
import { InputError } from '../errors.js';
import { flatten, isTensor, requireTensor, type Numbers } from '../tensors/check.js';

/** Row-major values and their shape. */
export interface ShapedArray {
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly number[];
}

/** Numbers as a float32 tensor, as nested arrays, or as a typed array with its shape. */
export type SinkhornNumbers = Numbers | ShapedArray;

/** Numbers in the host's memory. */
export interface HostArray {
  readonly values: Float64Array;
  readonly shape: readonly number[];
}

export function isShaped(value: unknown): value is ShapedArray {
  return typeof value === 'object' && value !== null && 'data' in value && 'shape' in value && !isTensor(value);
}

/**
 * Numbers of one of these shapes as float64 in the host's memory, copied; tensors are read. Throws `InputError` for
 * other shapes, and for numbers that are not finite.
 */
export async function hostArray(given: SinkhornNumbers, where: string, shapes: readonly string[]): Promise<HostArray> {
  if (isTensor(given)) {
    requireTensor(given, where, shapes);
    const values = Float64Array.from(await given.data());
    requireFinite(values, where);
    return { values, shape: given.shape };
  }
  const { values, shape } = isShaped(given) ? shaped(given, where) : flatten(given, where);
  if (shapes.some((letters) => letters.split(',').length === shape.length) && values.length > 0) {
    return { values, shape };
  }
  throw new InputError('shape', {
    where,
    expected: shapes.join(' or '),
    got: `[${shape.join(', ')}]`,
    remedy: 'give arrays nested that deep, or { data, shape }',
  });
}

function shaped({ data, shape }: ShapedArray, where: string): HostArray {
  const whole = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!whole || !(data instanceof Float32Array || data instanceof Float64Array) || sizeOf(shape) !== data.length) {
    throw new InputError('shape', {
      where,
      expected: 'data, a Float32Array or Float64Array, of as many numbers as shape says',
      got: `shape [${String(shape)}] and ${typeof data === 'object' && data !== null ? data.length : typeof data} values`,
      remedy: 'give the shape that the values have',
    });
  }
  const values = Float64Array.from(data);
  requireFinite(values, where);
  return { values, shape };
}

function sizeOf(shape: readonly number[]): number {
  return tf.util.sizeFromShape([...shape]);
}

export function requireFinite(values: ArrayLike<number>, where: string): void {
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new InputError('value', {
      where,
      expected: 'finite numbers',
      got: String(values[at]),
      remedy: 'replace it; where nothing should go, put a weight of 0 or a cost far above the others',
    });
  }
}
