import { FastRandom } from '../base/fast-random.js';
import type { Weighing } from '../data/row-weights.js';
import { drawGamma } from '../families/sampling/gamma.js';
import { Numbers } from '../families/sampling/numbers.js';

/** Streams of a seed that other draws by it leave alone. */
const STREAMS = 2 ** 16;

/**
 * Weights of one replicate of the weighted bootstrap: a row that weighs 1 gets an exponential number of mean 1, which over
 * all rows is a uniform Dirichlet draw but for its sum (Newton & Raftery 1994, J. R. Stat. Soc. B 56, sec. 2). A row of
 * weight a stands for a rows, whose sum of such numbers is of the gamma distribution of shape a. `unit`: the weight that
 * counts as a row. Of a seed and a replicate, rows get the same weights in every engine and in every pass.
 */
export function replicateWeights(seed: number, replicate: number, unit = 1): () => Weighing {
  return () => {
    const numbers = new Numbers(new FastRandom(seed, STREAMS + replicate));
    return (weights, rows) =>
      Float64Array.from({ length: rows }, (_, row) => {
        const shape = weights === undefined ? 1 : weights[row] / unit;
        if (shape === 1) return numbers.exponential();
        // What is missing, or none, is for the gate to say.
        return shape > 0 && shape < Infinity ? drawGamma(numbers, shape, 1) : (weights?.[row] ?? NaN);
      });
  };
}
