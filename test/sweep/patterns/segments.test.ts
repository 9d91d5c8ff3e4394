/** Rows that may lack values, in segments: of 1024 rows here, so that few rows have several. In memory or in a file. */
import { closeSync, ftruncateSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FastRandom } from '../../../src/base/fast-random.js';
import {
  fitMixture,
  gaussian,
  product,
  selectMixture,
  studentT,
  type DataInput,
  type FitOptions,
} from '../../../src/index.js';
import { cases, combinations } from '../../cases.js';
import { columnSettings, matrixSettings, productSettings, type Setting } from '../../families/settings.js';
import { marginals } from '../../families/scenes.js';
import { bits, bitsOf, openIn } from '../spilled/bits.js';

vi.mock('../../../src/sweep/patterns/segments.js', async (original) => ({
  ...(await original<object>()),
  segmentRowsOf: () => 1024,
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Three segments, the last of them of few rows. */
const n = 2 * 1024 + 77;

/** Rows of which a fifth of what may be missing is, and in the first segment hardly anything. */
function rowsOf({ rows, blocks }: Setting): number[][] {
  const chance = new Float64Array(blocks.length * n);
  new FastRandom(3, 2).uniforms(chance);
  return rows(n, 3).map((row, i) => {
    for (const [b, block] of blocks.entries()) {
      if (chance[i * blocks.length + b] < (i < 1024 ? 0.01 : 0.2)) for (const j of block) row[j] = NaN;
    }
    return row;
  });
}

async function expectAlike(data: DataInput, options: FitOptions, memory = 0): Promise<void> {
  const held = await bits(data, options);
  expect(await bits(data, { ...options, memory, spill: folder })).toBe(held);
  expect({ names: readdirSync(folder), open: openIn(folder) }).toEqual({ names: [], open: [] });
}

const settings = [...columnSettings, ...matrixSettings, ...productSettings];
const table = combinations({ setting: settings, marginal: Object.keys(marginals) }).map((one, at) => ({
  ...one,
  threads: 1 + (at % 2),
}));
const shown = cases(table, ({ setting, marginal, threads }) => [setting.name, marginal, threads]);

describe('rows with gaps in a file are fitted as those in memory', () => {
  test.each(shown.map((one) => [one.setting.name, one.marginal, one.threads, one.setting] as const))(
    '%s, %s, threads: %d',
    (_, marginal, threads, setting) =>
      expectAlike(rowsOf(setting), {
        ...{ family: setting.family, components: 3, seeding: setting.start, missing: 'model' },
        ...{ marginal: marginals[marginal], threads, maxIterations: 3 },
      }),
  );

  const full = rowsOf(matrixSettings[0]);
  const weights = Float64Array.from({ length: n }, (_, row) => (row % 5) / 4);
  const options: readonly (readonly [string, Partial<FitOptions>])[] = [
    ['weights', { sampleWeights: weights }],
    ['noise', { noise: true }],
    ['hard assignment', { epsilon: 0 }],
    ['a temperature beyond the kernel', { epsilon: 1e-13 }],
    ['a prior, and squared steps', { prior: 'default', acceleration: 'squarem' }],
    ...(['k-means', 'k-means||', 'random', 'hierarchical', 'random-responsibilities'] as const).map(
      (seeding) => [seeding, { seeding, restarts: 3 }] as const,
    ),
    ['labels', { seeding: { labels: Int32Array.from({ length: n }, (_, row) => row % 3) } }],
    ...(['anneal', 'warm-up', 'short-runs', 'race'] as const).map(
      (strategy) => [strategy, { strategy, restarts: 2, components: 4 }] as const,
    ),
    ['split-merge', { strategy: 'split-merge' }],
  ];
  test.each(options)('%s', (_, rest) =>
    expectAlike(full, { components: 3, missing: 'model', maxIterations: 3, ...rest }),
  );

  test('values whose squares are infinite', () =>
    expectAlike([...full, [1e120, 1e120]], { components: 3, missing: 'model', maxIterations: 2 }));

  test('a part of the rows that would fit, and then a file', () =>
    expectAlike(full, { components: 3, missing: 'model', maxIterations: 3 }, 1500 * (2 * 8 + 20)));

  test('a selection', async () => {
    const chosen = async (more: Pick<FitOptions, 'memory' | 'spill'>): Promise<string> => {
      const asked = { components: [1, 2, 3], missing: 'model', backend: 'wasm', maxIterations: 3, ...more } as const;
      const { candidates } = await selectMixture(full, asked);
      return JSON.stringify(candidates.map(({ fit }) => bitsOf(fit)));
    };
    expect(await chosen({ memory: 0, spill: folder })).toBe(await chosen({}));
  });
});

test('Student-t columns beside others are fitted as those in memory', async () => {
  const rows = productSettings[2].rows(n, 3).map(([a, b, c, d]) => ({ a, b, c, d }));
  const family = product([
    { columns: ['a', 'b'], family: studentT() },
    { columns: ['c', 'd'], family: gaussian() },
  ]);
  const options = { family, components: 3, maxIterations: 4 };
  await expectAlike(rows, options);
  const { diagnostics } = await fitMixture(rows, { ...options, backend: 'wasm', memory: 0, spill: folder });
  expect(diagnostics.notes.join()).toContain(`the rows lie in a file without a name, 1 MiB in ${folder}`);
});

test('a column has the mean of the rows that have it, however many of each segment do', async () => {
  const rows = Array.from({ length: n }, (_, i) => [Math.sin(i * i) + i / n, i < 1024 || i % 50 === 0 ? i / n : NaN]);
  const there = rows.map(([, y]) => y).filter((y) => !Number.isNaN(y));
  const mean = there.reduce((sum, y) => sum + y, 0) / there.length;
  for (const covariance of ['diag', 'spherical'] as const) {
    const { mixture } = await fitMixture(rows, {
      ...{ family: gaussian({ covariance }), components: 1, missing: 'model', backend: 'wasm' },
      ...{ maxIterations: 50, tolerance: 1e-12, regularization: 0 },
    });
    expect(mixture.means[0][1]).toBeCloseTo(mean, 6);
  }
});

describe('a file of rows with gaps', () => {
  const rows = rowsOf(matrixSettings[0]);
  const fit = (options: Partial<FitOptions>): Promise<unknown> =>
    fitMixture(rows, {
      ...{ components: 3, missing: 'model', backend: 'wasm', memory: 0, spill: folder, maxIterations: 4 },
      ...options,
    });

  /** A fit during which something happens to its file. */
  const damaged = (harm: (descriptor: number) => void): Promise<unknown> => {
    let done = false;
    const onProgress: FitOptions['onProgress'] = ({ phase, iteration }) => {
      if (phase !== 'fit' || iteration !== 1 || done) return;
      done = true;
      const descriptor = openSync(openIn(folder)[0], 'r+');
      harm(descriptor);
      closeSync(descriptor);
    };
    return fit({ onProgress });
  };

  test('with a bit that was flipped is told of in one line', async () => {
    const flipped = damaged((descriptor) => {
      const byte = new Uint8Array(1);
      readSync(descriptor, byte, 0, 1, 4096 + 2000);
      byte[0] ^= 4;
      writeSync(descriptor, byte, 0, 1, 4096 + 2000);
    });
    await expect(flipped).rejects.toThrow(
      `spill: expected rows in their file as they were written, got record 0 of the spill file in ${folder} with another checksum; check that disk, or name a folder on another with spill (--spill DIR)`,
    );
    expect(openIn(folder)).toEqual([]);
  });

  test('that was cut off too', async () => {
    await expect(damaged((descriptor) => ftruncateSync(descriptor, 4096 + 2000))).rejects.toThrow(
      ' cut off; check that disk',
    );
    expect(openIn(folder)).toEqual([]);
  });

  test('in a folder that is not there too', () =>
    expect(fit({ spill: join(folder, 'gone') })).rejects.toThrow('gone: expected a folder in which files can be made'));

  test('is closed by an abort', async () => {
    const controller = new AbortController();
    const onProgress: FitOptions['onProgress'] = ({ phase }) => {
      if (phase === 'fit') controller.abort();
    };
    await fit({ signal: controller.signal, onProgress, restarts: 3 });
    expect(openIn(folder)).toEqual([]);
  });
});
