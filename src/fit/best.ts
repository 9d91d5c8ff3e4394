import type { EmRun } from '../em/em.js';

/**
 * The run that is judged best, the first of equals; where none was judged, the one with the lowest objective. More runs
 * never make it worse, since nothing else has a say.
 */
export function bestOf(runs: readonly EmRun[]): EmRun {
  const loss = lossAmong(runs);
  return runs.reduce((best, run) => (loss(run) < loss(best) ? run : best));
}

/** So many of them, the best; of equals those that come first. */
export function bestSome(runs: readonly EmRun[], most: number): EmRun[] {
  const loss = lossAmong(runs);
  const finite = (run: EmRun): number => (Number.isNaN(loss(run)) ? Number.MAX_VALUE : loss(run));
  return [...runs].sort((one, other) => Math.sign(finite(one) - finite(other)) || 0).slice(0, most);
}

function lossAmong(runs: readonly EmRun[]): (run: EmRun) => number {
  const judged = runs.some((run) => run.judged !== undefined);
  return (run) => (judged ? (run.judged ?? Infinity) : run.finalObjective);
}
