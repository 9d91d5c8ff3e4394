import type { Accelerator } from '../em/accelerator.js';
import { squarem } from '../em/squarem.js';
import type { Family } from '../families/family.js';
import type { Acceleration } from './choices.js';

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
