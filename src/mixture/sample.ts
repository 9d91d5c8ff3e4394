import { requireInteger } from '../base/check.js';
import { drawLabels, FastRandom } from '../base/fast-random.js';
import type { Matrix } from '../data/source.js';
import type { MixtureParts } from './evaluate.js';

/** Rows drawn from a mixture. */
export interface Sample extends Matrix {
  readonly data: Float64Array;
  /** The component each row came from, `[n]`; −1 is noise. */
  readonly labels: Int32Array;
}

/** Draws n rows: the same seed draws the same. */
export function sampled({ family, weights, components }: MixtureParts, n: number, seed: number): Sample {
  requireInteger('sample', n, 0, ' of rows');
  requireInteger('seed', seed);
  const { d } = components;
  const data = new Float64Array(n * d);
  const labels = new Int32Array(n);
  drawLabels(weights, new FastRandom(seed), labels);
  family.sampler(components)(labels, new FastRandom(seed, 1), data);
  const { k } = components;
  return { data, shape: [n, d], labels: family.noise ? labels.map((label) => (label < k ? label : -1)) : labels };
}
