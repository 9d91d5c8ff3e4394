import { lineSize, linesOf, packNatural, type SimdLinear } from '../../../kernels/simd/linear.js';
import { sharedFloats } from '../../threads/shared.js';
import { quadraticIfAny, type LinearTerm, type PackedModel, type PackedShape, type QuadraticShape, type SoleQuadratic } from '../model.js'; // prettier-ignore

const none: QuadraticShape = { form: 'diag', d: 0 };

/** The quadratic term of a model that has one at most: of no columns where there is none. */
export function quadraticOf({ k, quadratic }: PackedModel): SoleQuadratic {
  const nothing = new Float32Array();
  return { k, ...(quadraticIfAny({ quadratic }) ?? { ...none, means: nothing, whitening: nothing }) };
}

/** The same of its shape. */
export function shapeOf(shape: Pick<PackedShape, 'quadratic'>): QuadraticShape {
  return quadraticIfAny(shape) ?? none;
}

/** A linear term as threads are given it: packed once, where all see it. */
export function handedOverLinear(linear: LinearTerm | undefined, k: number): SimdLinear | undefined {
  if (!linear) return undefined;
  const { dense, levels, natural } = linear;
  const packed = sharedFloats(linesOf(linear) * lineSize(k));
  return { dense, levels, natural: packNatural(natural, k, linear, packed) };
}
