import type { MarginalSolver } from './solver.js';
import { EXACT } from './tolerance.js';

/** w = m, g = 0: one sweep is enough. Divided by Σ m, which float32 makes differ from Σ a, so that w sums to 1. */
export const free: MarginalSolver = {
  coupling: false,
  tails: false,
  loosest: EXACT,
  start: (weights) => ({ weights, potential: new Float64Array(weights.length) }),
  solve: ({ side, moments }) =>
    Promise.resolve({ side, moments, objective: moments.objective / moments.weight, error: 0 }),
  advance({ moments: { mass } }, fresh) {
    const sum = mass.reduce((total, share) => total + share, 0);
    const weights = mass.map((share) => share / sum);
    const potential = new Float64Array(mass.length);
    if (fresh.length === 0) return { weights, potential };
    const share = 1 / (2 * mass.length);
    const kept = weights.map((weight) => weight * (1 - share * fresh.length));
    for (const component of fresh) kept[component] = share;
    return { weights: kept, potential };
  },
};
