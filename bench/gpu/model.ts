import type { Components } from '../../src/families/components.js';
import type { Family } from '../../src/families/family.js';
import type { PlanModel } from '../../src/sweep/model.js';

/** A model at ε = 1 with free weights. */
export function modelAt(family: Family, components: Components, weights: ArrayLike<number>): PlanModel {
  return {
    components: family.pack(components),
    weights: Float64Array.from(weights),
    potential: new Float64Array(components.k),
    epsilon: 1,
  };
}
