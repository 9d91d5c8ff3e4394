import { shown } from '../base/check.js';
import { InputError } from '../base/errors.js';

/** Annealing: ε falls geometrically from `from` to 1 in `steps` stages, each run to convergence. */
export interface EpsilonSchedule {
  readonly from: number;
  /** Number of stages, the last at ε = 1; default 5. */
  readonly steps?: number;
}

/**
 * The temperatures a fit goes through. ε = 1 is maximum likelihood, ε > 1 smooths, ε = 0 is hard assignment. It
 * tempers costs and not mixture weights, unlike deterministic annealing (Ueda & Nakano 1998).
 * Throws `InputError('option')` for a temperature that is negative or not finite.
 */
export function temperatures(epsilon: number | EpsilonSchedule): number[] {
  if (typeof epsilon === 'number') {
    if (epsilon >= 0 && Number.isFinite(epsilon)) return [epsilon];
    throw invalid(epsilon);
  }
  const { from, steps = 5 } = (epsilon as EpsilonSchedule | null | undefined) ?? ({} as Partial<EpsilonSchedule>);
  const valid = typeof from === 'number' && from > 0 && Number.isFinite(from) && Number.isInteger(steps) && steps >= 1;
  if (!valid) throw invalid(epsilon);
  return Array.from({ length: steps }, (_, stage) => (stage === steps - 1 ? 1 : from ** (1 - stage / (steps - 1))));
}

function invalid(got: unknown): InputError {
  return new InputError('option', {
    where: 'epsilon',
    expected: 'a number ≥ 0, or { from, steps } with from > 0 and a whole number of steps ≥ 1',
    got: shown(got),
    remedy: 'use 1 for maximum likelihood, or a schedule such as { from: 1.5, steps: 5 }',
  });
}
