import type { ComponentBlock } from '../families/components.js';

/** What columns of a family are called, and what its parameters are. */
export interface Telling {
  readonly called: string;
  /** Parameters with a number a column, by name, in words. */
  readonly columns: Readonly<Record<string, string>>;
  /** Parameters with a number a component. */
  readonly whole?: Readonly<Record<string, string>>;
  /** Whether they are shares of 1. */
  readonly shares?: true;
}

/** Gaussians, levels and families that are not here are told in other ways. */
const tellings: Readonly<Record<string, Telling>> = {
  bernoulli: { called: 'Bernoulli', columns: { probabilities: 'probability of 1' }, shares: true },
  beta: { called: 'beta', columns: { alphas: 'alpha', betas: 'beta' } },
  exponential: { called: 'exponential', columns: { rates: 'rate' } },
  gamma: { called: 'gamma', columns: { shapes: 'shape', rates: 'rate' } },
  geometric: { called: 'geometric', columns: { probabilities: 'probability' }, shares: true },
  logNormal: { called: 'log-normal', columns: { meanLogs: 'mean of the logarithm', varianceLogs: 'its variance' } },
  multinomial: { called: 'multinomial', columns: { probabilities: 'share of the counts' }, shares: true },
  negativeBinomial: { called: 'negative binomial', columns: { means: 'mean', sizes: 'size' } },
  poisson: { called: 'Poisson', columns: { rates: 'rate' } },
  studentT: { called: 'Student-t', columns: { means: 'mean' }, whole: { degrees: 'degrees of freedom' } },
  vonMisesFisher: {
    called: 'von Mises–Fisher',
    columns: { means: 'mean direction' },
    whole: { concentrations: 'concentration' },
  },
};

/** None of Gaussians and of families that are not here: they are told by moments. */
export function tellingOf({ family }: ComponentBlock): Telling | undefined {
  return Object.hasOwn(tellings, family) ? tellings[family] : undefined;
}

/** What the columns of blocks are, each kind once: `Gaussian`, `log-normal`. */
export function kindsOfColumns(blocks: readonly ComponentBlock[]): string[] {
  const words = blocks.map(
    (block) => tellingOf(block)?.called ?? (block.family === 'gaussian' ? 'Gaussian' : block.family),
  );
  return [...new Set(words)];
}
