import type { BackendRequest } from '../backend/resolve.js';
import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { IterationProgress } from './iterate.js';
import type { SinkhornNumbers } from './numbers.js';

/** A ladder of temperatures from `from` down to ε, each `factor` times the one below. */
export interface EpsilonLadder {
  readonly from: number;
  /** More than 1; default 4. */
  readonly factor?: number;
}

/** Options of `sinkhorn`; only `epsilon` is needed. */
export interface SinkhornOptions {
  /** Temperature ε > 0, in the units of the costs. */
  readonly epsilon: number;
  /** Weights of the rows, `[n]` or `[B, n]`, at least 0; 1/n each unless given. 0 leaves a point out. */
  readonly a?: SinkhornNumbers;
  /** Weights of the columns, `[m]` or `[B, m]`; 1/m each unless given. */
  readonly b?: SinkhornNumbers;
  /**
   * ρ_a, the price of missing a, in the units of the costs: ρ_a KL(P1 | a) is added to the objective. Infinity
   * (default) prescribes the row sums, 0 leaves them free.
   */
  readonly rhoA?: number;
  /** ρ_b, the same for the columns. */
  readonly rhoB?: number;
  /**
   * L1 error of the marginals at which a problem has converged, as a share of the mass; default 1e-6. 0 goes on until
   * nothing changes any more or `maxIterations` is reached.
   */
  readonly tolerance?: number;
  /** No problem ends before so many iterations, unless it is aborted; default 0. */
  readonly minIterations?: number;
  /** Default 1000; an iteration is two softmins. */
  readonly maxIterations?: number;
  /** Default 'anderson', never behind the plain iteration but for a few trials. */
  readonly acceleration?: 'anderson' | 'none';
  /**
   * Whether larger values of ε come first. Default true: from the range of the costs down by 4, where ε is less than
   * 1/200 of that and no start is given.
   */
  readonly epsilonScaling?: boolean | EpsilonLadder;
  /** A warm start: the potential g of a solution, `[m]` or `[B, m]`; f follows from it. A solution itself will do. */
  readonly start?: { readonly g: SinkhornNumbers };
  /**
   * Default 'auto': tensors stay where they are, and arrays are solved on the CPU in float64. A real GPU solves more
   * than 4 million costs in float32. On the CPU, SIMD and all threads solve clouds of more than a million pairs, in
   * float32 as far as that goes, then in float64. 'wasm' is the CPU whatever GPUs there are; 'cpu' is that by
   * JavaScript alone, in float64 throughout.
   */
  readonly backend?: BackendRequest;
  /** Threads of the CPU; default all. The result is the same on any number. */
  readonly threads?: number;
  /** Called after every iteration. */
  readonly onProgress?: (progress: IterationProgress) => void;
  /** Ends the iteration with what is there so far, status 'aborted'; before the first iteration it rejects. */
  readonly signal?: AbortSignal;
}

type Optional = 'a' | 'b' | 'start' | 'threads' | 'onProgress' | 'signal';
export type SinkhornSettings = Required<Omit<SinkhornOptions, Optional>> & Pick<SinkhornOptions, Optional>;

const defaultFactor = 4;
/** Where ε is more than this share of the range of costs, a ladder costs more iterations than it saves. */
const SMALL = 1 / 200;

/** Checks options and fills in defaults; throws `InputError('option')` that names the option. */
export function sinkhornSettings(options: SinkhornOptions, where: string): SinkhornSettings {
  const given = Object.entries((options as SinkhornOptions | null | undefined) ?? {});
  const settings = {
    rhoA: Infinity,
    rhoB: Infinity,
    tolerance: 1e-6,
    minIterations: 0,
    maxIterations: 1000,
    acceleration: 'anderson',
    epsilonScaling: true,
    backend: 'auto',
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null)),
  } as SinkhornSettings;
  const { epsilon, tolerance, minIterations, maxIterations, acceleration } = settings;
  const positive = (value: unknown): boolean => typeof value === 'number' && value >= 1e-30 && value <= 1e30;
  const require = (holds: boolean, name: string, expected: string, got: unknown, remedy = 'correct it'): void => {
    if (holds) return;
    throw new InputError('option', { where: `${where}: ${name}`, expected, got: shown(got), remedy });
  };
  const noScale = 'take a hundredth of the range of costs to begin with; for the limit 0, a thousandth';
  require(positive(epsilon), 'epsilon', 'a number from 1e-30 to 1e30', epsilon, noScale);
  for (const name of ['rhoA', 'rhoB'] as const) {
    const rho = settings[name];
    require(typeof rho === 'number' && rho >= 0, name, 'a number ≥ 0, or Infinity', rho);
  }
  require(typeof tolerance === 'number' &&
    tolerance >= 0 &&
    tolerance < Infinity, 'tolerance', 'a finite number ≥ 0', tolerance);
  require(Number.isSafeInteger(maxIterations) &&
    maxIterations >= 1, 'maxIterations', 'a whole number ≥ 1', maxIterations);
  const some = Number.isSafeInteger(minIterations) && minIterations >= 0 && minIterations <= maxIterations;
  require(some, 'minIterations', `a whole number from 0 to maxIterations, ${maxIterations}`, minIterations);
  require(['anderson', 'none'].includes(acceleration), 'acceleration', 'anderson or none', acceleration);
  requireLadder(settings, require);
  const { threads } = settings;
  require(threads === undefined ||
    (Number.isSafeInteger(threads) && threads >= 1), 'threads', 'a whole number ≥ 1', threads);
  return settings;
}

function requireLadder(
  { epsilonScaling, epsilon }: SinkhornSettings,
  require: (holds: boolean, name: string, expected: string, got: unknown) => void,
): void {
  if (typeof epsilonScaling === 'boolean') return;
  require(typeof epsilonScaling === 'object', 'epsilonScaling', 'true, false or { from, factor }', epsilonScaling);
  const { from, factor = defaultFactor } = epsilonScaling;
  require(from >= epsilon && from < Infinity, 'epsilonScaling.from', `a number from epsilon, ${epsilon}, on`, from);
  require(factor > 1 && factor < Infinity, 'epsilonScaling.factor', 'a number > 1', factor);
}

/** The values of ε to go through, the last one ε itself, for costs of this range. */
export function ladder({ epsilon, epsilonScaling, start }: SinkhornSettings, range: number): number[] {
  const { from, factor = defaultFactor } =
    typeof epsilonScaling === 'object'
      ? epsilonScaling
      : { from: epsilonScaling && !start && epsilon < SMALL * range ? range : epsilon };
  const steps: number[] = [];
  for (let step = from; step > epsilon * (1 + 1e-9); step /= factor) steps.push(step);
  return [...steps, epsilon];
}
