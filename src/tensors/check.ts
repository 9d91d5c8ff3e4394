/** What tensors of the user must be before kernels see them. */
import { tf } from '#tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { backendOf, bindingLimit, isTensor } from '../../kernels/engine.js';
import { isList, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';

/** Numbers as nested arrays (read in float64) or as a float32 tensor (not read back, and differentiable). */
export type Numbers = Tensor | NestedNumbers;

/** Numbers in arrays of equal lengths. */
export type NestedNumbers = readonly number[] | Float32Array | Float64Array | readonly NestedNumbers[];

/** Throws `InputError` unless the value is a float32 tensor of one of these ranks with no dimension of 0. */
export function requireTensor(value: unknown, where: string, shapes: readonly string[]): asserts value is Tensor {
  const expected = `a float32 tensor ${shapes.join(' or ')}`;
  if (!isTensor(value)) {
    throw new InputError('shape', { where, expected, got: nameOf(value), remedy: 'make a tensor of it' });
  }
  if (value.isDisposed) {
    throw new InputError('value', { where, expected, got: 'a disposed one', remedy: 'dispose it after this call' });
  }
  if (value.dtype !== 'float32') {
    throw new InputError('value', {
      where,
      expected,
      got: value.dtype,
      remedy: "cast it by tf.cast(tensor, 'float32')",
    });
  }
  if (!shapes.some((shape) => rankOf(shape) === value.rank) || value.size === 0) {
    throw new InputError('shape', { where, expected, got: written(value.shape), remedy: 'reshape it' });
  }
}

/** The batches of a shape that is `expected`, or that with B in front; throws `InputError('shape')` for any other. */
export function requireFits(
  shape: readonly number[],
  letters: string,
  expected: readonly number[],
  where: string,
  remedy = 'correct it',
): number | undefined {
  const batched = shape.length === rankOf(letters) + 1;
  const own = batched ? shape.slice(1) : shape;
  if (own.length === expected.length && own.every((size, at) => size === expected[at])) {
    return batched ? shape[0] : undefined;
  }
  throw new InputError('shape', {
    where,
    expected: `[${letters}] = ${written(expected)}, or [B, ${letters}]`,
    got: written(shape),
    remedy,
  });
}

/** The rank of a shape as it is written in messages. */
function rankOf(shape: string): number {
  return shape.split(',').length;
}

/** A shape in messages. */
function written(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

function nameOf(value: unknown): string {
  return isList(value) ? 'an array' : shown(value);
}

/**
 * Throws `InputError` where tensors live on different backends: moving one would read it back, or move the user's own.
 */
export function requireOneBackend(where: string, tensors: Readonly<Record<string, unknown>>): string {
  const homes = Object.entries(tensors).flatMap(([name, value]) =>
    isTensor(value) ? [{ name, home: backendOf(value) }] : [],
  );
  const [first] = homes;
  const other = homes.find(({ home }) => home !== first.home);
  if (!other) return first.home;
  throw new InputError('backend', {
    where,
    expected: 'tensors of one backend',
    got: `${first.name} on ${first.home} and ${other.name} on ${other.home}`,
    remedy: `make ${other.name} on ${first.home}, or give it as an array`,
  });
}

/** Throws `InputError` where a tensor has more bytes than the backend's kernels can reach. */
export function requireWithinLimit(where: string, backend: string, shapes: readonly (readonly number[])[]): void {
  const limit = bindingLimit(backend);
  for (const shape of shapes) {
    if (4 * tf.util.sizeFromShape([...shape]) <= limit) continue;
    throw new InputError('shape', {
      where,
      expected: `tensors of at most ${limit} bytes on ${backend}, the device's limit`,
      got: `a float32 ${written(shape)}`,
      remedy: 'compute it for fewer rows at a time',
    });
  }
}
