import { expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import type { EvaluatedRows } from '../../src/mixture/evaluate.js';
import { mixtureOf } from './setting.js';

/** Five components, which fill no whole vectors, of two columns. */
const k = 5;
const mixture = mixtureOf(
  {
    weights: [0.1, 0.2, 0.3, 0.3, 0.1],
    means: Array.from({ length: k }, (_, c) => [c - 2, (c % 3) - 1]),
    covariances: Array.from({ length: k }, (_, c) => [
      [1 + c / 4, 0.3],
      [0.3, 1],
    ]),
  },
  'full',
);

/** Rows of three blocks, of which some at the beginning, in between, at a block's end and at the end lack a value. */
const n = 140_000;
const lacking = new Set([0, 1, 5, 70_000, 70_002, 65_535, 65_536, n - 2, n - 1]);
const data = new Float64Array(2 * n);
new FastRandom(3).normals(data);
for (const row of lacking) data[2 * row + (row % 2)] = NaN;

const options = { backend: 'wasm', missing: 'drop', threads: 2 } as const;

async function blocks(): Promise<EvaluatedRows[]> {
  const all: EvaluatedRows[] = [];
  const rows = mixture.predictRows({ data, shape: [n, 2] }, { ...options, responsibilities: true });
  for await (const block of rows) all.push(block);
  return all;
}

test('what is collected of all rows is what they are given block by block, bit for bit', async () => {
  const matrix = { data, shape: [n, 2] as const };
  const labels = new Int32Array(n).fill(-1);
  const densities = new Float64Array(n).fill(NaN);
  const shares = new Float32Array(n * k).fill(NaN);
  for (const block of await blocks()) {
    block.index.forEach((row, at) => {
      labels[row] = block.labels[at];
      densities[row] = block.logDensity[at];
      shares.set(block.responsibilities.subarray(at * k, (at + 1) * k), row * k);
    });
  }
  expect(labels.filter((label) => label < 0)).toHaveLength(lacking.size);
  expect(await mixture.predict(matrix, options)).toEqual(labels);
  expect(await mixture.scoreSamples(matrix, options)).toEqual(densities);
  expect(await mixture.predictProba(matrix, options)).toEqual({ data: shares, shape: [n, k] });
});

test('responsibilities are those of the row they lie in: they are largest at its label, and sum to 1', async () => {
  for (const { rows, labels, logLargest, responsibilities } of await blocks()) {
    for (let row = 0; row < rows; row += 97) {
      const own = Array.from(responsibilities.subarray(row * k, (row + 1) * k));
      expect(own.indexOf(Math.max(...own))).toBe(labels[row]);
      expect(Math.abs(own.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-6);
      expect(Math.abs(Math.log(Math.max(...own)) - logLargest[row])).toBeLessThan(1e-6);
    }
  }
});
