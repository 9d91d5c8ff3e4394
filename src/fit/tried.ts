/** Fits the models of a selection, one after the other or several at once: what comes of each is the same, to the bit. */
import { InputError } from '../base/errors.js';
import type { DataInput } from '../data/dataset.js';
import { threadsFor } from '../threads/pool.js';
import { sharedIntegers } from '../threads/shared.js';
import { Checkpoint } from './checkpoint.js';
import { decidingOptions, familyText } from './checkpoint-identity.js';
import { fitLoaded, type EndedRuns, type Fit } from './fit.js';
import { fitterWork } from './fitter-work.js';
import { Fitters } from './fitters.js';
import { Loader } from './loader.js';
import {
  accelerated,
  groupsOf,
  smallerOf,
  type Asked,
  type Candidate,
  type FailedCandidate,
  type Model,
} from './models.js';
import { fitSettings, type Progress } from './options.js';

/** What became of models, in their order. */
export interface Tried {
  readonly candidates: Candidate[];
  readonly failures: FailedCandidate[];
}

type OnCandidate = (candidate: Candidate, done: number, total: number) => void;

/** About what starting a thread that fits costs, milliseconds. */
const START_AFTER = 150;

/**
 * Fits models, of data that are loaded once for all that scale them alike. `startAfter`: milliseconds of fitting on the
 * caller's thread from which on others fit too.
 */
export async function triedModels(
  data: DataInput,
  models: readonly Model[],
  asked: Asked,
  {
    onCandidate,
    startAfter = START_AFTER,
  }: { readonly onCandidate?: OnCandidate | undefined; readonly startAfter?: number } = {},
): Promise<Tried> {
  const checkpoint = await checkpointOf(models, asked);
  const wanted = {
    encodings: new Set(models.map(({ family }) => family.encoding)).size,
    counts: models.map(({ k }) => k),
  };
  const loader = new Loader(data, wanted, checkpoint?.data);
  const trial = new Trial(loader, models, { asked, checkpoint, onCandidate, startAfter });
  try {
    await trial.run();
    return trial.tried();
  } finally {
    await trial.close();
    await loader.close();
  }
}

interface Beside {
  readonly asked: Asked;
  readonly checkpoint: Checkpoint | undefined;
  readonly onCandidate: OnCandidate | undefined;
  readonly startAfter: number;
}

/** Models on their way. */
class Trial {
  private readonly outcomes: (Candidate | FailedCandidate | undefined)[];
  /** How many groups of models have been taken. */
  private readonly taken = sharedIntegers(1);
  /** Models that have ended here or elsewhere. */
  private readonly finished = new Set<number>();
  private readonly began = performance.now();
  private fitters: Fitters | undefined;
  /** Whether it has been seen if other threads help. */
  private isSettled = false;
  /** Whether something went wrong that is no matter of a model. */
  private isBroken = false;
  /** Outcomes that the caller has been told of. */
  private told = 0;

  constructor(
    private readonly loader: Loader,
    private readonly models: readonly Model[],
    private readonly beside: Beside,
  ) {
    this.outcomes = models.map(() => undefined);
  }

  tried(): Tried {
    const candidates: Candidate[] = [];
    const failures: FailedCandidate[] = [];
    for (const outcome of this.outcomes) {
      if (outcome && 'fit' in outcome) candidates.push(outcome);
      else if (outcome) failures.push(outcome);
    }
    return { candidates, failures };
  }

  async run(): Promise<void> {
    const groups = groupsOf(this.models, this.beside.asked.growth);
    for (let group = this.next(); group < groups.length; group = this.next()) {
      for (const [place, index] of groups[group].entries()) {
        const goesOn = await this.fit(index);
        await this.collect();
        if (!goesOn) return;
        const isFree = place + 1 === groups[group].length;
        await this.seekHelp(groups.length - Atomics.load(this.taken, 0) - (isFree ? 1 : 0));
      }
    }
    await this.fitters?.done(this.beside.asked.signal);
    await this.collect();
    for (const index of groups.flat()) if (!this.outcomes[index] && !(await this.fit(index))) return;
  }

  async close(): Promise<void> {
    await this.fitters?.stop();
  }

  private next(): number {
    return Atomics.add(this.taken, 0, 1);
  }

