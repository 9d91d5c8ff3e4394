import type { EmRun } from './em.js';

/**
 * The run with the lowest objective. One whose components still needed a ridge wins only over its like: a component
 * that collapses on a few rows has a likelihood without bound, which says nothing.
 */
export function bestOf(runs: readonly EmRun[]): EmRun {
  return runs.reduce((best, run) => {
    if (best.ridged !== run.ridged) return best.ridged ? run : best;
    return run.finalObjective < best.finalObjective ? run : best;
  });
}
