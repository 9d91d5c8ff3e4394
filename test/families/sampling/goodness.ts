/** How well numbers fit a distribution. */
import { FastRandom } from '../../../src/base/fast-random.js';
import { Numbers } from '../../../src/families/sampling/numbers.js';

/** So many values, one by one. */
export function drawn(n: number, draw: (numbers: Numbers) => number, seed = 1): Float64Array {
  const numbers = new Numbers(new FastRandom(seed));
  return Float64Array.from({ length: n }, () => draw(numbers));
}

/** P(X ≤ x). */
export type Below = (x: number) => number;

/**
 * √n times the greatest distance of the values' distribution from another (Kolmogorov & Smirnov): below 1.95 in all but
 * one of 1000 cases, of counts in more.
 */
export function distance(values: Float64Array, below: Below): number {
  const sorted = values.slice().sort();
  const n = sorted.length;
  let most = 0;
  for (let i = 0, next = 0; i < n; i = next) {
    while (next < n && sorted[next] === sorted[i]) next++;
    const share = below(sorted[i]);
    most = Math.max(most, Math.abs(next / n - share));
    // Values that are alike are a jump, of counts in the distribution too.
    if (next === i + 1) most = Math.max(most, Math.abs(i / n - share));
  }
  return Math.sqrt(n) * most;
}

/** P(X ≤ x) of whole numbers between two, by their log-probabilities. */
export function countsBelow(logProbability: (x: number) => number, from: number, to: number): Below {
  const sums = new Float64Array(to - from + 1);
  let sum = 0;
  for (let x = from; x <= to; x++) sums[x - from] = sum += Math.exp(logProbability(x));
  return (x) => (x < from ? 0 : sums[Math.min(x, to) - from]);
}

/** P(X ≤ x) by trapezia on x = map(t), given log-densities and t of x. */
export function densityBelow(
  logDensity: (x: number) => number,
  { map, inverse, from, to }: { map: Below; inverse: Below; from: number; to: number },
): Below {
  const [steps, step] = [20_000, (to - from) / 20_000];
  const at = (t: number): number => (Math.exp(logDensity(map(t))) * (map(t + 1e-4 * step) - map(t - 1e-4 * step))) / (2e-4 * step); // prettier-ignore
  const heights = Float64Array.from({ length: steps + 1 }, (_, i) => at(from + i * step));
  const sums = new Float64Array(steps + 1);
  for (let i = 1; i <= steps; i++) sums[i] = sums[i - 1] + (step * (heights[i - 1] + heights[i])) / 2;
  return (x) => {
    const place = Math.min(Math.max((inverse(x) - from) / step, 0), steps);
    const i = Math.min(Math.floor(place), steps - 1);
    return sums[i] + (place - i) * (sums[i + 1] - sums[i]);
  };
}

/** χ² of counts in standard deviations above its mean; what is expected less than five times is put together. */
export function chiSquare(values: Float64Array, logProbability: (x: number) => number, most: number): number {
  const counts = new Float64Array(most + 2);
  for (const value of values) counts[Math.min(value, most + 1)]++;
  const expected = Array.from({ length: most + 1 }, (_, x) => values.length * Math.exp(logProbability(x)));
  const cells: [number, number][] = [];
  let [own, due] = [counts[most + 1], values.length];
  for (let x = 0; x <= most; x++) {
    due -= expected[x];
    if (expected[x] >= 5) cells.push([counts[x], expected[x]]);
    else [own, due] = [own + counts[x], due + expected[x]];
  }
  if (due >= 5) cells.push([own, due]);
  const freedom = Math.max(cells.length - 1, 1);
  const square = cells.reduce((sum, [count, one]) => sum + (count - one) ** 2 / one, 0);
  return (square - freedom) / Math.sqrt(2 * freedom);
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** How many standard errors the mean and the variance of values are off, whichever is more. */
export function momentsOff(values: Float64Array, { mean, variance }: Moments): number {
  const n = values.length;
  const centred = values.map((x) => (x - mean) / Math.sqrt(variance));
  const power = (order: number): number => centred.reduce((sum, x) => sum + x ** order, 0) / n;
  const error = Math.sqrt(Math.max(power(4) - power(2) ** 2, 1e-300) / n);
  return Math.max(Math.abs(power(1)) * Math.sqrt(n), Math.abs(power(2) - 1) / error);
}
