import { bestOf } from './best.js';
import { expectationMaximization, type EmIteration, type EmProblem, type EmRun } from '../em/em.js';
import type { SavedRun } from '../em/saved.js';
import type { Start } from '../seeding/start.js';
import { SHORT_RUNS } from './strategies.js';

/** A few iterations of the first stage, of which nobody is told. */
export function shortRun(problem: EmProblem, from: Start | SavedRun): Promise<EmRun> {
  const { onIteration: _, ...quiet } = problem;
  const { stages, maxIterations } = problem;
  const iterations = Math.min(SHORT_RUNS.iterations, maxIterations);
  return expectationMaximization({ ...quiet, stages: stages.slice(0, 1), maxIterations: iterations }, from);
}

/** The best of short runs from several starts, its sweeps those of all. */
export function bestShortRun(runs: readonly EmRun[], signal?: AbortSignal): EmRun {
  const best = bestOf(runs);
  const sweeps = runs.reduce((sum, run) => sum + run.sweeps, 0);
  return { ...best, status: signal?.aborted ? 'aborted' : best.status, sweeps };
}

/** Goes on from where a short run ended, as one run with it; aborted at once, it is that short run. */
export async function goOn(problem: EmProblem, short: EmRun): Promise<EmRun> {
  const done = short.objective.length;
  const further = {
    ...problem,
    maxIterations: problem.maxIterations - done,
    onIteration: (one: EmIteration) => problem.onIteration?.({ ...one, iteration: done + one.iteration }),
  };
  try {
    const run = await expectationMaximization(further, problem.kept?.saved ?? short);
    return {
      ...run,
      objective: [...short.objective, ...run.objective],
      repairs: [...short.repairs, ...run.repairs],
      sweeps: short.sweeps + run.sweeps,
    };
  } catch (error) {
    if (!problem.signal?.aborted) throw error;
    return { ...short, status: 'aborted' };
  }
}
