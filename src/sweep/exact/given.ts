import type { PackedModel } from '../model.js';
import { emptyMoments, type Moments } from '../moments.js';
import { completed } from '../seen.js';
import { exactPlan } from './plan.js';
import { adder } from './shard.js';

/** Sums over rows whose responsibilities are given. */
export interface GivenSums {
  /** Adds the row of `values` that begins at `from` with its weight and its shares `[k]`. */
  add(values: Float64Array, from: number, weight: number, shares: Float64Array): void;
  /** The moments of all, about the means of the model; to be called once. */
  finish(): Moments;
}

/**
 * Moments of rows that may lack columns, which are completed by what each component makes of them: an M-step from given
 * responsibilities. All rows have the same say in it, however far out they are.
 */
export function givenSums(packed: PackedModel): GivenSums {
  const quadratic = packed.quadratic.map(({ radial: _, degrees: _degrees, ...term }) => term);
  const components = { ...packed, quadratic };
  const { k } = packed;
  const model = { components, weights: new Float64Array(k).fill(1 / k), potential: new Float64Array(k), epsilon: 1 };
  const plan = exactPlan(model);
  const moments = emptyMoments(components);
  const add = adder(moments, model);
  return {
    add(values, from, weight, shares) {
      const row = plan.of(values, from);
      row.shares.set(shares);
      moments.weight += weight;
      add(row, weight, values, from);
    },
    finish() {
      plan.gaps.forEach((gaps, q) => gaps.complete(moments.quadratic[q]));
      return completed(moments, components);
    },
  };
}
