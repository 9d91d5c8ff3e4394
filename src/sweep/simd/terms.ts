import { lineSize, linesOf, packNatural, type SimdLinear } from '../../../kernels/simd/linear.js';
import { sharedFloats } from '../../threads/shared.js';
import { soleQuadratic, type LinearTerm, type PackedModel, type QuadraticShape, type SoleQuadratic } from '../model.js';

/** The quadratic term of a model that has one at most: of no columns where there is none. */
export function quadraticOf({ k, quadratic, linear }: PackedModel): SoleQuadratic {
  if (quadratic.length > 0 || !linear) return soleQuadratic({ k, quadratic });
  const nothing = new Float32Array();
  return { k, ...shapeOf({ quadratic }), means: nothing, whitening: nothing };
}

/** The same of its shape. */
export function shapeOf({ quadratic }: { readonly quadratic: readonly QuadraticShape[] }): QuadraticShape {
  const [{ form, d } = { form: 'diag' as const, d: 0 }] = quadratic;
  return { form, d };
}

/** A linear term as threads are given it: packed once, where all see it. */
export function handedOverLinear(linear: LinearTerm | undefined, k: number): SimdLinear | undefined {
  if (!linear) return undefined;
  const { dense, levels, natural } = linear;
  const packed = sharedFloats(linesOf(linear) * lineSize(k));
  return { dense, levels, natural: packNatural(natural, k, linear, packed) };
}
