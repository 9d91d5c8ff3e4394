/** Conjugate priors of exponential families: rows of the pool for every component. */
import { total } from '../base/numbers.js';
import type { Components } from './components.js';
import { pooledMeans, unheld } from './linear-means.js';
import { linearShape, naturals, type Blocks, type Thetas } from './linear-term.js';
import { priorOf, type Conjugates, type RowsPrior } from './prior.js';

/** Rows that a conjugate prior counts for by default. */
const ROWS = 1;

/** Conjugate priors: rows of the pool for every component. `blocksOf`: of components of d columns. */
export function linearConjugates(
  blocksOf: (d: number) => Blocks,
  thetasOf: (components: Components) => Thetas,
): Conjugates {
  return {
    options: ['rows'],
    of({ mass, linear: sums = new Float64Array() }, packed, { n, options: { rows = ROWS } }): RowsPrior {
      return { kind: 'rows', n, rows, means: pooledMeans(sums, total(mass), packed.k) };
    },
    log: (components, prior) =>
      logPrior(blocksOf(components.d), components, thetasOf(components), priorOf(prior, 'rows')),
  };
}

/** n₀ Σ_k ⟨T̄, η_k⟩ − A_k. */
function logPrior(blocks: Blocks, { k, frame }: Components, thetas: Thetas, { rows, means }: RowsPrior): number {
  const { eta, logNormalizers } = naturals(blocks, k, thetas);
  const { dense } = linearShape(blocks);
  const own = means.map((mean, j) => unheld(mean, j, dense, frame));
  return rows * (total(logNormalizers) + eta.reduce((sum, value, at) => sum + value * own[at % own.length], 0));
}
