import { invalid, isList, requireNotNegative, requireOneOf, shown } from '../base/check.js';
import { InputError } from '../base/errors.js';
import type { Dataset } from '../data/dataset.js';
import { pooledMoments } from '../em/pooled.js';
import type { MixturePrior } from '../em/prior.js';
import type { Family } from '../families/family.js';
import type { ComponentPriorOption, ComponentPriorOptions, ConjugatePrior } from '../families/prior.js';
import type { Marginal } from '../transport/marginal.js';
import type { NoiseOption } from './noise.js';
import { temperatures, type EpsilonSchedule } from '../transport/temperature.js';

/** What is believed of a mixture before its rows are seen. What is left out is as `default` has it. */
export interface PriorOptions extends ComponentPriorOptions {
  /**
   * α ≥ 1 of the Dirichlet distribution of the weights, one for all or one for each: α − 1 pseudo-rows a component. Default 1,
   * under which all weights are equally likely. Noise has a weight too, the last.
   */
  readonly weights?: number | readonly number[] | undefined;
  /** Whether components have a prior; default 'default'. */
  readonly components?: 'default' | 'none' | undefined;
}

/**
 * - `none`: maximum likelihood.
 * - `default`: the family's conjugate prior of few rows, drawn to the pool of all: mclust's for Gaussians (Fraley & Raftery
 *   2007), a pseudo-row of the pool for every component of other families.
 */
export type PriorChoice = 'none' | 'default' | PriorOptions;

const names = [
  'weights',
  'components',
  'rows',
  'shrinkage',
  'mean',
  'dof',
  'scale',
] as const satisfies readonly (keyof PriorOptions)[];

interface Asked {
  readonly prior: PriorChoice;
  readonly components: number;
  readonly noise: NoiseOption;
  readonly marginal: Marginal;
  readonly epsilon: number | EpsilonSchedule;
}

/** Throws `InputError('option')` for a prior that makes no sense, whatever the family. */
export function requirePrior({ prior, components, noise, marginal, epsilon }: Asked): void {
  if (typeof prior !== 'object') {
    requireOneOf('prior', prior, ['none', 'default']);
    return;
  }
  if (isList(prior)) throw invalid('prior', "'none', 'default' or an object of options", prior);
  const unknown = Object.keys(prior).find((name) => !names.some((one) => one === name));
  if (unknown !== undefined) throw invalid('prior', `options among ${names.join(', ')}`, unknown, 'leave it out');
  requireOneOf('prior.components', prior.components ?? 'default', ['default', 'none']);
  for (const name of ['rows', 'shrinkage'] as const) requireNotNegative(`prior.${name}`, prior[name] ?? 0);
  if (!concentrationsOf(prior.weights, weightCount(components, noise))) return;
  const wrong = (where: string, expected: string, got: string, remedy: string): InputError =>
    new InputError('option', { where, expected, got, remedy });
  if (marginal.kind !== 'free') {
    throw wrong(
      'prior.weights',
      'proportions that are free',
      `marginal ${marginal.kind}`,
      'leave weights out of the prior, or the marginal out',
    );
  }
  if (temperatures(epsilon).includes(0)) {
    throw wrong(
      'prior.weights',
      'epsilon > 0, since hard assignment says nothing of weights',
      'epsilon 0',
      'leave weights out of the prior, or use a small epsilon such as 0.1',
    );
  }
}

/**
 * Throws `InputError` unless these families have priors, and one of them all the options that are given: several families
 * may be compared under one choice.
 */
export function requireConjugate(prior: PriorChoice, families: readonly Family[]): void {
  if (!givesComponents(prior)) return;
  const known = new Set(families.flatMap((family) => conjugatesOf(family).options));
  const chosen = typeof prior === 'object' ? componentOptionsOf(prior) : {};
  const alien = Object.keys(chosen).find((name) => !known.has(name as ComponentPriorOption));
  if (alien === undefined) return;
  throw new InputError('option', {
    where: `prior.${alien}`,
    expected: `options of ${families.length > 1 ? 'these families' : `family ${families[0].name}`}: ${['weights', 'components', ...known].join(', ')}`,
    got: alien,
    remedy: 'leave it out',
  });
}

/** The prior of a fit, of what one reading of its rows says; undefined where there is none. */
export async function priorOf(
  { shard, scaling, columns, totalWeight: n }: Dataset,
  asked: Asked & { readonly family: Family; readonly signal?: AbortSignal | undefined },
): Promise<MixturePrior | undefined> {
  const { prior, family, components: k, noise, signal } = asked;
  if (prior === 'none') return undefined;
  const { weights, ...rest } = prior === 'default' ? {} : prior;
  let components: ConjugatePrior | undefined;
  if (givesComponents(prior)) {
    const { moments, packed } = await pooledMoments({ shard, columns: columns.length, scaling, signal }, family);
    components = conjugatesOf(family).of(moments, packed, { k, n, options: componentOptionsOf(rest), scaling });
  }
  return { components, concentrations: concentrationsOf(weights, weightCount(k, noise)), n };
}

/** How many weights there are: noise has one too. */
function weightCount(components: number, noise: NoiseOption): number {
  return noise === false ? components : components + 1;
}

function givesComponents(prior: PriorChoice): boolean {
  return prior !== 'none' && (prior === 'default' || prior.components !== 'none');
}

function conjugatesOf({ name, conjugates }: Family): NonNullable<Family['conjugates']> {
  if (conjugates) return conjugates;
  throw new InputError('unsupported', {
    where: 'prior',
    expected: `none with family ${name}, which has no conjugate prior`,
    got: 'one',
    remedy: "leave it out, or give { components: 'none', weights: 2 } (--prior components=none,weights=2)",
  });
}

/** Those options that are given of the components'. */
function componentOptionsOf({ weights: _, components: __, ...options }: PriorOptions): ComponentPriorOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

/** α_k − 1, `[k]`; undefined where all are 0. */
function concentrationsOf(weights: PriorOptions['weights'], k: number): Float64Array | undefined {
  const given: unknown = weights ?? 1;
  const list: readonly unknown[] = isList(given) ? Array.from(given) : new Array<unknown>(k).fill(given);
  const sound = list.filter((value): value is number => typeof value === 'number' && value >= 1 && value < Infinity);
  if (list.length !== k || sound.length !== k) {
    throw new InputError('option', {
      where: 'prior.weights',
      expected: `a finite number ≥ 1, or ${k} of them`,
      got: shown(given),
      remedy: 'use 2 for a pseudo-row a component, or 1 for none',
    });
  }
  return sound.some((value) => value > 1) ? Float64Array.from(sound, (value) => value - 1) : undefined;
}
