import { lineSize, linesOf, packNatural, type SimdLinear } from '../../../kernels/simd/linear.js';
import { sharedFloats } from '../../threads/shared.js';
import type { LinearTerm } from '../model.js';

/** A linear term as threads are given it: packed once, where all see it. */
export function handedOverLinear(linear: LinearTerm | undefined, k: number): SimdLinear | undefined {
  if (!linear) return undefined;
  const { dense, levels, natural } = linear;
  const packed = sharedFloats(linesOf(linear) * lineSize(k));
  return { dense, levels, natural: packNatural(natural, k, linear, packed) };
}
