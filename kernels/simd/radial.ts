/** How a Student-t term lies in memory for the fused CPU kernel (assembly/radial.ts). */
import type { SimdModel } from './model.js';

/**
 * The most degrees of freedom that the kernel computes with: from here on a Student-t is a Gaussian in float32, up to 1e5
 * standard deviations.
 */
const MOST_DEGREES = 2 ** 60;

/** The degrees of freedom that the kernel computes with, `[k]`: infinite ones are so many. */
export function finiteDegrees({ k, degrees }: Pick<SimdModel, 'k' | 'degrees'>): Float64Array {
  return Float64Array.from({ length: k }, (_, c) => Math.min(degrees?.[c] ?? Infinity, MOST_DEGREES));
}

/** 1/ν, 1 + d/ν, −rate (ν + d) and the offset of each component, `[k, 4]`. */
export function radialParameters(model: SimdModel): Float32Array {
  const { d, offsets, rate } = model;
  const parameters = new Float32Array(4 * model.k);
  finiteDegrees(model).forEach((degrees, c) => {
    parameters.set([1 / degrees, 1 + d / degrees, -rate * (degrees + d), offsets[c]], 4 * c);
  });
  return parameters;
}
