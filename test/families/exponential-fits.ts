/** Published fits in the terms of exponential families. */
import { bernoulli } from '../../src/families/bernoulli.js';
import { categorical } from '../../src/families/categorical.js';
import type { ExponentialFamily } from '../../src/families/exponential-family.js';
import { exponential } from '../../src/families/exponential.js';
import { gamma } from '../../src/families/gamma.js';
import { geometric } from '../../src/families/geometric.js';
import { multinomial } from '../../src/families/multinomial.js';
import { negativeBinomialAmong } from '../../src/families/negative-binomial.js';
import { poisson } from '../../src/families/poisson.js';
import { vonMisesFisher } from '../../src/families/von-mises-fisher.js';
import type { FamilyFit } from '../golden/families.js';

const one = new Map<string, ExponentialFamily>(
  [poisson, bernoulli, geometric, exponential, gamma].map((family) => [family.name, family]),
);

/** The families of a published fit's columns. */
export function blocksOf(
  { family, columns, levels }: FamilyFit,
  rows: readonly (readonly number[])[],
): readonly ExponentialFamily[] {
  switch (family) {
    case 'categorical':
      return (levels ?? []).map(categorical);
    case 'multinomial':
      return [multinomial(columns.length)];
    case 'vonMisesFisher':
      return [vonMisesFisher(columns.length)];
    case 'negativeBinomial':
      return [negativeBinomialAmong(Float64Array.from(new Set(rows.map(([count]) => count))))];
    default:
      return columns.map(() => one.get(family)!);
  }
}

/** θ by block and component, of parameters as the fixture has them. */
export function thetasOf(
  { family, start }: FamilyFit,
  blocks: readonly ExponentialFamily[],
  parameters = start.parameters,
): Float64Array[][] {
  return blocks.map((block, b) =>
    start.weights.map((_, c) =>
      Float64Array.from(
        Object.entries(block.parameters).flatMap(([name, size]) => {
          const values = parameters[name] as number[][] | number[][][];
          if (family === 'categorical') return (values as number[][][])[b][c];
          const own = values[c] as number[] | number;
          if (typeof own === 'number') return [own];
          return block.columns === 1 ? own.slice(b, b + size) : own;
        }),
      ),
    ),
  );
}
