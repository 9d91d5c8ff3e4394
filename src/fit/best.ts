import type { EmRun } from '../em/em.js';

/**
 * The run that is judged best, the first of equals; where none was judged, the one with the lowest objective. More runs
 * never make it worse, since nothing else has a say.
 */
export function bestOf(runs: readonly EmRun[]): EmRun {
  const judged = runs.some((run) => run.judged !== undefined);
  const loss = (run: EmRun): number => (judged ? (run.judged ?? Infinity) : run.finalObjective);
  return runs.reduce((best, run) => (loss(run) < loss(best) ? run : best));
}
