import { operationsPerRow } from '../../kernels/form.js';
import type { PackedShape } from './model.js';

/** Floating point operations of a sweep per row by a model of this shape, over all of its terms. */
export function sweepOperations({ k, quadratic, linear }: PackedShape, coupling = false): number {
  const squares = quadratic.reduce((sum, { form, d }) => sum + operationsPerRow({ form, k, d }), 0);
  const products = linear ? k * (4 * linear.dense + 2 * linear.levels.length) : 0;
  return squares + products + (coupling ? k * k : 0);
}
