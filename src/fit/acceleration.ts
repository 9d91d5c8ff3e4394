import type { Accelerator } from '../em/accelerator.js';
import { squarem } from '../em/squarem.js';
import type { Family } from '../families/family.js';

/**
 * Whether parameters are extrapolated along the way of EM; F never rises by it.
 * - `none`: plain EM, whose iterations are those of textbooks.
 * - `squarem`: two steps of EM, then one extrapolation (Varadhan & Roland 2008): fewer sweeps where EM is slow.
 * - `auto`: `squarem` where many models are compared, in `selectMixture`, and where a strategy searches, `race` or `split-merge`; else `none`.
 */
export type Acceleration = 'auto' | 'none' | 'squarem';

export const accelerations = ['auto', 'none', 'squarem'] as const satisfies readonly Acceleration[];

/** The accelerator of a fit's runs; undefined for plain EM. `auto`: what that is here. */
export function acceleratorOf(
  acceleration: Acceleration,
  family: Family,
  auto: Exclude<Acceleration, 'auto'> = 'none',
): Accelerator | undefined {
  const chosen = acceleration === 'auto' ? auto : acceleration;
  switch (chosen) {
    case 'none':
      return undefined;
    case 'squarem':
      return squarem(family);
  }
}
