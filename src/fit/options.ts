import { requireScratch } from '#scratch';
import type { MissingPolicy } from '../data/blocks.js';
import { invalid, requireInteger, requireNotNegative, requireOneOf } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { BackendRequest } from '../backend/resolve.js';
import type { Family } from '../families/family.js';
import { gaussian } from '../families/gaussian.js';
import { requireStart, type GivenStart, type NamedStart, type StartInput } from '../seeding/given.js';
import { seedingMethods } from '../seeding/seeding.js';
import type { SeedingMethod } from '../seeding/seeding.js';
import { notOnCluster, requireCluster, requireNoWeights, type ClusterOptions } from '../cluster/options.js';
import {
  accelerations,
  missingPolicies,
  precisions,
  strategies,
  type Acceleration,
  type Algorithm,
  type PrecisionChoice,
  type Strategy,
} from './choices.js';
import { requireAlgorithm } from './algorithm.js';
import { requireKeeping, type CheckpointOptions } from './checkpoint-options.js';
import { givenLogDensity, type NoiseOption } from './noise.js';
import { requirePrior, type PriorChoice } from './prior.js';
import { requireRowFormat, type RowFormat } from './row-format.js';
import { requireCompatible, stagesOf } from './strategies.js';
import type { Marginal } from '../transport/marginal.js';
import { temperatures, type EpsilonSchedule } from '../transport/temperature.js';

/** What a fit is doing now. */
export interface Progress {
  readonly phase: 'load' | 'seed' | 'fit' | 'score';
  /** Rows read so far, while loading; `totalRows` where the source knows. */
  readonly rows?: number;
  readonly totalRows?: number;
  /** Which restart of how many, from 1. Several may be under way at once: their iterations then take turns. */
  readonly restart?: number;
  readonly restarts?: number;
  /** Iterations of this restart, and F after the last one, nats. */
  readonly iteration?: number;
  readonly maxIterations?: number;
  readonly objective?: number;
  readonly epsilon?: number;
  /**
   * What is fitted so far, in phase 'fit': weights, means and covariances after this iteration, as `seeding` takes
   * them; of Gaussians alone. Computed when it is called, which may be later.
   */
  readonly model?: () => GivenStart;
  /** The same of any family: weights and components by name. */
  readonly start?: () => NamedStart;
}

