import type { Dataset } from './dataset.js';
import { expectationMaximization, type EmIteration, type EmProblem, type EmRun } from './em.js';
import type { FitSettings, GivenStart, Progress } from './options.js';
import { logVolume } from './scaling.js';
import type { Start } from './seeding/start.js';
import { bestShortRun, goOn } from './short-runs.js';
import { startsOf } from './starts.js';
import type { Stopwatch } from './stopwatch.js';
import { SHORT_RUNS, stagesOf } from './strategy.js';

/** Runs EM from every start. Aborting keeps the runs that have begun; before the first has, it throws. */
export async function runRestarts(dataset: Dataset, settings: FitSettings, watch: Stopwatch): Promise<EmRun[]> {
  const { shard, scaling } = dataset;
  const { restarts, maxIterations, signal, onProgress, regularization } = settings;
  const problem = {
    ...settings,
    shard,
    stages: stagesOf(settings),
    regularization: scaling.scale.map((scale) => regularization / scale ** 2),
  };
  const starts = await watch.time('seed', () => startsOf(dataset, settings, problem.regularization));
  const run = settings.strategy === 'short-runs' ? runFromBest : runFrom;
  const runs: EmRun[] = [];
  for (let restart = 0; restart < restarts; restart++) {
    const progress = { restart: restart + 1, restarts, maxIterations };
    const onIteration = (done: EmIteration): void =>
      onProgress?.({ phase: 'fit', ...progress, ...progressOf(done, dataset, settings) });
    try {
      onProgress?.({ phase: 'seed', ...progress });
      runs.push(await run({ ...problem, onIteration }, starts, restart, watch));
    } catch (error) {
      if (!signal?.aborted || runs.length === 0) throw error;
    }
    if (signal?.aborted) break;
  }
  return runs;
}

/** An iteration as users see it: in the data's units. */
function progressOf(done: EmIteration, { scaling }: Dataset, { family }: FitSettings): Partial<Progress> {
  const { iteration, epsilon, objective, components, weights } = done;
  const model = (): GivenStart => ({
    weights: Array.from(weights),
    ...family.toDense(family.unscale(components, scaling)),
  });
  return { iteration, epsilon, objective: objective + logVolume(scaling), model };
}

type Starts = (index: number) => Promise<Start>;

async function runFrom(problem: EmProblem, starts: Starts, restart: number, watch: Stopwatch): Promise<EmRun> {
  const start = await watch.time('seed', () => starts(restart));
  return watch.time('fit', () => expectationMaximization(problem, start));
}

/** From the best of several short runs, whose time counts as seeding. */
async function runFromBest(problem: EmProblem, starts: Starts, restart: number, watch: Stopwatch): Promise<EmRun> {
  const startOf: Starts = (index) => starts(restart * SHORT_RUNS.runs + index);
  const short = await watch.time('seed', () => bestShortRun(problem, startOf));
  return watch.time('fit', () => goOn(problem, short));
}
