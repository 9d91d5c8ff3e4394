import { total } from '../base/numbers.js';
import type { MarginalSolver } from './solver.js';
import { EXACT } from './tolerance.js';

/**
 * w = m, g = 0: one sweep is enough. Divided by Σ m, which float32 makes differ from Σ a, so that w sums to 1. `pull` `[k]`:
 * (α_k − 1)/n of a Dirichlet prior of the weights, of which F has −Σ_k pull_k log w_k: then w ∝ ε m + pull.
 */
export function freely(pull?: Float64Array): MarginalSolver {
  return {
    coupling: false,
    tails: false,
    loosest: EXACT,
    start: (weights) => ({ weights, potential: new Float64Array(weights.length) }),
    solve: ({ side, moments }) =>
      Promise.resolve({ side, moments, objective: moments.objective / moments.weight, error: 0 }),
    advance({ moments: { mass } }, fresh, epsilon = 1) {
      const own = shares(mass);
      const weights = pull ? shares(own.map((share, k) => epsilon * share + pull[k])) : own;
      const potential = new Float64Array(mass.length);
      if (fresh.length === 0) return { weights, potential };
      const share = 1 / (2 * mass.length);
      const kept = weights.map((weight) => weight * (1 - share * fresh.length));
      for (const component of fresh) kept[component] = share;
      return { weights: kept, potential };
    },
  };
}

function shares(values: Float64Array): Float64Array {
  const sum = total(values);
  return values.map((value) => value / sum);
}

/** The same without a prior. */
export const free = freely();
