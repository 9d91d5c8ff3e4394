/** Fits of rows in a file, read past the page cache or not, say what those of rows in memory say, bit for bit. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bernoulli,
  gaussian,
  multinomial,
  poisson,
  product,
  selectMixture,
  studentT,
  type DataInput,
  type Family,
  type FitOptions,
  type Marginal,
} from '../../../src/index.js';
import { seededRandom } from '../../../src/base/random.js';
import { cases, combinations } from '../../cases.js';
import { drawn, scenes } from '../../families/scenes.js';
import { problem } from '../../oracle/index.js';
import { bits, bitsOf } from './bits.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Several groups, the last of them not whole. */
const rows = 5 * 1024 + 77;
const three = [0.5, 0.3, 0.2];
const marginals: Readonly<Record<Marginal['kind'], Marginal>> = {
  free: { kind: 'free' },
  fixed: { kind: 'fixed', weights: three },
  relaxed: { kind: 'relaxed', weights: three, rho: 0.3 },
};

interface Kind {
  readonly name: string;
  readonly family: Family;
  readonly data: DataInput;
}

const { x } = problem('overlapping', { n: rows, d: 3, k: 3, seed: 2 });
const forms = ['full', 'tied', 'diag', 'spherical'] as const;
const kinds: readonly Kind[] = [
  ...forms.map((covariance) => ({ name: covariance, family: gaussian({ covariance }), data: x })),
  ...forms.map((covariance) => ({ name: `Student-t, ${covariance}`, family: studentT({ covariance }), data: x })),
  ...scenes.map((scene) => ({ name: scene.name, family: scene.family, data: drawn(scene, rows).rows })),
  {
    name: 'product',
    family: product([
      { family: gaussian(), columns: ['a', 'b'] },
      { family: poisson(), columns: ['c'] },
    ]),
    data: x.map(([a, b, c]) => ({ a, b, c: Math.round(Math.abs(c)) })),
  },
];

async function expectAlike(data: DataInput, options: FitOptions, memory = 0): Promise<void> {
  const held = await bits(data, options);
  for (const directSpill of [false, true]) {
    expect(await bits(data, { ...options, memory, spill: folder, directSpill })).toBe(held);
  }
  expect(readdirSync(folder)).toEqual([]);
}

const table = combinations({ kind: kinds, marginal: ['free', 'fixed', 'relaxed'], threads: [1, 2] });
const shown = cases(table, ({ kind, marginal, threads }) => [kind.name, marginal, threads]);

test.each(shown.map((one) => [`${one.kind.name}, ${one.marginal}, threads: ${one.threads}`, one] as const))(
  '%s',
  (_, { kind: { family, data }, marginal, threads }) =>
    expectAlike(data, { family, components: 3, marginal: marginals[marginal], threads, maxIterations: 4 }),
);

describe('sweeps in float64 say the same of rows in files', () => {
  const wide = cases(combinations({ kind: kinds, threads: [1, 2] }), ({ kind, threads }) => [kind.name, threads]);
  test.each(wide.map((one) => [`${one.kind.name}, threads: ${one.threads}`, one] as const))(
    '%s',
    (_, { kind: { family, data }, threads }) =>
      expectAlike(data, { family, components: 3, precision: 'float64', threads, maxIterations: 3 }),
  );

  test('and so do fits that go over to them', () =>
    expectAlike(x, { components: 3, tolerance: 1e-9, maxIterations: 300, threads: 2 }));

  test('and where rows have room in float32 alone', () =>
    expectAlike(x, { components: 3, precision: 'float64', maxIterations: 3 }, rows * 20));

  test('rows whose squares are infinite are swept in plain TypeScript', () =>
    expectAlike([...x, [1e120, 1e120, 1e120]], { components: 3, precision: 'float64', maxIterations: 2 }));
});

describe('also', () => {
  const weights = Float64Array.from({ length: rows }, (_, row) => (row < 3000 ? 1 : (row % 5) / 4));
  const holes = x.map((row, at) => (at % 97 === 5 ? [NaN, row[1], row[2]] : row));
  const options: readonly (readonly [string, DataInput, Partial<FitOptions>])[] = [
    ['weights that differ from some row on', x, { sampleWeights: weights }],
    ['weights that are all alike', x, { sampleWeights: new Float64Array(rows).fill(0.3) }],
    ['rows left out', holes, { missing: 'drop' }],
    ['values that are missing', holes, { missing: 'model' }],
    ['noise', x, { noise: true }],
    ['hard assignment', x, { epsilon: 0 }],
    ['many columns', x.map((row) => Array.from({ length: 40 }, (_, j) => row[j % 3] * (1 + (j % 7)) + (j % 5))), {}],
    ['a prior, and squared steps', x, { prior: 'default', acceleration: 'squarem' }],
    ...(['k-means', 'k-means||', 'random'] as const).map((seeding) => [seeding, x, { seeding, restarts: 3 }] as const),
    ...(['anneal', 'warm-up', 'short-runs', 'race', 'split-merge'] as const).map(
      (strategy) => [strategy, x, { strategy, restarts: 2, components: 5 }] as const,
    ),
  ];
  test.each(options)('%s', (_, data, rest) => expectAlike(data, { components: 3, maxIterations: 4, ...rest }));

  describe.each([multinomial(), poisson(), bernoulli()])('$name: rows most of whose numbers are 0', (family) => {
    const random = seededRandom(4);
    /** Of 40 columns; those from some row on have more of them than not. */
    const counts = (more: number): number[][] =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: 40 }, (_, j) => +(random.uniform() < (row >= more || j % 3 === row % 3 ? 0.6 : 0.05))),
      );
    const own = { family, components: 3, maxIterations: 4, regularization: 1e-3 } as const;
    const table = combinations({ more: [Infinity, 2500, 40], threads: [1, 2] });
    test.each(table.map(({ more, threads }) => [more, threads] as const))(
      'full from row %d on, threads: %d',
      (more, threads) => expectAlike(counts(more), { ...own, threads }),
    );

    test('a part of the rows that would fit', () => expectAlike(counts(3000), own, 2 ** 17));
  });

  test('a part of the rows that would fit, and then a file', () =>
    expectAlike(x, { components: 3, maxIterations: 4 }, 4000 * 16));

  test('a selection', async () => {
    const chosen = async (more: Pick<FitOptions, 'memory' | 'spill' | 'directSpill'>): Promise<string> => {
      const options = { components: [1, 2, 3], backend: 'wasm', maxIterations: 4, ...more } as const;
      const { candidates } = await selectMixture(x, options);
      return JSON.stringify(candidates.map(({ fit }) => bitsOf(fit)));
    };
    const held = await chosen({});
    expect(await chosen({ memory: 0, spill: folder })).toBe(held);
    expect(await chosen({ memory: 0, spill: folder, directSpill: true })).toBe(held);
  });
});
