import { acceleratorOf } from './acceleration.js';
import { blocksOf } from './algorithm.js';
import { runJobs, type Job, type JobOptions } from './concurrent.js';
import type { RunKeeper } from './checkpoint.js';
import type { Dataset } from '../data/dataset.js';
import { expectationMaximization, type EmIteration, type EmProblem, type EmRun } from '../em/em.js';
import { pullOf } from '../em/prior.js';
import type { LoadedData } from './loader.js';
import type { FitSettings, Progress } from './options.js';
import { precisionOf } from './precision.js';
import { priorOf } from './prior.js';
import { regularizationOf } from './regularization.js';
import type { PackedShape } from '../sweep/model.js';
import { componentBlocks } from '../families/blocks.js';
import type { ComponentBlock, Parameters } from '../families/components.js';
import { haveMoments, type OwnComponents } from '../families/dense.js';
import { logVolumeOf } from '../families/family.js';
import type { GivenStart, NamedStart } from '../seeding/given.js';
import type { Start } from '../seeding/start.js';
import { bestShortRun, goOn, shortRun } from './short-runs.js';
import { startsOf, type Starts } from './starts.js';
import type { Stopwatch } from '../base/stopwatch.js';
import { SHORT_RUNS, stagesOf } from './strategies.js';
import type { BorrowedShard } from '../sweep/shard.js';

/**
 * Runs EM from every start, several at once where the shard gains from it: the runs are the same either way. Aborting
 * keeps those that have begun; before the first has, it throws. `common`: what other fits to these rows find alike. `keep`:
 * the checkpoint's part of a run, by name, where there is a checkpoint.
 */
export async function runRestarts(
  dataset: Dataset,
  settings: FitSettings,
  watch: Stopwatch,
  { common, keep }: Pick<Partial<LoadedData>, 'common'> & Pick<Fitting, 'keep'> = {},
): Promise<EmRun[]> {
  const { shard } = dataset;
  const regularization = regularizationOf(settings.regularization, dataset);
  const starts = await watch.time('seed', () => startsOf(dataset, settings, regularization, common));
  const prior = await watch.time('seed', () => priorOf(dataset, settings));
  // Of a single run there is nothing to judge.
  const judged = settings.restarts > 1 ? { judgedRows: dataset.effectiveRows } : {};
  const fitting: Fitting = {
    ...{ dataset, settings, starts, watch, keep },
    problem: {
      ...settings,
      ...judged,
      shard,
      prior,
      stages: stagesOf(settings, pullOf(prior)),
      accelerator: acceleratorOf(settings.acceleration, settings.family),
      regularization,
      ...precisionOf(dataset, settings, shapeOf(dataset, settings)),
      blocks: blocksOf(dataset, settings, shapeOf(dataset, settings)),
    },
    lanes: { shard, most: mostAtOnce(dataset, settings), signal: settings.signal },
  };
  const all = Array.from({ length: settings.restarts }, (_, restart) => restart);
  return settings.strategy === 'short-runs' ? runFromBest(fitting, all) : run(fitting, all);
}

/** What the runs of a fit have in common. */
interface Fitting {
  readonly dataset: Dataset;
  readonly settings: FitSettings;
  readonly starts: Starts;
  readonly watch: Stopwatch;
  readonly problem: EmProblem;
  readonly lanes: JobOptions;
  readonly keep?: ((name: string) => RunKeeper) | undefined;
}

/** How many runs meet in a sweep. */
function mostAtOnce(dataset: Dataset, settings: FitSettings): number {
  if (settings.algorithm === 'incremental') return 1; // whose sweeps are of parts
  return dataset.shard.atOnce(shapeOf(dataset, settings));
}

function shapeOf({ columns }: Dataset, { family, components: k }: FitSettings): PackedShape {
  return family.shape(k, columns.length);
}

/** From each start to the end. */
function run(fitting: Fitting, restarts: readonly number[]): Promise<EmRun[]> {
  const { watch, problem, lanes } = fitting;
  const jobs = restarts.map(
    (restart): Job<EmRun> =>
      (shard) =>
        kept(fitting, `run ${restart}`, async (keeper) => {
          const from = keeper?.saved ?? (await startOf(fitting, restart, restart, shard));
          return expectationMaximization({ ...problem, kept: keeper, shard, ...telling(fitting, restart) }, from);
        }),
  );
  return watch.time('fit', () => runJobs(jobs, lanes));
}