/** Options of `fitMixture`; only `components` is needed. */
export interface FitOptions {
  /** Default `gaussian()`. */
  readonly family?: Family;
  /** Number of components k. */
  readonly components: number;
  /**
   * Whether rows may also come of noise, a component of constant density beyond the k asked for; default false. Weights,
   * masses and responsibilities have k + 1 entries then, the last its own, and its rows the label −1.
   */
  readonly noise?: NoiseOption;
  /** What the component side of the plan must satisfy; default free. */
  readonly marginal?: Marginal;
  /** Temperature, or a schedule that ends at 1; default 1, maximum likelihood. */
  readonly epsilon?: number | EpsilonSchedule;
  /** Where EM starts: a method (default 'k-means++'), a start given in full or in part, responsibilities or labels. */
  readonly seeding?: SeedingMethod | StartInput;
  /** How a run goes from its start to its end; default 'plain'. What it needs to decide itself must not be given. */
  readonly strategy?: Strategy;
  /** Whether parameters are extrapolated along the way of EM, to fewer sweeps; default 'auto'. */
  readonly acceleration?: Acceleration;
  /** In which precision rows are swept; default 'auto': float32 as far as that tells, then float64. */
  readonly precision?: PrecisionChoice;
  /** The format in which a GPU holds rows; default 'float32'. */
  readonly rows?: RowFormat;
  /** Whether parameters are estimated once all rows have been swept, 'em', or after each block of them; default 'em'. */
  readonly algorithm?: Algorithm;
  /** Number of starts, of which the one that is judged best wins (`RestartOutcome.judged`); default 1. */
  readonly restarts?: number;
  /** Seed of all randomness, an integer; default 0. */
  readonly seed?: number;
  /** A fit has converged when an iteration lowers the objective by less, nats; default 1e-4. 0 asks for the last digit. */
  readonly tolerance?: number;
  /** Iterations per restart at the most; default 200. 0 fits nothing: the result is the start itself. */
  readonly maxIterations?: number;
  /**
   * Added to the variances of components, in squared units of the data; default 1e-9 of each column's variance, and 1e-6
   * at the most.
   */
  readonly regularization?: number;
  /**
   * What is believed of the mixture before its rows are seen; default 'none', maximum likelihood. Else the fit is a mode of the
   * posterior, and F has −log prior / n besides, n being the sum of the sample weights.
   */
  readonly prior?: PriorChoice;
  /** `[n]`, not negative. A weight of 2 is the row twice. */
  readonly sampleWeights?: ArrayLike<number>;
  /**
   * Rows with a missing value: refuse them (default), leave them out, or fit what they have. Values must be missing at random
   * for that.
   */
  readonly missing?: MissingPolicy;
  /** Default 'auto'. A `tf.Tensor` stays on the backend it lives on. `{ device }` is WebGPU on a device of yours. */
  readonly backend?: BackendRequest;
  /** Threads of the CPU backend; default all. The result does not depend on it. */
  readonly threads?: number;
  /**
   * Bytes that the encoded rows may take in memory, with what sweeps keep beside them where there is room; default half of
   * what is free, limits of control groups counted. Beyond, rows lie in a file and are read for every sweep, which changes
   * no bit of the result. On `webgpu` it is what rows may take of the GPU's memory, by default what there is. Backends
   * `wasm` and `webgpu`, in Node. With `cluster` it is the memory of each worker, by default of an equal share of half of
   * what its machine has free.
   */
  readonly memory?: number;
  /** The folder of that file; default the system's for temporary files. Nothing is left there, however a process ends. */
  readonly spill?: string;
  /**
   * Whether rows are written to that file and read past the page cache, by O_DIRECT on Linux; default false. It pays on
   * disks of some GB/s where memory is short or comes of a host, and changes no bit of the result. Rejects with
   * `InputError('file')` where rows go to the file and its file system has no direct I/O.
   */
  readonly directSpill?: boolean;
  /**
   * Whether a GPU may try, once per adapter and size, how it computes fastest; default true.
   * The result does not depend on it.
   */
  readonly autotune?: boolean;
  /**
   * Where to keep how far the fit has come, so that it can go on after a crash; in Node. It is kept between iterations, and
   * stays when the fit has ended.
   */
  readonly checkpoint?: CheckpointOptions;
  /**
   * A checkpoint to go on from, to the same bits; the fit goes on to keep it there where `checkpoint` names no other file.
   * Data and options must be those that it was begun with. Where both name one file and there is none yet, the fit begins.
   */
  readonly resume?: string | URL;
  /**
   * Reads and sweeps rows on other machines, by Ray, of a source of files that all of them see; default here. The same files
   * give the same result however many machines there are, and whatever fails of them.
   */
  readonly cluster?: ClusterOptions;
  /** Called often, from loading to scoring. */
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Ends the fit with what is fitted so far, status 'aborted', all numbers finite. Before the first sweep of the first
   * start is done there is nothing yet, and it rejects with the signal's reason.
   */
  readonly signal?: AbortSignal;
}

type Optional =
  | 'regularization'
  | 'sampleWeights'
  | 'threads'
  | 'cluster'
  | 'memory'
  | 'spill'
  | 'checkpoint'
  | 'resume'
  | 'onProgress'
  | 'signal';
/** Options with their defaults filled in. */
export type FitSettings = Required<Omit<FitOptions, Optional>> & Pick<FitOptions, Optional>;

