import type { Accelerator } from '../em/accelerator.js';
import { squarem } from '../em/squarem.js';
import type { Family } from '../families/family.js';

/**
 * Whether parameters are extrapolated along the way of EM; F never rises by it.
 * - `none`: plain EM, whose iterations are those of textbooks.
 * - `squarem`: two steps of EM, then one extrapolation (Varadhan & Roland 2008): fewer sweeps where EM is slow.
 * - `auto`: `squarem` where many models are compared, in `selectMixture`; else `none`.
 */
export type Acceleration = 'auto' | 'none' | 'squarem';

export const accelerations = ['auto', 'none', 'squarem'] as const satisfies readonly Acceleration[];

/** The accelerator of a run; undefined for plain EM. */
export function acceleratorOf(acceleration: Acceleration, family: Family): Accelerator | undefined {
  switch (acceleration) {
    case 'auto':
    case 'none':
      return undefined;
    case 'squarem':
      return squarem(family);
  }
}
