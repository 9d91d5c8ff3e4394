/** The models that a selection tries, and what it has of them. */
import type { CovarianceForm } from '../../kernels/form.js';
import type { Family } from '../families/family.js';
import type { Fit } from './fit.js';
import type { FitOptions, Progress } from './options.js';

/** What a fit of k + 1 components has of that of k: nothing, or one more start. */
export type Growth = 'none' | 'split';

export const growths = ['none', 'split'] as const satisfies readonly Growth[];

/** One model that was tried. */
export interface Candidate {
  readonly k: number;
  readonly family: Family;
  /** The covariance type of Gaussians. */
  readonly covariance?: CovarianceForm | undefined;
  readonly fit: Fit;
}

/** One model that could not be fitted, and why. */
export interface FailedCandidate {
  readonly k: number;
  readonly family: Family;
  readonly covariance?: CovarianceForm | undefined;
  readonly error: unknown;
}

/** What a selection is doing now: of which model, and how many of all have ended. */
export interface SelectProgress extends Progress {
  /** The model that this tells of, from 1, in the order in which they are tried. Several may be fitted at once. */
  readonly candidate: number;
  readonly candidates: number;
  /** Models that are fitted, or can't be. */
  readonly finished: number;
}

/** A model to try. */
export type Model = Omit<Candidate, 'fit'>;

/** What all fits of a selection have in common. */
export type Asked = Omit<FitOptions, 'family' | 'components' | 'onProgress'> & {
  readonly growth: Growth;
  readonly onProgress?: ((progress: SelectProgress) => void) | undefined;
};

/**
 * Models by number, in groups that may be fitted in any order, or at once. A fit that grows from that of one component less
 * comes after that, in the same group.
 */
export function groupsOf(models: readonly Model[], growth: Growth): number[][] {
  if (growth === 'none') return models.map((_, index) => [index]);
  const groups = new Map<Family, number[]>();
  for (const [index, { family }] of models.entries()) groups.set(family, [...(groups.get(family) ?? []), index]);
  return [...groups.values()];
}

/** The number of the model that one grows from: the same family of one component less, earlier. */
export function smallerOf(models: readonly Model[], index: number, growth: Growth): number | undefined {
  if (growth === 'none') return undefined;
  const { family, k } = models[index];
  const found = models.slice(0, index).findIndex((one) => one.family === family && one.k === k - 1);
  return found < 0 ? undefined : found;
}

/** Fits are many, so that sweeps saved count. */
export function accelerated<Options extends Pick<FitOptions, 'acceleration' | 'algorithm'>>(options: Options): Options {
  if (options.algorithm === 'incremental') return options; // which has its own way to fewer sweeps
  return (options.acceleration ?? 'auto') === 'auto' ? { ...options, acceleration: 'squarem' } : options;
}
