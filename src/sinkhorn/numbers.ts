import { isTensor } from '../../kernels/engine.js';
import { finite, isList, nestedNumbers, numbersOf, placeOf, shown, type Rule } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { HostArray } from '../geometry/problem.js';
import { requireTensor, type Numbers } from '../tensors/check.js';

/** Row-major values and their shape. */
export interface ShapedArray {
  readonly data: Float32Array | Float64Array;
  readonly shape: readonly number[];
}

/** Numbers as a float32 tensor, as nested arrays, or as a typed array with its shape. */
export type SinkhornNumbers = Numbers | ShapedArray;

export function isShaped(value: unknown): value is ShapedArray {
  return typeof value === 'object' && value !== null && 'data' in value && 'shape' in value && !isTensor(value);
}

/**
 * Numbers of one of these shapes as float64 in the host's memory, copied; tensors are read. Throws `InputError` for
 * other shapes, and for numbers that the rule does not allow.
 */
export async function hostArray(
  given: SinkhornNumbers,
  where: string,
  shapes: readonly string[],
  rule = finite,
): Promise<HostArray> {
  if (isTensor(given)) {
    requireTensor(given, where, shapes);
    const { shape } = given;
    return { values: checked(await given.data(), shape, where, rule), shape };
  }
  const { values, shape } = isShaped(given) ? shaped(given, where, rule) : nestedNumbers(given, where, rule);
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

function shaped({ data, shape }: ShapedArray, where: string, rule: Rule): HostArray {
  const whole = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!whole || !(data instanceof Float32Array || data instanceof Float64Array) || sizeOf(shape) !== data.length) {
    throw new InputError('shape', {
      where,
      expected: 'data, a Float32Array or Float64Array, of as many numbers as shape says',
      got: `shape ${shown(shape)} and ${isList(data) ? data.length : shown(data)} values`,
      remedy: 'give the shape that the values have',
    });
  }
  return { values: checked(data, shape, where, rule), shape };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** Row-major values of this shape, checked. */
function checked(data: ArrayLike<number>, shape: readonly number[], where: string, rule: Rule): Float64Array {
  return numbersOf(data, where, rule, (index) => placeOf(index, shape));
}
