/** Fits of counts of many columns, whose sweeps leave out components that earlier logits rule out: the same bits without. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fitMixture, multinomial, type Fit, type FitOptions } from '../../src/index.js';
import { seededRandom } from '../../src/base/random.js';
import { simdDevice } from '../../src/backend/wasm.js';
import type { Device } from '../../src/backend/backend.js';
import { loadDataset, toSource, type Dataset } from '../../src/data/dataset.js';
import { blockedRows } from '../../src/sweep/blocks.js';
import { EarlierSweep } from '../../src/sweep/simd/earlier.js';

const [n, d, k] = [2200, 256, 12];
const folder = mkdtempSync(join(tmpdir(), 'otmix-earlier-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Documents of 500 words in k topics, in pairs that differ little: most words are in most of them, since rows of zeros are swept otherwise. */
const random = seededRandom(2);
const pairs = Array.from({ length: k / 2 }, () => Float64Array.from({ length: d }, () => 0.7 * random.normal()));
const topics = Array.from({ length: k }, (_, c) => {
  let sum = 0;
  return pairs[c >> 1].map((value) => (sum += Math.exp(value + 0.1 * random.normal())));
});
const rows = Array.from({ length: n }, (_, row) => {
  const words = new Array<number>(d).fill(0);
  const sums = topics[row % k];
  for (let i = 0; i < 500; i++) {
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

/** A fit, and how many of its sweeps left components out by earlier logits. */
async function watched(more: Partial<FitOptions>): Promise<{ readonly fit: Fit; readonly helped: number }> {
  const next = vi.spyOn(EarlierSweep.prototype, 'next');
  const found = await fit(more);
  const given = next.mock.results.map(({ value }) => value as ReturnType<EarlierSweep['next']>);
  next.mockRestore();
  return { fit: found, helped: given.filter((one) => one?.bounds && one.tally[0] > one.tally[1]).length };
}

test('the fit is one whose sweeps are given earlier logits', async () => {
  const { fit: again, helped } = await watched({ threads: 1 });
  expect(helped).toBeGreaterThan(3);
  expect(bitsOf(again)).toBe(bitsOf(alone));
});

test('a data set counts what its sweeps may keep, all blocks of it', async () => {
  const memory = 2 ** 30;
  const load = (device: Pick<Device, 'rows'>): Promise<Dataset> =>
    loadDataset(toSource(rows), { device, missing: 'error', spill: { memory } });
  const device = simdDevice({ threads: 1 });
  const [whole, blocked] = [
    await load(device),
    await load({ rows: (...of) => blockedRows(() => device.rows(...of), 1024) }),
  ];
  const rowBytes = 4 * n * (d + 1);
  expect([whole.bytes, blocked.bytes]).toEqual(new Array(2).fill(rowBytes + 3 * (1024 * 4 * 33 + 8 * 4)));
  for (const dataset of [whole, blocked]) dataset.dispose();
});

describe('within a limit of memory', () => {
  /** Of all rows, with a weight each; and of their logits, of 12 components and a length, in three groups of 1024 rows. */
  const [ofRows, ofLogits] = [4 * n * (d + 1), 3 * (1024 * 4 * (k + 1) + 8 * 4)];

  test('earlier logits are kept where rows leave as much as the most that they take', async () => {
    const { fit: found, helped } = await watched({ threads: 1, memory: ofRows + ofLogits });
    expect(helped).toBeGreaterThan(3);
    expect(bitsOf(found)).toBe(bitsOf(alone));
  });

  test('none are kept where a byte is missing, and rows stay in memory', async () => {
    const { fit: found, helped } = await watched({ threads: 1, memory: ofRows + ofLogits - 1 });
    expect(helped).toBe(0);
    expect(found.diagnostics.notes.filter((note) => note.includes('file'))).toEqual([]);
    expect(bitsOf(found)).toBe(bitsOf(alone));
  });
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
