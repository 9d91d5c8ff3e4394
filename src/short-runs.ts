import { bestOf } from './best.js';
import { expectationMaximization, type EmProblem, type EmRun } from './em.js';
import type { Start } from './seeding/start.js';
import { SHORT_RUNS } from './strategy.js';

/**
 * A few iterations of the first stage from each of several starts; returns the best of these runs, its sweeps those of
 * all. Aborted, the best of those that have begun; before the first has, it throws.
 */
export async function bestShortRun(problem: EmProblem, startOf: (run: number) => Promise<Start>): Promise<EmRun> {
  const { signal, stages, maxIterations } = problem;
  const { onIteration: _, ...quiet } = problem;
  const iterations = Math.min(SHORT_RUNS.iterations, maxIterations);
  const short: EmProblem = { ...quiet, stages: stages.slice(0, 1), maxIterations: iterations };
  const runs: EmRun[] = [];
  for (let run = 0; run < SHORT_RUNS.runs && !(signal?.aborted && runs.length > 0); run++) {
    try {
      runs.push(await expectationMaximization(short, await startOf(run)));
    } catch (error) {
      if (!signal?.aborted || runs.length === 0) throw error;
    }
  }
  const best = bestOf(runs);
  const sweeps = runs.reduce((sum, run) => sum + run.sweeps, 0);
  return { ...best, status: signal?.aborted ? 'aborted' : best.status, sweeps };
}

/** Goes on from where a short run ended, as one run with it. */
export async function goOn(problem: EmProblem, short: EmRun): Promise<EmRun> {
  if (short.status === 'aborted') return short;
  const done = short.objective.length;
  const run = await expectationMaximization(
    {
      ...problem,
      maxIterations: problem.maxIterations - done,
      onIteration: (one) => problem.onIteration?.({ ...one, iteration: done + one.iteration }),
    },
    short,
  );
  return {
    ...run,
    objective: [...short.objective, ...run.objective],
    repairs: [...short.repairs, ...run.repairs],
    sweeps: short.sweeps + run.sweeps,
  };
}
