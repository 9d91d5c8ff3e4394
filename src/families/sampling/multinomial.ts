import { aliasesOf } from '../../base/fast-random.js';
import { drawBinomial } from './binomial.js';
import type { Numbers } from './numbers.js';

/** Rows with more words than this per column are drawn column by column, others word by word: what is sooner. */
const WORDS_PER_COLUMN = 16;

/** Draws levels from 0 on that have these probabilities, or any multiple of them. */
export function categoricalSampler(probabilities: Float64Array): (numbers: Numbers) => number {
  const table = aliasesOf(probabilities);
  return (numbers) => numbers.index(table);
}

/**
 * Draws rows of counts that sum to n, by these probabilities or any multiple of them. Column by column: given those
 * before, a count is binomial (Devroye, Non-uniform random variate generation, 1986, XI.1.4).
 */
export function multinomialSampler(
  probabilities: Float64Array,
): (numbers: Numbers, n: number, into: Float64Array) => void {
  const table = aliasesOf(probabilities);
  const tails = probabilities.slice();
  for (let j = tails.length - 2; j >= 0; j--) tails[j] += tails[j + 1];
  return (numbers, n, into) => {
    into.fill(0);
    if (n <= WORDS_PER_COLUMN * tails.length) {
      for (let word = 0; word < n; word++) into[numbers.index(table)]++;
      return;
    }
    let left = n;
    for (let j = 0; left > 0; j++) left -= into[j] = drawBinomial(numbers, left, probabilities[j] / tails[j]);
  };
}
