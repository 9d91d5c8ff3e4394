import type { Family } from './family.js';
import { resolveFamilies } from './family-columns.js';
import { printFamilies } from './family-text.js';
import { requireFactors, type Factor } from './product-factors.js';
import { ProductFamily } from './product-family.js';

export type { Factor } from './product-factors.js';

/**
 * Families on different columns, independent given the component: log p(x | θ_k) = Σ_f log p_f(x_f | θ_kf). Each column
 * belongs to one factor; `'*'`, for one of them, means the columns that no other names. Throws `InputError('option')` for
 * factors that are none, and, once data are there, for columns that they don't have or that no factor has.
 */
export function product(factors: readonly Factor[]): Family {
  requireFactors(factors);
  return new UnplacedProduct(factors);
}

/** A product before the data's columns are known. */
class UnplacedProduct extends ProductFamily {
  private readonly entries;

  constructor(private readonly given: readonly Factor[]) {
    const entries = given.map(({ columns, family }) => ({
      family: family.name,
      options: Object.values(family.options),
      columns,
    }));
    super(
      given.map(({ family }) => ({ family, columns: [] })),
      [],
      printFamilies(entries),
    );
    this.entries = entries;
  }

  forColumns(names: readonly string[]): Family {
    const resolved = resolveFamilies(this.entries, names, 'product');
    const factors = resolved.map(({ columns }, f) => {
      const { family, columns: asked } = this.given[f];
      const own = asked === '*' ? family : (family.forNamed?.() ?? family);
      return { family: own, columns: columns.map((name) => names.indexOf(name)) };
    });
    return new ProductFamily(factors, names, printFamilies(resolved));
  }
}
