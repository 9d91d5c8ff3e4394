/** What all runs of a fit share, and what each does besides EM: its start, its place in a checkpoint, its progress. */
import type { JobOptions } from './concurrent.js';
import type { RunKeeper } from './checkpoint.js';
import type { Dataset } from '../data/dataset.js';
import type { EmIteration, EmProblem, EmRun } from '../em/em.js';
import type { FitSettings, Progress } from './options.js';
import { componentBlocks } from '../families/blocks.js';
import type { ComponentBlock, Parameters } from '../families/components.js';
import { haveMoments, type OwnComponents } from '../families/dense.js';
import { logVolumeOf } from '../families/family.js';
import type { GivenStart, NamedStart } from '../seeding/given.js';
import type { SeedingMethod } from '../seeding/seeding.js';
import type { Start } from '../seeding/start.js';
import type { Starts } from './starts.js';
import type { Stopwatch } from '../base/stopwatch.js';
import type { BorrowedShard } from '../sweep/shard.js';

/** What the runs of a fit have in common. */
export interface Fitting {
  readonly dataset: Dataset;
  readonly settings: FitSettings;
  readonly starts: Starts;
  readonly watch: Stopwatch;
  readonly problem: EmProblem;
  readonly lanes: JobOptions;
  readonly keep?: ((name: string) => RunKeeper) | undefined;
}

/** Which start, and of which restart. */
export interface StartAsked {
  readonly restart: number;
  /** Of all starts of the fit: each has luck of its own. */
  readonly index: number;
  /** Whether it is the first of its restart, which tells of it. */
  readonly first: boolean;
  /** Default the method of the fit. */
  readonly seeding?: SeedingMethod | undefined;
}

/** Finds a start of a restart. */
export function startOf(
  { settings, starts, watch }: Fitting,
  { restart, index, first, seeding }: StartAsked,
  shard: BorrowedShard,
): Promise<Start> {
  return watch.time('seed', () => {
    if (first) settings.onProgress?.({ phase: 'seed', ...restartOf(settings, restart) });
    return starts(index, shard, seeding);
  });
}

/** A run as a checkpoint has it, if that has it to the end; else it is run, and kept. */
export async function kept(
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

/** Tells of every iteration of a restart, in the data's units. */
export function telling({ dataset, settings }: Fitting, restart: number): Pick<EmProblem, 'onIteration'> {
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
