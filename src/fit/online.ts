import { resolveBackend, type BackendRequest } from '../backend/resolve.js';
import { requireInteger } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { MissingPolicy } from '../data/blocks.js';
import { loadDataset, toSource, type DataInput, type Dataset } from '../data/dataset.js';
import { stepwise, type BatchMoments, type StepwiseState } from '../em/stepwise.js';
import { gapped, logVolumeOf, sweptSpread, type Family, type Repair } from '../families/family.js';
import { summarize } from '../families/components.js';
import { gaussian } from '../families/gaussian.js';
import { requireColumns, scalingFor } from '../mixture/evaluate.js';
import { Mixture } from '../mixture/mixture.js';
import { loadMixture } from '../mixture/model-file.js';
import type { ModelFile } from '../mixture/model-json.js';
import type { SeedingMethod } from '../seeding/seeding.js';
import type { GivenStart, NamedStart } from '../seeding/given.js';
import { beyondFloat32 } from '../sweep/float32-reach.js';
import { fitMixture } from './fit.js';
import { requireLearning, requireSummable } from './online-checks.js';
import { progressOf, statisticsJson, statisticsOf, type Progress } from './online-file.js';
import { requireFamily } from './options.js';
import { regularizationOf } from './regularization.js';

/** How a mixture learns from a stream. */
export interface LearningOptions {
  /** α of γ_t = (t + 2)^−α, in (1/2, 1]: the less, the sooner early batches are forgotten; default 0.7. */
  readonly learningRate?: number;
  /** A constant γ in (0, 1] instead: batches are forgotten at this rate for ever, so that the mixture follows a stream. */
  readonly forgetting?: number;
  /** Added to variances, squared units of the data; default as in a fit, of the mixture's own variances. */
  readonly regularization?: number;
  /** Rows with a missing value, as in a fit; default refuse them. */
  readonly missing?: MissingPolicy;
  /** Default 'auto'. */
  readonly backend?: BackendRequest;
  /** Threads of the CPU; default all. */
  readonly threads?: number;
}

/** Options of `onlineMixture`. */
export interface OnlineOptions extends LearningOptions {
  /** Default `gaussian()`. */
  readonly family?: Family;
  /** Number of components k. */
  readonly components: number;
  /** Where it starts: given in full, or a method by which the first batch is seeded and fitted; default 'k-means++'. */
  readonly seeding?: SeedingMethod | GivenStart | NamedStart;
  /** Seed of the first batch's seeding, an integer; default 0. */
  readonly seed?: number;
}

/** What a batch was to a mixture, before the mixture learnt from it. */
export interface OnlineUpdate {
  /** Which batch, from 1, and its rows. */
  readonly batch: number;
  readonly rows: number;
  /** Mean log-likelihood of its rows by the mixture as it was, nats. */
  readonly meanLogLikelihood: number;
  /** γ. */
  readonly rate: number;
  readonly repairs: readonly Repair[];
}

/** α where nobody says. */
const DEFAULT_RATE = 0.7;
/** Iterations of EM on the first batch, where no start is given. */
const FIRST = 20;

/**
 * A mixture that learns from a stream, batch by batch, by stepwise EM (Cappé & Moulines 2009). Its memory does not grow
 * with the stream. Throws `InputError('option')` for options that make no sense.
 */
export function onlineMixture(options: OnlineOptions): OnlineMixture {
  const { family = gaussian(), components, seeding = 'k-means++', seed = 0, ...learning } = options;
  requireFamily('family', family);
  requireInteger('components', components, 1);
  requireInteger('seed', seed);
  return new OnlineMixture({ family, components, seeding, seed }, learning);
}

/** What a mixture is begun by. */
type Beginning = Required<Pick<OnlineOptions, 'family' | 'components' | 'seeding' | 'seed'>>;

/** A mixture that learns from a stream; made by `onlineMixture`, or from a model file by `OnlineMixture.load`. */
export class OnlineMixture {
  private state: StepwiseState | undefined;
  private current: Mixture | undefined;
  private seen = 0;
  private busy: Promise<unknown> = Promise.resolve();

