/** A model's quadratic term as fused kernels take it: of no columns where the model has a linear term alone. */
import {
  quadraticIfAny,
  type PackedModel,
  type PackedShape,
  type QuadraticShape,
  type SoleQuadratic,
} from './model.js';

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

/** Throws of Student-t terms, for kernels that know none. */
export function refuseRadial({ quadratic }: Pick<PackedShape, 'quadratic'>, place: string): void {
  if (quadratic.some(({ radial }) => radial !== undefined))
    throw new RangeError(`${place}: Gaussian quadratic terms were expected, got one of Student-t`);
}
