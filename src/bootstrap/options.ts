import { invalid, requireInteger } from '../base/check.js';
import { families } from '../families/families.js';
import type { Family } from '../families/family.js';
import type { NoiseOption } from '../fit/noise.js';
import { fitSettings, requireCallbacks, type FitOptions, type FitSettings, type Progress } from '../fit/options.js';
import type { Mixture } from '../mixture/mixture.js';

/** How far a bootstrap is: its fits to the rows themselves, as fits tell it, and how many replicates are done. */
export type BootstrapProgress =
  Progress | { readonly phase: 'bootstrap'; readonly done: number; readonly replicates: number };

/** Options of fits that a bootstrap has no use for: it decides them, or they are of one fit alone. */
type Decided =
  | 'components'
  | 'family'
  | 'noise'
  | 'seeding'
  | 'strategy'
  | 'restarts'
  | 'algorithm'
  | 'checkpoint'
  | 'resume'
  | 'cluster'
  | 'onProgress';

/**
 * Options of `bootstrap`. Those that say what is fitted (`marginal`, `epsilon`, `prior`, `regularization`, `missing`) are by
 * default those that the mixture was fitted with, where it says so.
 */
export interface BootstrapOptions extends Omit<FitOptions, Decided> {
  /** How many; default 200. */
  readonly replicates?: number;
  /** Of intervals; default 0.95. */
  readonly level?: number;
  /** Default a thousandth of a nat over all rows, at most 1e-5 a row: small beside what chance does to parameters. */
  readonly tolerance?: number;
  /** Default 1000. */
  readonly maxIterations?: number;
  /** Called as replicates end. */
  readonly onProgress?: (progress: BootstrapProgress) => void;
}

const decided: readonly string[] = [
  'components',
  'family',
  'noise',
  'seeding',
  'strategy',
  'restarts',
  'algorithm',
  'checkpoint',
  'resume',
  'cluster',
] satisfies readonly Decided[];

/** Replicates, the least that say something of spread among them, and their level. */
export interface Wanted {
  readonly replicates: number;
  readonly level: number;
}

/** Throws `InputError('option')` for numbers of replicates and levels that are none. */
export function wantedOf(given: Partial<Wanted>, replicates: number): Wanted {
  const wanted = { replicates: given.replicates ?? replicates, level: given.level ?? 0.95 };
  requireInteger('replicates', wanted.replicates, 2);
  const { level } = wanted;
  if (!(typeof level === 'number' && level > 0 && level < 1)) throw invalid('level', 'a number between 0 and 1', level);
  return wanted;
}

/** Throws `InputError('option')` for an option that has no place in a bootstrap. */
export function requireNone(options: object, names: readonly string[], remedy: string): void {
  const [odd] = Object.entries(options).filter(
    ([name, value]) => names.includes(name) && (value ?? undefined) !== undefined,
  );
  if (odd) throw invalid(odd[0], 'nothing', odd[1], remedy);
}

/** The settings of fits that go on from a mixture, to the same kind of optimum. Throws `InputError('option')`. */
export function refitSettings(
  mixture: Mixture,
  options: BootstrapOptions,
  onProgress: FitOptions['onProgress'],
): FitSettings {
  requireNone(options, decided, 'leave it out: the mixture has it, or the bootstrap decides');
  requireCallbacks(options);
  const { replicates: _, level: __, onProgress: ___, ...given } = options;
  return fitSettings({
    acceleration: 'squarem',
    maxIterations: 1000,
    ...fittedWith(mixture),
    ...given,
    ...modelOf(mixture),
    seeding: { weights: mixture.weights, components: mixture.components },
    ...(onProgress && { onProgress }),
  });
}

/** Options that say what is fitted, and not how. */
type FittedWith = Pick<FitOptions, 'marginal' | 'epsilon' | 'prior' | 'regularization' | 'missing'>;

/** What the fit of a mixture says that was fitted; the temperature is the one that it ended with. */
export function fittedWith({ provenance }: Mixture): FittedWith {
  const { marginal, epsilon, prior, regularization, missing } = (provenance?.options ?? {}) as FittedWith;
  return {
    ...(marginal && { marginal }),
    ...(typeof epsilon === 'number' && { epsilon }),
    ...(prior && { prior }),
    ...(typeof regularization === 'number' && { regularization }), // in words where it was the default
    ...(missing && { missing }),
  };
}

/** A mixture's model, as options of a fit ask for it. */
export function modelOf({ k, family, noise, columns }: Mixture): {
  readonly components: number;
  readonly family: Family;
  readonly noise: NoiseOption;
} {
  if (!noise) return { components: k, family, noise: false };
  const plain = families[family.name](family.options);
  const density = Math.exp(noise.logDensity);
  const sound = density > 0 && density < Infinity; // else one over the ranges of the rows, as by default
  return { components: k, family: plain.forColumns?.(columns) ?? plain, noise: sound ? { density } : true };
}

/** A gain per iteration that no parameter moves by much beside its standard error: a thousandth of a nat over all rows. */
export function fineTolerance(rows: number): number {
  return Math.min(1e-5, 1e-3 / rows);
}