  /** @internal */
  constructor(
    private readonly beginning: Beginning | undefined,
    private readonly learning: LearningOptions,
  ) {
    requireLearning(learning);
  }

  /** The mixture as it is now; throws `InputError('option')` before the first batch. */
  get mixture(): Mixture {
    if (this.current) return this.current;
    throw new InputError('option', {
      where: 'onlineMixture',
      expected: 'a batch of rows before the mixture is asked for',
      got: 'none',
      remedy: 'call update(batch) first, and wait for it',
    });
  }

  /** Batches and rows that it has learnt from. */
  get batches(): number {
    return this.state?.batches ?? 0;
  }

  get rows(): number {
    return this.seen;
  }

  /**
   * Learns from a batch of rows, which count alike but for their weights. Updates that are asked for at once are made in
   * turn. Throws `InputError` for rows that the family can't have, and rejects with the signal's reason: the mixture is then
   * as it was.
   */
  update(
    data: DataInput,
    options: { readonly sampleWeights?: ArrayLike<number>; readonly signal?: AbortSignal } = {},
  ): Promise<OnlineUpdate> {
    const update = this.busy.then(() => this.learn(data, options));
    this.busy = update.catch(() => undefined);
    return update;
  }

  /** Mean log-likelihood of rows by the mixture as it is now, nats. */
  score(data: DataInput): Promise<number> {
    const { missing, backend, threads } = this.learning;
    return this.mixture.score(data, {
      ...(missing && { missing }),
      ...(backend !== undefined && { backend }),
      ...(threads !== undefined && { threads }),
    });
  }

  /** The mixture as a model file, from which it also goes on learning: `provenance.online` has what that takes. */
  toJSON(): ModelFile {
    return this.withProgress().toJSON();
  }

  /** Writes that model file, whole or not at all; throws `InputError('file')` where it can't be written. Node only. */
  save(path: string | URL): Promise<void> {
    return this.withProgress().save(path);
  }

  /**
   * Goes on from a model file, of this class or of a fit: the same mixture, bit for bit, as if it had not been saved. Options
   * that are left out are those that it was saved with. Throws `InputError` as `loadMixture` does.
   */
  static async load(model: string | URL | ModelFile, options: LearningOptions = {}): Promise<OnlineMixture> {
    const mixture = await loadMixture(model);
    const where = typeof model === 'object' && 'format' in model ? 'model' : String(model);
    const progress = progressOf(mixture, where);
    const { learningRate, forgetting, missing, batches = 0, rows = 0 } = progress;
    const saved = {
      ...(learningRate !== undefined && { learningRate }),
      ...(forgetting !== undefined && { forgetting }),
    };
    const chosen = options.learningRate !== undefined || options.forgetting !== undefined;
    const own = { ...(!chosen && saved), ...(missing && { missing }), ...options };
    const online = new OnlineMixture(undefined, own);
    const { family, weights, components } = mixture.parts;
    // Sums of rows that may have gaps are others.
    const alike = (own.missing === 'model') === (missing === 'model');
    const statistics = alike ? statisticsOf(progress, mixture, where) : undefined;
    online.state = { family, weights, components, batches, statistics };
    online.current = mixture;
    online.seen = rows;
    return online;
  }

  private withProgress(): Mixture {
    const { learningRate, forgetting, missing } = this.learning;
    const { moments, scaling } = this.state?.statistics ?? {};
    const online: Progress = {
      batches: this.batches,
      rows: this.rows,
      ...(learningRate !== undefined && { learningRate }),
      ...(forgetting !== undefined && { forgetting }),
      ...(missing && { missing }),
      ...(moments && scaling && { statistics: statisticsJson(moments, scaling) }),
    };
    return this.mixture.withProvenance({ online });
  }