/** From the best of several short runs to the end, as many restarts at a time as runs meet. Short runs count as seeding. */
async function runFromBest(fitting: Fitting, restarts: readonly number[]): Promise<EmRun[]> {
  const { watch, problem, lanes } = fitting;
  const runs: EmRun[] = [];
  for (let from = 0; from < restarts.length && !(problem.signal?.aborted && from > 0); from += lanes.most) {
    try {
      const short = await watch.time('seed', () => bestShortRuns(fitting, restarts.slice(from, from + lanes.most)));
      runs.push(...(await watch.time('fit', () => goOnFrom(fitting, short))));
    } catch (error) {
      if (!problem.signal?.aborted || runs.length === 0) throw error;
    }
  }
  return runs;
}

interface Short {
  readonly restart: number;
  readonly best: EmRun;
}

/** The best short run of each restart; of an aborted fit, of those restarts that have one. */
async function bestShortRuns(fitting: Fitting, restarts: readonly number[]): Promise<Short[]> {
  const { problem, lanes, dataset } = fitting;
  const numbers = Array.from({ length: SHORT_RUNS.runs }, (_, number) => number);
  const jobs = restarts.flatMap((restart) =>
    numbers.map((number): Job<{ restart: number; short: EmRun }> => async (shard) => {
      const index = restart * SHORT_RUNS.runs + number;
      const short = await kept(fitting, `short run ${index}`, async (keeper) => {
        const from = keeper?.saved ?? (await startOf(fitting, restart, index, shard, number === 0));
        return shortRun({ ...problem, kept: keeper, shard, judgedRows: dataset.effectiveRows }, from);
      });
      return { restart, short };
    }),
  );
  const short = await runJobs(jobs, lanes);
  return restarts.flatMap((restart) => {
    const own = short.filter((one) => one.restart === restart).map((one) => one.short);
    return own.length > 0 ? [{ restart, best: bestShortRun(own, problem.signal) }] : [];
  });
}

async function goOnFrom(fitting: Fitting, short: readonly Short[]): Promise<EmRun[]> {
  const { problem, lanes } = fitting;
  if (problem.signal?.aborted) return short.map(({ best }) => best);
  const jobs = short.map(
    ({ restart, best }): Job<EmRun> =>
      (shard) =>
        kept(fitting, `run ${restart}`, (keeper) =>
          goOn({ ...problem, kept: keeper, shard, ...telling(fitting, restart) }, best),
        ),
  );
  return runJobs(jobs, lanes);
}

/** A run as a checkpoint has it, if that has it to the end; else it is run, and kept. */
async function kept(
  { keep, settings }: Fitting,
  name: string,
  run: (keeper: RunKeeper | undefined) => Promise<EmRun>,
): Promise<EmRun> {
  const keeper = keep?.(name);
  if (keeper?.ended) return keeper.ended;
  const found = await run(keeper);
  // What an abort came into may lack something, such as its judgement; it goes on from its last iteration.
  if (!settings.signal?.aborted) keeper?.end(found);
  return found;
}

/** A start of a restart; the first tells of it. */
function startOf(
  { settings, starts, watch }: Fitting,
  restart: number,
  index: number,
  shard: BorrowedShard,
  first = true,
): Promise<Start> {
  return watch.time('seed', () => {
    if (first) settings.onProgress?.({ phase: 'seed', ...restartOf(settings, restart) });
    return starts(index, shard);
  });
}

/** Tells of every iteration of a restart, in the data's units. */
function telling({ dataset, settings }: Fitting, restart: number): Pick<EmProblem, 'onIteration'> {
  const { onProgress, family } = settings;
  if (!onProgress) return {};
  const { scaling } = dataset;
  const volume = logVolumeOf(family, scaling);
  const ofGaussians = haveMoments(family);
  return {
    onIteration({ iteration, epsilon, objective, components, weights }: EmIteration) {
      const parameters = (): Parameters => family.toParameters(family.toData(components, scaling));
      const model = (): GivenStart => ({ weights: Array.from(weights), ...(parameters() as OwnComponents) });
      const blocks = (): ComponentBlock[] =>
        componentBlocks(family, family.toData(components, scaling), dataset.columns);
      const start = (): NamedStart => ({ weights: Array.from(weights), components: blocks() });
      const done = { iteration, epsilon, objective: objective + volume, ...(ofGaussians && { model }), start };
      onProgress({ phase: 'fit', ...restartOf(settings, restart), ...done });
    },
  };
}

function restartOf({ restarts, maxIterations }: FitSettings, restart: number): Partial<Progress> {
  return { restart: restart + 1, restarts, maxIterations };
}
