/** Fits of counts of many columns, whose sweeps leave out components that earlier logits rule out: the same bits without. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fitMixture, multinomial, type Fit, type FitOptions } from '../../src/index.js';
import { seededRandom } from '../../src/base/random.js';
import { EarlierSweep } from '../../src/sweep/simd/earlier.js';

const [n, d, k] = [2200, 256, 12];
const folder = mkdtempSync(join(tmpdir(), 'otmix-earlier-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Documents of 80 words in k topics, in pairs that differ little. */
const random = seededRandom(2);
const pairs = Array.from({ length: k / 2 }, () => Float64Array.from({ length: d }, () => 1.5 * random.normal()));
const topics = Array.from({ length: k }, (_, c) => {
  let sum = 0;
  return pairs[c >> 1].map((value) => (sum += Math.exp(value + 0.2 * random.normal())));
});
const rows = Array.from({ length: n }, (_, row) => {
  const words = new Array<number>(d).fill(0);
  const sums = topics[row % k];
  for (let i = 0; i < 80; i++) {
    const at = random.uniform() * sums[d - 1];
    words[sums.findIndex((sum) => sum > at)]++;
  }
  return words;
});
const sampleWeights = rows.map((_, row) => row % 3);

const fit = (more: Partial<FitOptions>): Promise<Fit> => {
  const limits = { maxIterations: 12, tolerance: 0 } as const;
  const options = {
    components: k,
    family: multinomial(),
    backend: 'wasm',
    seed: 1,
    sampleWeights,
    precision: 'float32',
  } as const;
  return fitMixture(rows, { ...options, ...limits, ...more });
};
const bitsOf = ({ mixture, objective }: Fit): string =>
  JSON.stringify([mixture.weights, mixture.parameters, objective]);

let alone: Fit;
beforeAll(async () => {
  alone = await fit({ threads: 1 });
});

test('the fit is one whose sweeps are given earlier logits', async () => {
  const next = vi.spyOn(EarlierSweep.prototype, 'next');
  const again = await fit({ threads: 1 });
  const given = next.mock.results.map(({ value }) => value as ReturnType<EarlierSweep['next']>);
  next.mockRestore();

  expect(given.filter((one) => one?.bounds && one.tally[0] > one.tally[1]).length).toBeGreaterThan(3);
  expect(bitsOf(again)).toBe(bitsOf(alone));
});

test.each([
  ['on three threads', { threads: 3 }],
  ['from a file, where none are kept', { threads: 2, memory: 0, spill: folder }],
] as const)('has the same bits %s', async (_, more) => {
  expect(bitsOf(await fit(more))).toBe(bitsOf(alone));
});

test('has the same bits where no sweep is given any', async () => {
  const next = vi.spyOn(EarlierSweep.prototype, 'next').mockReturnValue(undefined);
  const without = await fit({ threads: 1 });
  next.mockRestore();
  expect(bitsOf(without)).toBe(bitsOf(alone));
});