  private async learn(
    data: DataInput,
    options: { readonly sampleWeights?: ArrayLike<number>; readonly signal?: AbortSignal },
  ): Promise<OnlineUpdate> {
    const first = this.current ?? (await this.begin(data, options));
    requireSummable(first);
    const state = this.state ?? { ...first.parts, batches: 0 };
    const { missing, regularization } = this.learning;
    const family = missing === 'model' ? gapped(state.family, 'onlineMixture') : state.family;
    const { batch, rows, objective } = await this.swept({ ...state, family }, data, first.columns, options);
    const rate = this.learning.forgetting ?? (state.batches + 3) ** -(this.learning.learningRate ?? DEFAULT_RATE);
    const variances = summarize(sweptSpread(family, state.components), state.weights).map(({ variance }) => variance);
    const added = regularizationOf(regularization, { scaling: batch.scaling, variances: Float64Array.from(variances) });
    const { state: next, repairs } = stepwise({ ...state, family }, batch, { rate, regularization: added });
    this.state = { ...next, family: state.family };
    this.seen += rows;
    const { weights, components } = next;
    this.current = new Mixture({ family: state.family, weights, components }, first.columns);
    return { batch: next.batches, rows, meanLogLikelihood: -objective, rate, repairs };
  }

  /** The mixture that the first batch is looked at by. */
  private async begin(
    data: DataInput,
    { signal, ...rows }: { readonly sampleWeights?: ArrayLike<number>; readonly signal?: AbortSignal },
  ): Promise<Mixture> {
    const { missing, backend, threads } = this.learning;
    const { seeding = 'k-means++', ...beginning } = this.beginning ?? {};
    const fit = await fitMixture(data, {
      ...(beginning as Beginning),
      ...rows,
      seeding,
      maxIterations: typeof seeding === 'string' ? FIRST : 0,
      ...(signal && { signal }),
      ...(missing && { missing }),
      ...(backend !== undefined && { backend }),
      ...(threads !== undefined && { threads }),
    });
    if (fit.status === 'aborted') signal?.throwIfAborted();
    return fit.mixture;
  }

  /** Moments of a batch, and its mean F, nats in the data's units. */
  private async swept(
    { family, weights, components }: StepwiseState,
    data: DataInput,
    columns: readonly string[],
    { sampleWeights, signal }: { readonly sampleWeights?: ArrayLike<number>; readonly signal?: AbortSignal },
  ): Promise<{ readonly batch: BatchMoments; readonly rows: number; readonly objective: number }> {
    const { missing = 'error', backend = 'auto', threads } = this.learning;
    const source = toSource(data, sampleWeights, columns, family.levels ? { text: 'levels' } : {});
    requireColumns(source, components.d);
    const device = await resolveBackend(backend, { data, threads });
    const scaling = scalingFor({ family, weights, components });
    const gate = { device, missing, signal, scaling, coding: family.coding, gaps: family.patterned };
    const dataset = await loadDataset(source, gate);
    try {
      const { model, moments } = await sweptBy({ family, weights, components }, dataset, signal);
      const objective = moments.objective / moments.weight + logVolumeOf(family, scaling);
      return { batch: { model, moments, scaling }, rows: dataset.shard.n, objective };
    } finally {
      dataset.shard.dispose();
    }
  }
}

/** A sweep at ε = 1 and g = 0: in float32 where that can tell, else in float64. */
async function sweptBy(
  { family, weights, components }: Pick<StepwiseState, 'family' | 'weights' | 'components'>,
  dataset: Dataset,
  signal: AbortSignal | undefined,
): Promise<Pick<BatchMoments, 'model' | 'moments'>> {
  const { shard, scaling } = dataset;
  const held = family.toShard(components, scaling);
  const at = { weights, potential: new Float64Array(weights.length), epsilon: 1 };
  const [single, double] = [family.pack(held), family.packExactly(held)];
  const beyond = beyondFloat32(double, { spread: sweptSpread(family, held) }) ?? beyondFloat32(single);
  if (beyond === undefined) {
    const [moments] = await shard.sweep([{ model: { components: single, ...at } }], { signal });
    return { model: single, moments };
  }
  const exact = await dataset.exact.load(signal);
  const [moments] = await exact.sweep([{ model: { components: double, ...at } }], { signal });
  return { model: double, moments };
}