/** Checks options and fills in defaults; throws `InputError('option')` that names the option. */
export function fitSettings(options: FitOptions): FitSettings {
  const settings: FitSettings = {
    family: gaussian(),
    noise: false,
    marginal: { kind: 'free' },
    epsilon: 1,
    seeding: 'k-means++',
    strategy: 'plain',
    acceleration: 'auto',
    precision: 'auto',
    rows: 'float32',
    algorithm: 'em',
    restarts: 1,
    seed: 0,
    tolerance: 1e-4,
    maxIterations: 200,
    prior: 'none',
    missing: 'error',
    backend: 'auto',
    autotune: true,
    directSpill: false,
    ...given(options),
  };
  requireInteger('components', settings.components, 1);
  requireInteger('restarts', settings.restarts, 1);
  requireInteger('seed', settings.seed);
  requireInteger('maxIterations', settings.maxIterations, 0);
  if (settings.threads !== undefined) requireInteger('threads', settings.threads, 1);
  requireSpill(settings);
  requireNotNegative('tolerance', settings.tolerance);
  if (settings.regularization !== undefined) requireNotNegative('regularization', settings.regularization);
  if (settings.cluster !== undefined) {
    requireCluster(settings.cluster);
    requireNoWeights(settings.sampleWeights);
    if (settings.algorithm !== 'em') {
      throw notOnCluster('algorithm', 'em', settings.algorithm, 'leave algorithm out');
    }
  }
  requireTools(settings);
  givenLogDensity(settings.noise); // throws where that is none
  requireOneOf('missing', settings.missing, missingPolicies);
  requireSeeding(settings);
  requireOneOf('strategy', settings.strategy, strategies);
  requireOneOf('acceleration', settings.acceleration, accelerations);
  requireOneOf('precision', settings.precision, precisions);
  requireRowFormat(settings);
  requireCompatible(settings);
  stagesOf(settings); // throws now rather than after the data is read
  requireSoftPlan(settings.marginal, temperatures(settings.epsilon));
  requireAlgorithm(settings);
  requirePrior(settings);
  requireKeeping(settings);
  return settings;
}

/** Hard assignment can't meet a marginal: its masses jump by whole rows as the potential moves. */
function requireSoftPlan({ kind }: Marginal, epsilons: readonly number[]): void {
  if (kind === 'free' || epsilons.every((epsilon) => epsilon > 0)) return;
  const remedy = "use a small one such as 0.1, or marginal { kind: 'free' }";
  throw new InputError('unsupported', {
    where: 'epsilon',
    expected: `a number > 0 with marginal ${kind}`,
    got: '0',
    remedy,
  });
}

function requireSeeding({ seeding, components, restarts, noise }: FitSettings): void {
  if (typeof seeding === 'string') {
    requireOneOf('seeding', seeding, seedingMethods);
    return;
  }
  if (restarts > 1) {
    throw invalid('restarts', '1 where the start is given', restarts, 'leave restarts out, or choose a seeding method');
  }
  requireStart(seeding, components, noise !== false);
}

/** Throws `InputError('option')` for what is no family. */
export function requireFamily(where: string, family: unknown): void {
  if (typeof (family as Partial<Family> | null | undefined)?.pack === 'function') return;
  throw invalid(where, 'a family such as gaussian()', family, "give gaussian({ covariance: 'full' }) or so");
}

/** A limit of memory and a folder for what is beyond, where there are files. */
function requireSpill({ memory, spill, directSpill }: FitSettings): void {
  if (memory !== undefined) {
    requireInteger('memory', memory, 0);
    requireScratch('memory');
  }
  if (typeof directSpill !== 'boolean') throw invalid('directSpill', 'true or false', directSpill);
  if (directSpill) requireScratch('directSpill');
  if (spill === undefined) return;
  if (typeof spill !== 'string' || spill === '') throw invalid('spill', 'the path of a folder', spill);
  requireScratch('spill');
}

/** What has methods that a fit calls must have them. */
function requireTools({ family, onProgress, signal }: FitSettings): void {
  requireFamily('family', family);
  requireCallbacks({ onProgress, signal });
}

/** Throws `InputError('option')` for a callback that is no function, or a signal that is no AbortSignal. */
export function requireCallbacks(given: { readonly onProgress?: unknown; readonly signal?: unknown }): void {
  const { onProgress, signal } = given;
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw invalid('onProgress', 'a function', onProgress);
  }
  if (signal === undefined || typeof (signal as AbortSignal | null)?.throwIfAborted === 'function') return;
  throw invalid('signal', 'an AbortSignal', signal, 'give the signal of an AbortController');
}

/** The options that say something: callers in JavaScript write null, or nothing at all, for the default. */
function given(options: FitOptions): FitOptions {
  const entries = Object.entries((options as FitOptions | null | undefined) ?? {});
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as FitOptions;
}
