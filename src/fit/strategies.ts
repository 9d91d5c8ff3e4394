import { InputError } from '../base/errors.js';
import { marginalSolver, type Marginal } from '../transport/marginal.js';
import type { Stage } from '../em/stages.js';
import type { SeedingMethod } from '../seeding/seeding.js';
import { besideNoise } from '../seeding/start.js';
import type { NoiseOption } from './noise.js';
import { temperatures, type EpsilonSchedule } from '../transport/temperature.js';
import type { Strategy } from './choices.js';

/** Temperatures of `anneal`, and iterations at each before the last. */
export const ANNEALING = { from: 1.5, steps: 3, iterations: 5 } as const;
/** Iterations of `warm-up`. */
export const WARM_UP = 10;
/** Seedings that `short-runs` tries for each restart, and iterations of each. */
export const SHORT_RUNS = { runs: 5, iterations: 10 } as const;

/** How a restart comes to the start that it goes on from. */
export interface Search {
  /** Whether it is made on a sample of many rows. */
  readonly sampled: boolean;
  /** Whether runs are accelerated where nobody says how. */
  readonly accelerated: boolean;
}

/** Of several starts the best. */
export interface Contest extends Search {
  /** In each so many runs, the best of those before, each by so many iterations. */
  readonly rounds: readonly { readonly runs: number; readonly iterations: number }[];
  /** How the first so many are seeded, whatever the others are seeded by. */
  readonly firstBy?: { readonly seeding: SeedingMethod; readonly starts: number };
}

/** What `race` does; by `study:optima` the best chance for as many sweeps as short runs take. */
export const RACE: Contest = {
  rounds: [
    { runs: 8, iterations: 5 },
    { runs: 3, iterations: 10 },
  ],
  firstBy: { seeding: 'hierarchical', starts: 2 },
  sampled: true,
  accelerated: true,
};

/** What `split-merge` does: from one start, by moves. */
const MOVES: Search = { sampled: true, accelerated: true };

/** How a strategy searches before it goes on to the end, if it does. */
export function searchOf(strategy: Strategy): Search | undefined {
  return strategy === 'split-merge' ? MOVES : contestOf(strategy);
}

/** The contest of a strategy, if it has one. */
export function contestOf(strategy: Strategy): Contest | undefined {
  if (strategy === 'race') return RACE;
  return strategy === 'short-runs' ? { rounds: [SHORT_RUNS], sampled: false, accelerated: false } : undefined;
}

/** What a user has asked for, defaults filled in. */
interface Asked {
  readonly strategy: Strategy;
  readonly marginal: Marginal;
  readonly epsilon: number | EpsilonSchedule;
  readonly components: number;
  readonly noise?: NoiseOption;
  /** The name of a method, or a start. */
  readonly seeding: string | object;
}

/**
 * The stages of every run; throws `InputError('option')` for a marginal or temperature that makes no sense. `pull`: what a
 * prior draws free weights by.
 */
export function stagesOf(
  { strategy, marginal: asked, epsilon, components: k, noise = false }: Omit<Asked, 'seeding'>,
  pull?: Float64Array,
): Stage[] {
  const noisy = noise !== false;
  const marginal = marginalSolver(asked, k, { noise: noisy, pull });
  if (strategy === 'anneal') {
    const { iterations, ...schedule } = ANNEALING;
    return temperatures(schedule).map((value) => ({ epsilon: value, marginal, ...(value > 1 && { iterations }) }));
  }
  const stages = temperatures(epsilon).map((value) => ({ epsilon: value, marginal }));
  if (strategy !== 'warm-up') return stages;
  const equal = new Float64Array(k).fill(1 / k);
  const even = marginalSolver({ kind: 'fixed', weights: Array.from(noisy ? besideNoise(equal) : equal) }, k, {
    noise: noisy,
  });
  return [{ epsilon: stages[0].epsilon, marginal: even, iterations: WARM_UP }, ...stages];
}

/** Throws `InputError('option')` where a strategy would have to override what was asked for. */
export function requireCompatible({ strategy, epsilon, marginal, seeding }: Omit<Asked, 'components' | 'noise'>): void {
  if (strategy === 'anneal' && epsilon !== 1) {
    throw conflict(
      'epsilon 1, since anneal has a schedule of its own',
      `epsilon ${JSON.stringify(epsilon)}`,
      'epsilon',
    );
  }
  if (strategy === 'warm-up' && marginal.kind !== 'free') {
    throw conflict('marginal free, since warm-up fixes it and frees it', `marginal ${marginal.kind}`, 'marginal');
  }
  if (strategy === 'warm-up' && epsilon === 0) {
    throw conflict('epsilon > 0, since warm-up meets proportions by it', 'epsilon 0', 'epsilon');
  }
  if (strategy === 'split-merge' && marginal.kind !== 'free') {
    throw conflict('marginal free, since moves change proportions', `marginal ${marginal.kind}`, 'marginal');
  }
  if (strategy === 'split-merge' && epsilon !== 1) {
    throw conflict('epsilon 1, at which moves are judged', `epsilon ${JSON.stringify(epsilon)}`, 'epsilon');
  }
  if (contestOf(strategy) && typeof seeding === 'object') {
    throw conflict(`a seeding method, since ${strategy} chooses among its starts`, 'a start', 'start');
  }
}

function conflict(expected: string, got: string, keep: string): InputError {
  const remedy = `use strategy 'plain' to keep the ${keep}, or leave that out`;
  return new InputError('option', { where: 'strategy', expected, got, remedy });
}
