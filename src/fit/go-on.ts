import { expectationMaximization, type EmIteration, type EmProblem, type EmRun } from '../em/em.js';

/** Goes on from where a run ended, as one run with it; aborted at once, it is that run. */
export async function goOn(problem: EmProblem, before: EmRun): Promise<EmRun> {
  const done = before.objective.length;
  const further = {
    ...problem,
    maxIterations: problem.maxIterations - done,
    onIteration: (one: EmIteration) => problem.onIteration?.({ ...one, iteration: done + one.iteration }),
  };
  try {
    const run = await expectationMaximization(further, problem.kept?.saved ?? before);
    return {
      ...run,
      objective: [...before.objective, ...run.objective],
      repairs: [...before.repairs, ...run.repairs],
      sweeps: before.sweeps + run.sweeps,
    };
  } catch (error) {
    if (!problem.signal?.aborted) throw error;
    return { ...before, status: 'aborted' };
  }
}

/**
 * From where a run on a sample of the rows ended, on all of them: a run of its own, but that the sample's sweeps count by
 * its share. Aborted, it has the sweep that tells F of all rows.
 */
export async function goOnFromSample(problem: EmProblem, before: EmRun, share: number): Promise<EmRun> {
  const { weights, components } = before;
  const sweeps = Math.round(before.sweeps * share);
  const all = async (one: EmProblem): Promise<EmRun> => {
    const run = await expectationMaximization(one, one.kept?.saved ?? { weights, components });
    return { ...run, sweeps: sweeps + run.sweeps };
  };
  const { signal: _, judgedRows: __, kept: ___, ...unstopped } = problem;
  const atOnce = async (): Promise<EmRun> => ({
    ...(await all({ ...unstopped, maxIterations: 0 })),
    status: 'aborted',
  });
  if (problem.signal?.aborted) return atOnce();
  try {
    return await all(problem);
  } catch (error) {
    if (!problem.signal?.aborted) throw error;
    return atOnce();
  }
}
