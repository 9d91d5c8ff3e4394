/** Distributions of several columns, and of levels. */
import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../../src/base/fast-random.js';
import { logGamma } from '../../../src/base/special/gamma.js';
import { logDirectionNormalizer, logSphereArea, meanLength } from '../../../src/families/directions.js';
import { categoricalSampler, multinomialSampler } from '../../../src/families/sampling/multinomial.js';
import { Numbers } from '../../../src/families/sampling/numbers.js';
import { directionSampler } from '../../../src/families/sampling/von-mises-fisher.js';
import { chiSquare, densityBelow, distance, drawn } from './goodness.js';

const fresh = (seed = 1): Numbers => new Numbers(new FastRandom(seed));

describe('levels', () => {
  test.each([[[1]], [[0, 1, 0]], [[0.2, 0.5, 0.3]], [[5, 1e-9, 3, 0]]])('have probabilities %j', (probabilities) => {
    const total = probabilities.reduce((a, b) => a + b);
    const values = drawn(50_000, categoricalSampler(Float64Array.from(probabilities)));
    const log = (x: number): number => Math.log(probabilities[x] / total);
    expect(chiSquare(values, log, probabilities.length - 1)).toBeLessThan(4);
    expect(values.every((x) => probabilities[x] > 0)).toBe(true);
  });
});

describe('rows of counts', () => {
  const shares = [0.1, 0, 0.45, 0.2, 0.25];
  const rows = 20_000;

  // Up to 80 words are drawn one by one, more of them column by column.
  test.each([1, 30, 81, 4000])('of sum %d have the marginal distributions of each column', (n) => {
    const draw = multinomialSampler(Float64Array.from(shares, (share) => 3 * share));
    const numbers = fresh();
    const [row, columns] = [new Float64Array(5), shares.map(() => new Float64Array(rows))];
    for (let i = 0; i < rows; i++) {
      draw(numbers, n, row);
      expect(row.reduce((a, b) => a + b)).toBe(n);
      columns.forEach((column, j) => (column[i] = row[j]));
    }
    shares.forEach((p, j) => {
      const log = (x: number): number =>
        logGamma(n + 1) - logGamma(x + 1) - logGamma(n - x + 1) + x * Math.log(p) + (n - x) * Math.log1p(-p);
      if (p === 0) expect(columns[j].every((x) => x === 0)).toBe(true);
      else expect(chiSquare(columns[j], log, n)).toBeLessThan(4);
    });
    // Two columns’ sum is binomial too: the columns are as dependent as they should be.
    const log = (x: number): number =>
      logGamma(n + 1) - logGamma(x + 1) - logGamma(n - x + 1) + x * Math.log(0.55) + (n - x) * Math.log(0.45);
    expect(chiSquare(columns[0].map((x, i) => x + columns[2][i]), log, n)).toBeLessThan(4); // prettier-ignore
  });

  test('of sum 0 are zeros, and of large sums reach the last column that has a share', () => {
    const row = Float64Array.of(7, 7, 7);
    multinomialSampler(Float64Array.of(0.5, 0.5, 0))(fresh(), 0, row);
    expect([...row]).toEqual([0, 0, 0]);
    multinomialSampler(Float64Array.of(0.1, 0.9, 0))(fresh(), 1e6, row);
    expect(row[0] + row[1]).toBe(1e6);
    expect(row[2]).toBe(0);
  });
});

/** A unit vector that looks everywhere. */
const directionOf = (d: number, sign = 1): Float64Array => {
  const raw = Float64Array.from({ length: d }, (_, j) => sign * Math.sin(1 + 7 * j));
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
};

describe('directions:', () => {
  const cases = [2, 3, 10, 768].flatMap((d) => [0, 0.1, 5, 1000, 1e5].map((kappa) => [d, kappa] as const));

  test.each(cases)('d = %d, κ = %d: 1 − ⟨μ, x⟩ fits its density', (d, kappa) => {
    const n = d > 100 ? 2000 : 20_000;
    const [mean, row, numbers] = [directionOf(d, -1), new Float64Array(d), fresh()];
    const draw = directionSampler(mean, kappa);
    const falls = new Float64Array(n);
    let [longest, shortest] = [0, 2];
    for (let i = 0; i < n; i++) {
      draw(numbers, row);
      // ‖μ − x‖²/2, which cancels less than 1 − ⟨μ, x⟩
      falls[i] = row.reduce((sum, x, j) => sum + (x - mean[j]) ** 2, 0) / 2;
      const length = Math.hypot(...row);
      [longest, shortest] = [Math.max(longest, length), Math.min(shortest, length)];
    }
    expect(longest - shortest).toBeLessThan(2e-14);
    expect(Math.abs(longest - 1)).toBeLessThan(2e-14);
    // Of t = 1 − q: C_d(κ) e^{κ t} (1 − t²)^{(d − 3)/2} times the area of the sphere at right angles.
    const constant = logDirectionNormalizer(d, kappa) + logSphereArea(d - 1) + kappa;
    const log = (q: number): number => constant - kappa * q + ((d - 3) / 2) * Math.log(q * (2 - q));
    const below = densityBelow(log, {
      map: (t) => 2 / (1 + Math.exp(-t)),
      inverse: (q) => Math.log(q / (2 - q)),
      from: -36,
      to: 36,
    });
    expect(distance(falls, below)).toBeLessThan(1.95);
    expect(Math.abs(1 - falls.reduce((a, b) => a + b) / n - meanLength(d, kappa))).toBeLessThan(5 / Math.sqrt(n));
  });

  test.each([
    [3, 1],
    [3, -1],
    [8, 1],
    [8, -1],
  ])('d = %d, sign %d: what is at right angles to μ looks everywhere alike', (d, sign) => {
    const n = 20_000;
    const [mean, row, numbers] = [directionOf(d, sign), new Float64Array(d), fresh(2)];
    const draw = directionSampler(mean, 4);
    const sums = new Float64Array(d);
    const squares = new Float64Array(d * d);
    for (let i = 0; i < n; i++) {
      draw(numbers, row);
      const along = row.reduce((sum, x, j) => sum + x * mean[j], 0);
      const across = row.map((x, j) => x - along * mean[j]);
      const square = across.reduce((sum, x) => sum + x * x, 0);
      across.forEach((x, j) => {
        sums[j] += x;
        across.forEach((y, l) => (squares[j * d + l] += (x * y) / square));
      });
    }
    // E v vᵀ = (I − μ μᵀ)/(d − 1)
    squares.forEach((sum, at) => {
      const [j, l] = [Math.floor(at / d), at % d];
      const expected = (Number(j === l) - mean[j] * mean[l]) / (d - 1);
      expect(Math.abs(sum / n - expected)).toBeLessThan(5 / Math.sqrt(n));
    });
    for (const sum of sums) expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
  });

  test.each([[[1, 0, 0]], [[-1, 0, 0]], [[0, 0, 1]], [[1, 1e-9, 0]], [[-1, 1e-9, 0]]])(
    'about the axis %j they are where they should be',
    (mean) => {
      const row = new Float64Array(3);
      directionSampler(mean, 1e12)(fresh(), row);
      row.forEach((x, j) => expect(Math.abs(x - mean[j])).toBeLessThan(1e-5));
    },
  );

  test('other numbers of columns and concentrations are refused', () => {
    expect(() => directionSampler([1], 1)).toThrow('directionSampler: expected d ≥ 2 and κ ≥ 0, got 1 and 1');
    expect(() => directionSampler([1, 0], -1)).toThrow('got 2 and -1');
    expect(() => directionSampler([1, 0], Infinity)).toThrow('got 2 and Infinity');
  });
});
