/** Published fits in the terms of exponential families. */
import { bernoulliDistribution } from '../../src/families/bernoulli.js';
import { categoricalDistribution } from '../../src/families/categorical.js';
import type { ExponentialFamily } from '../../src/families/exponential-family.js';
import { exponentialDistribution } from '../../src/families/exponential.js';
import { gammaDistribution } from '../../src/families/gamma.js';
import { geometricDistribution } from '../../src/families/geometric.js';
import { multinomialDistribution } from '../../src/families/multinomial.js';
import { negativeBinomialAmong } from '../../src/families/negative-binomial.js';
import { poissonDistribution } from '../../src/families/poisson.js';
import { vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import type { FamilyFit } from '../golden/families.js';

const one = new Map<string, ExponentialFamily>(
  [poissonDistribution, bernoulliDistribution, geometricDistribution, exponentialDistribution, gammaDistribution].map(
    (family) => [family.name, family],
  ),
);

/** The families of a published fit's columns. */
export function blocksOf(
  { family, columns, levels }: FamilyFit,
  rows: readonly (readonly number[])[],
): readonly ExponentialFamily[] {
  switch (family) {
    case 'categorical':
      return (levels ?? []).map((count) => categoricalDistribution(count));
    case 'multinomial':
      return [multinomialDistribution(columns.length)];
    case 'vonMisesFisher':
      return [vonMisesFisherDistribution(columns.length)];
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
          if (family === 'multinomial' && name === 'sizes') return [1]; // of which likelihoods know nothing
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
