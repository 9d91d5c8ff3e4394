/** What noise makes of rows: draws of its own, and its part in what is filled in. */
import type { FastRandom } from '../base/fast-random.js';
import type { Components } from './components.js';
import { supportsOf, type Family, type Filler, type Sampler } from './family.js';
import type { Noise, Support } from './noise.js';
import { Numbers } from './sampling/numbers.js';

/**
 * Draws rows of components, and of noise where the label is k: numbers evenly from their range, counts and levels evenly from
 * those between the least and the largest, directions evenly from the sphere.
 */
export function sampledWithNoise(draw: Sampler, { k, d }: Components, family: Family, noise: Noise): Sampler {
  const supports = supportsOf(family, d);
  return (labels, random, data) => {
    const own = labels.filter((label) => label < k);
    const rows = new Float64Array(own.length * d);
    draw(own, random, rows);
    const drawNoise = noiseDrawer(supports, noise, family, random);
    let next = 0;
    for (const [row, label] of labels.entries()) {
      const into = data.subarray(row * d, (row + 1) * d);
      if (label < k) into.set(rows.subarray(next, (next += d)));
      else drawNoise(into);
    }
  };
}

/** A function that draws a row. */
function noiseDrawer(
  supports: readonly Support[],
  { ranges }: Noise,
  { levels }: Family,
  random: FastRandom,
): (into: Float64Array) => void {
  const numbers = new Numbers(random);
  return (into) => {
    for (const [j, support] of supports.entries()) {
      if (typeof support !== 'string') {
        if (support.sphere[0] === j) drawDirection(numbers, support.sphere, into);
        continue;
      }
      const [low, high] = ranges[j];
      const share = numbers.uniform();
      // As a mean of the two, so that no difference overflows.
      if (support === 'numbers') into[j] = low * (1 - share) + high * share;
      else {
        const value = low + Math.floor(share * (high - low + 1));
        const level = support === 'levels' ? levels?.[j]?.[value] : undefined;
        into[j] = typeof level === 'number' ? level : value;
      }
    }
  };
}

function drawDirection(numbers: Numbers, columns: readonly number[], into: Float64Array): void {
  let squared = 0;
  while (squared === 0) {
    for (const column of columns) squared += (into[column] = numbers.normal()) ** 2;
  }
  const length = Math.sqrt(squared);
  for (const column of columns) into[column] /= length;
}

/**
 * Fills rows by responsibilities that have noise last. Under noise a number's mean is the middle of its range, whatever
 * the row has, and no level is likelier than others.
 */
export function filledBesideNoise(fill: Filler, supports: readonly Support[], { ranges }: Noise): Filler {
  return (row, shares) => {
    const k = shares.length - 1;
    const noise = shares[k];
    const missing = supports.map((_, j) => Number.isNaN(row[j]));
    if (!missing.includes(true)) return;
    const own = Float64Array.from({ length: k }, (_, c) => (noise < 1 ? shares[c] / (1 - noise) : 1 / k));
    fill(row, own);
    for (const [j, support] of supports.entries()) {
      const [low, high] = ranges[j];
      if (missing[j] && support !== 'levels') row[j] = (1 - noise) * row[j] + noise * (low / 2 + high / 2);
    }
  };
}
