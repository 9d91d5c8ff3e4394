/** Conjugate priors of products: those of the factors. */
import { InputError } from '../base/errors.js';
import type { Components } from './components.js';
import { priorOf, type ComponentPriorOption, type ComponentPriorOptions, type Conjugates } from './prior.js';
import type { PlacedFactor } from './product-factors.js';
import { partsOf, scalingAt, split } from './product-terms.js';

/** What is said of columns, of which only one factor can be meant. */
const OF_COLUMNS = ['mean', 'dof', 'scale'] as const satisfies readonly ComponentPriorOption[];

/** Undefined where a factor has none. `partOf`: the components of a factor. */
export function jointConjugates(
  factors: readonly PlacedFactor[],
  partOf: (components: Components, f: number) => Components,
): Conjugates | undefined {
  const own = factors.flatMap(({ family }) => family.conjugates ?? []);
  if (own.length < factors.length) return undefined;
  return {
    options: [...new Set(own.flatMap(({ options }) => options))],
    of(moments, packed, { scaling, ...settings }) {
      requireOneFactor(settings.options, own);
      const apart = split(moments, packed);
      const parts = own.map((conjugates, f) => {
        const places = scaling && scalingAt(scaling, factors[f].places);
        return conjugates.of(apart[f], partsOf(packed)[f], { ...settings, scaling: places });
      });
      return { kind: 'joint', parts };
    },
    log(components, prior) {
      const { parts } = priorOf(prior, 'joint');
      return own.reduce((sum, conjugates, f) => sum + conjugates.log(partOf(components, f), parts[f]), 0);
    },
  };
}

/** Throws `InputError('option')` for a mean of which columns nobody knows. */
function requireOneFactor(options: ComponentPriorOptions, own: readonly Conjugates[]): void {
  for (const name of OF_COLUMNS) {
    const takers = own.filter((conjugates) => conjugates.options.includes(name));
    if (options[name] === undefined || takers.length <= 1) continue;
    throw new InputError('option', {
      where: `prior.${name}`,
      expected: 'one factor of Gaussians with it',
      got: String(takers.length),
      remedy: 'leave it out for the default of each',
    });
  }
}
