/** What `mixture.sample` draws in every engine, whatever draws it there: test/golden/draws.json. */
import { expect, test } from 'vitest';
import { samplingKernel } from '../../kernels/simd/sampling.js';
import { gaussian } from '../../src/families/gaussian.js';
import { Mixture } from '../../src/mixture/mixture.js';
import golden from '../golden/draws.json' with { type: 'json' };

const { mixture: parts, cases } = golden;

/** The mixture of the golden file: Σ = L Lᵀ, of which every sum is exact. */
export function goldenMixture(): Mixture {
  const covariances = parts.lower.map((l) => l.map((row) => l.map((other) => dot(row, other))));
  const family = gaussian();
  const weights = Float64Array.from(parts.weights);
  return new Mixture({
    family,
    weights,
    components: family.fromParameters({ means: parts.means, covariances }, 'parts'),
  });
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, j) => sum + x * b[j], 0);

/** FNV-1a, 32 bits, of numbers as float64 in the order of bytes that machines here have. */
export function digest(values: Float64Array): number {
  let state = 0x811c9dc5;
  for (const byte of new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) {
    state = Math.imul(state ^ byte, 0x01000193);
  }
  return state >>> 0;
}

export function describeDraws(): void {
  test('the kernel is there', () => expect(samplingKernel()).toBeDefined());

  test.each(cases)('seed $seed draws the golden rows to the last bit', ({ seed, n, ...expected }) => {
    const { data, labels } = goldenMixture().sample(n, { seed });
    expect(Array.from(labels.subarray(0, expected.labels.length))).toEqual(expected.labels);
    expect(Array.from(data.subarray(0, 3 * expected.rows.length))).toEqual(expected.rows.flat());
    expect(digest(Float64Array.from(labels))).toBe(expected.labelDigest);
    expect(digest(data)).toBe(expected.digest);
  });
}
