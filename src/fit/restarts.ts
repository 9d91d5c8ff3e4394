import { acceleratorOf } from './acceleration.js';
import { blocksOf } from './algorithm.js';
import type { Device } from '../backend/backend.js';
import { runJobs, type Job } from './concurrent.js';
import { contested, type Winner } from './contest.js';
import type { Dataset } from '../data/dataset.js';
import { expectationMaximization, type EmRun } from '../em/em.js';
import { pullOf } from '../em/prior.js';
import { kept, startOf, telling, type Fitting } from './fitting.js';
import { goOn, goOnFromSample } from './go-on.js';
import type { LoadedData } from './loader.js';
import type { FitSettings } from './options.js';
import { precisionOf } from './precision.js';
import { priorOf } from './prior.js';
import { regularizationOf } from './regularization.js';
import { grown } from './moves/grown.js';
import { moved } from './moves/split-merge.js';
import type { MixtureParts } from '../mixture/evaluate.js';
import { sampledRows } from './sampled-rows.js';
import type { PackedShape } from '../sweep/model.js';
import { startsOf } from './starts.js';
import type { Stopwatch } from '../base/stopwatch.js';
import { contestOf, searchOf, stagesOf, type Search } from './strategies.js';

/**
 * Runs EM from every start, several at once where the shard gains from it: the runs are the same either way. Aborting
 * keeps those that have begun; before the first has, it throws. `common`: what other fits to these rows find alike. `keep`:
 * the checkpoint's part of a run, by name, where there is a checkpoint. `device`: where a sample of the rows may lie, of
 * which searches of many rows are; left out, they are of all. `smaller`: a mixture of one component less, in the data's
 * units, from which one more run begins, its component split that gains most by it.
 */
export async function runRestarts(
  dataset: Dataset,
  settings: FitSettings,
  watch: Stopwatch,
  { common, keep, device, smaller }: Sharing = {},
): Promise<EmRun[]> {
  const { shard } = dataset;
  const regularization = regularizationOf(settings.regularization, dataset);
  const starts = await watch.time('seed', () => startsOf(dataset, settings, regularization, common));
  const prior = await watch.time('seed', () => priorOf(dataset, settings));
  // Of a single run there is nothing to judge.
  const judged = settings.restarts > 1 || smaller ? { judgedRows: dataset.effectiveRows } : {};
  const search = searchOf(settings.strategy);
  const auto = search?.accelerated && settings.algorithm === 'em' ? 'squarem' : 'none';
  const fitting: Fitting = {
    ...{ dataset, settings, starts, watch, keep },
    problem: {
      ...settings,
      ...judged,
      shard,
      prior,
      stages: stagesOf(settings, pullOf(prior)),
      accelerator: acceleratorOf(settings.acceleration, settings.family, auto),
      regularization,
      ...precisionOf(dataset, settings, shapeOf(dataset, settings)),
      blocks: blocksOf(dataset, settings, shapeOf(dataset, settings)),
    },
    lanes: { shard, most: mostAtOnce(dataset, settings), signal: settings.signal },
  };
  const all = Array.from({ length: settings.restarts }, (_, restart) => restart);
  const runs = await (search ? runFromBest(fitting, search, all, device) : run(fitting, all));
  return smaller ? andGrown(fitting, runs, smaller) : runs;
}

/** What a fit shares with others to the same rows. */
type Sharing = Partial<Pick<LoadedData, 'common' | 'device'>> &
  Pick<Fitting, 'keep'> & { readonly smaller?: MixtureParts | undefined };

/** Runs, and one more from a mixture of one component less. */
async function andGrown(fitting: Fitting, runs: readonly EmRun[], smaller: MixtureParts): Promise<EmRun[]> {
  const { dataset, settings, watch, problem } = fitting;
  const { weights, components } = smaller;
  const mixture = { weights, components: settings.family.toShard(components, dataset.scaling) };
  const number = settings.restarts;
  const { regularization } = problem;
  try {
    const start = await watch.time('seed', () => grown({ dataset, settings, regularization }, { mixture, number }));
    if (!start) return [...runs];
    return [...runs, ...(await run({ ...fitting, starts: () => Promise.resolve(start) }, [number]))];
  } catch (error) {
    if (!settings.signal?.aborted) throw error;
    return [...runs];
  }
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
          const from = keeper?.saved ?? (await startOf(fitting, { restart, index: restart, first: true }, shard));
          return expectationMaximization({ ...problem, kept: keeper, shard, ...telling(fitting, restart) }, from);
        }),
  );
  return watch.time('fit', () => runJobs(jobs, lanes));
}

/** From what a search has found to the end, as many restarts at a time as runs meet. Searches count as seeding. */
async function runFromBest(
  fitting: Fitting,
  search: Search,
  restarts: readonly number[],
  device?: Device,
): Promise<EmRun[]> {
  const { watch, problem, lanes } = fitting;
  const sample = search.sampled && device && (await watch.time('seed', () => onSample(fitting, device)));
  const runs: EmRun[] = [];
  try {
    for (let from = 0; from < restarts.length && !(problem.signal?.aborted && from > 0); from += lanes.most) {
      try {
        const some = restarts.slice(from, from + lanes.most);
        const winners = await watch.time('seed', () => found(sample || fitting, some));
        runs.push(...(await watch.time('fit', () => toTheEnd(fitting, winners, sample || undefined))));
      } catch (error) {
        if (!problem.signal?.aborted || runs.length === 0) throw error;
      }
    }
    return runs;
  } finally {
    if (sample) sample.lanes.shard.dispose();
  }
}

/** What a search finds for each restart. */
function found(fitting: Fitting, restarts: readonly number[]): Promise<Winner[]> {
  const contest = contestOf(fitting.settings.strategy);
  return contest ? contested(fitting, contest, restarts) : moved(fitting, restarts);
}

/** The same fit to a sample of its rows, swept in float32 and never more than that; undefined where it takes all. */
async function onSample(fitting: Fitting, device: Device): Promise<Fitting | undefined> {
  const { dataset, settings, problem, lanes } = fitting;
  const sampled = await sampledRows(dataset, settings, device);
  if (!sampled) return undefined;
  const { shard, rows } = sampled;
  return {
    ...fitting,
    dataset: { ...dataset, shard, effectiveRows: rows },
    problem: { ...problem, shard, exactly: undefined, blocks: undefined },
    lanes: { ...lanes, shard, most: shard.atOnce(shapeOf(dataset, settings)) },
  };
}

/** From where searches have left each restart to the end; they may have been on a sample. */
async function toTheEnd(fitting: Fitting, winners: readonly Winner[], sample?: Fitting): Promise<EmRun[]> {
  const { problem, lanes, dataset } = fitting;
  const share = sample && sample.dataset.effectiveRows / dataset.shard.n;
  if (problem.signal?.aborted && share === undefined) return winners.map(({ best }) => best);
  const jobs = winners.map(
    ({ restart, best }): Job<EmRun> =>
      (shard) =>
        kept(fitting, `run ${restart}`, (keeper) => {
          const own = { ...problem, kept: keeper, shard, ...telling(fitting, restart) };
          return share === undefined ? goOn(own, best) : goOnFromSample(own, best, share);
        }),
  );
  return runJobs(jobs, lanes);
}
