import { InputError } from '../base/errors.js';
import { marginalSolver, type Marginal } from '../transport/marginal.js';
import type { Stage } from '../em/stages.js';
import { besideNoise } from '../seeding/start.js';
import type { NoiseOption } from './noise.js';
import { temperatures, type EpsilonSchedule } from '../transport/temperature.js';

/**
 * How a fit goes about finding a good optimum from each of its starts.
 * - `plain`: EM from the start to the end.
 * - `anneal`: a few iterations at each temperature of a schedule that falls to ε = 1, then EM to the end.
 * - `warm-up`: a few iterations with all proportions held equal (Sinkhorn-EM), but for that of noise at .05, then EM with
 *   free ones to the end.
 * - `short-runs`: a few iterations from each of several seedings, then EM to the end from the best of them (em-EM,
 *   Biernacki, Celeux & Govaert 2003).
 */
export type Strategy = 'plain' | 'anneal' | 'warm-up' | 'short-runs';

export const strategies = ['plain', 'anneal', 'warm-up', 'short-runs'] as const satisfies readonly Strategy[];

/** Temperatures of `anneal`, and iterations at each before the last. */
export const ANNEALING = { from: 1.5, steps: 3, iterations: 5 } as const;
/** Iterations of `warm-up`. */
export const WARM_UP = 10;
/** Seedings that `short-runs` tries for each restart, and iterations of each. */
export const SHORT_RUNS = { runs: 5, iterations: 10 } as const;

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
  if (strategy === 'short-runs' && typeof seeding === 'object') {
    throw conflict('a seeding method, since short-runs chooses among its starts', 'a start', 'start');
  }
}

function conflict(expected: string, got: string, keep: string): InputError {
  const remedy = `use strategy 'plain' to keep the ${keep}, or leave that out`;
  return new InputError('option', { where: 'strategy', expected, got, remedy });
}
