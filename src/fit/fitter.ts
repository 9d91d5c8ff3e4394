/** Fits models one after the other on a thread of their own: what such a thread is told, does, and answers. */
import { bestOf } from './best.js';
import { sourceOfRows, type PlainRows } from '../data/plain-rows.js';
import { savedEnd } from '../em/saved.js';
import { families } from '../families/families.js';
import type { MixtureParts } from '../mixture/evaluate.js';
import { partsOf, runLoaded, type EndedRuns } from './fit.js';
import { Loader } from './loader.js';
import { groupsOf, smallerOf, type Growth, type Model } from './models.js';
import { fitSettings, type FitOptions, type Progress } from './options.js';

/** A family by what makes it. */
export interface PlainModel {
  readonly k: number;
  /** Models of one family have the same number. */
  readonly family: number;
}

/** What a thread is told, all of it plain values. */
export interface FitterWork {
  readonly rows: PlainRows;
  readonly families: readonly { readonly name: string; readonly options: Readonly<Record<string, string>> }[];
  readonly models: readonly PlainModel[];
  readonly growth: Growth;
  /** Of the fits, without callbacks, data and places. */
  readonly options: Omit<FitOptions, 'family' | 'components'>;
  /** How many groups of models have been taken, by whoever fits some: shared. */
  readonly taken: Int32Array;
  /** Whether somebody wants to know how far fits are. */
  readonly telling: boolean;
}

/** What it answers, in this order for each model. The last answer is `left`. */
export type FitterAnswer =
  | { readonly kind: 'progress'; readonly index: number; readonly progress: PlainProgress }
  | { readonly kind: 'ended'; readonly index: number; readonly ended: EndedRuns }
  | { readonly kind: 'left' };

/** Progress with what is fitted so far as values. */
export type PlainProgress = Omit<Progress, 'model' | 'start'> & {
  readonly [Name in 'model' | 'start']?: ReturnType<NonNullable<Progress[Name]>> | undefined;
};

/** Milliseconds between two iterations that are told of. */
const TOLD_EVERY = 30;

/**
 * Takes groups of models until there are none, and fits them. A model that can't be fitted, and the rest of its group, are
 * left to whoever asked: that fit then says why.
 */
export async function fitModels(work: FitterWork, answer: (answer: FitterAnswer) => void): Promise<void> {
  const made = work.families.map(({ name, options }) => families[name](options));
  const models = work.models.map(({ k, family }): Model => ({ k, family: made[family] }));
  const wanted = { encodings: models.length, counts: models.map(({ k }) => k) };
  const loader = new Loader(sourceOfRows(work.rows), wanted);
  const groups = groupsOf(models, work.growth);
  const parts = new Map<number, MixtureParts>();
  try {
    for (let group = next(work); group < groups.length; group = next(work)) {
      for (const index of groups[group]) {
        const { k, family } = models[index];
        const onProgress = work.telling ? teller(index, answer) : undefined;
        const options = { ...work.options, ...(onProgress && { onProgress }) };
        const settings = fitSettings({ ...options, family, components: k, backend: 'wasm', threads: 1 });
        const from = smallerOf(models, index, work.growth);
        const { making, runs } = await runLoaded(loader, settings, {
          smaller: from === undefined ? from : parts.get(from),
        });
        parts.set(index, partsOf(making, bestOf(runs)));
        answer({ kind: 'ended', index, ended: { runs: runs.map(savedEnd), seconds: making.watch.seconds } });
      }
    }
  } finally {
    await loader.close();
  }
}

function next({ taken }: FitterWork): number {
  return Atomics.add(taken, 0, 1);
}

/** Tells of each phase, and now and then of iterations. */
function teller(index: number, answer: (answer: FitterAnswer) => void): (progress: Progress) => void {
  let phase: string | undefined;
  let last = 0;
  return ({ model, start, ...progress }) => {
    const now = performance.now();
    if (progress.phase === phase && now - last < TOLD_EVERY) return;
    [phase, last] = [progress.phase, now];
    answer({ kind: 'progress', index, progress: { ...progress, model: model?.(), start: start?.() } });
  };
}