  /** Fits a model here; whether others are to follow. */
  private async fit(index: number): Promise<boolean> {
    const { signal } = this.beside.asked;
    const { candidates, failures } = this.tried();
    if (candidates.length > 0 && signal?.aborted) return false;
    const model = this.models[index];
    try {
      this.end(index, { ...model, fit: await this.fitted(index) });
    } catch (error) {
      if (signal?.aborted && candidates.length > 0) return false;
      const again = failures.some((failure) => messageOf(failure.error) === messageOf(error));
      const ofAll = again || !(error instanceof InputError); // of the data or the machine: the others would fail alike
      if (candidates.length === 0 && (ofAll || signal?.aborted)) throw error;
      this.isBroken ||= !(error instanceof InputError);
      this.end(index, { ...model, error });
    }
    return !this.isBroken;
  }

  /** Takes over what other threads have fitted. */
  private async collect(): Promise<void> {
    for (const { index, ended } of this.fitters?.ended() ?? []) {
      this.end(index, { ...this.models[index], fit: await this.fitted(index, ended) });
    }
  }

  private fitted(index: number, ended?: EndedRuns): Promise<Fit> {
    const { asked, checkpoint } = this.beside;
    const { growth, onProgress: _, signal, ...options } = asked;
    const { k, family } = this.models[index];
    const onProgress = asked.onProgress && ((progress: Progress) => this.tell(index, progress));
    const settings = fitSettings({
      ...accelerated(options),
      ...{ family, components: k },
      ...(onProgress && { onProgress }),
      ...(signal && !ended && { signal }), // what has ended is not stopped any more
    });
    const from = smallerOf(this.models, index, growth);
    const smaller = from === undefined ? undefined : this.outcomes[from];
    return fitLoaded(this.loader, settings, {
      keeping: checkpoint?.keeping(index),
      smaller: smaller && 'fit' in smaller ? smaller.fit.mixture.parts : undefined,
      ended,
    });
  }

  /** Keeps what came of a model, frees what no other asks for, and tells of those that have ended, in their order. */
  private end(index: number, outcome: Candidate | FailedCandidate): void {
    const { models, outcomes, beside } = this;
    outcomes[index] = outcome;
    this.finished.add(index);
    const { encoding } = outcome.family;
    const isWanted = models.some(({ family }, other) => family.encoding === encoding && !outcomes[other]);
    if (!isWanted) this.loader.dispose(encoding);
    for (let next = outcomes[this.told]; next; next = outcomes[this.told]) {
      this.told++;
      if ('fit' in next) beside.onCandidate?.(next, this.told, models.length);
    }
  }

  private tell(index: number, progress: Progress): void {
    const { asked } = this.beside;
    const numbers = { candidate: index + 1, candidates: this.models.length, finished: this.finished.size };
    asked.onProgress?.({ ...progress, ...numbers });
  }

  /** Starts threads that fit models too, once the first has shown that they pay. `groups`: those left to others. */
  private async seekHelp(groups: number): Promise<void> {
    const { models, taken, beside } = this;
    const { asked } = beside;
    const [example] = this.tried().candidates;
    if (this.isSettled || !example || performance.now() - this.began < beside.startAfter) return;
    this.isSettled = true;
    const { count: threads } = threadsFor(asked.threads);
    const more = Math.min(threads - 1, groups);
    if (more < 1) return;
    const work = await fitterWork(this.loader, { models, asked, example, taken, threads });
    if (!work) return;
    this.fitters = new Fitters(work, {
      onProgress: (index, progress) => this.tell(index, progress),
      onEnded: (index) => void this.finished.add(index),
    });
    this.fitters.start(more);
  }
}

/** The checkpoint that is asked for, if it is. */
async function checkpointOf(
  models: readonly Model[],
  { growth, onProgress: _, ...options }: Asked,
): Promise<Checkpoint | undefined> {
  if (!options.checkpoint && options.resume === undefined) return undefined;
  const [{ k, family }] = models;
  const settings = fitSettings({ ...accelerated(options), family, components: k });
  const tried = models.map((model) => `${model.k} of ${familyText(model.family)}`).join('; ');
  const grown = growth === 'none' ? {} : { growth };
  return Checkpoint.open(settings, () => ({ models: tried, ...grown, ...decidingOptions(settings) }));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
