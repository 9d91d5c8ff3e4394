/** Mixtures that learn from a stream, batch by batch. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import {
  fitMixture,
  gaussian,
  loadMixture,
  negativeBinomial,
  onlineMixture,
  OnlineMixture,
  type Matrix,
  type Mixture,
} from '../../src/index.js';
import { drawn, nearby, scenes, startOf } from '../families/scenes.js';
import { goldenRows } from '../golden/data.js';
import { bytesHeld } from '../held.js';
import { expectWithin } from '../within.js';

/** Where published runs are after some batches. */
interface Run {
  readonly alpha: number;
  readonly rows: number;
  readonly batches: readonly {
    readonly batch: number;
    readonly weights: readonly number[];
    readonly means: readonly (readonly number[])[];
    readonly covariances: readonly (readonly (readonly number[])[])[];
  }[];
  readonly epochs: readonly { readonly batch: number; readonly logLikelihood: number }[];
}
const published = JSON.parse(readFileSync(new URL('../golden/online.json', import.meta.url), 'utf8')) as {
  readonly start: { readonly weights: number[]; readonly means: number[][]; readonly covariances: number[][][] };
  readonly runs: readonly Run[];
};
const faithful = goldenRows('faithful', ['eruptions', 'waiting']);

/** Consecutive rows, the last of each epoch fewer, then from the first again. */
function* epochsOf(rows: readonly number[][], size: number): Generator<number[][]> {
  for (;;) for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
}

test.each(published.runs.map((run) => [run.alpha, run.rows, run] as const))(
  'goes the way that is published at α = %s, of batches of %s rows',
  async (learningRate, size, { batches, epochs }) => {
    const online = onlineMixture({
      ...{ components: 2, seeding: published.start, learningRate },
      ...{ regularization: 0, backend: 'wasm' },
    });
    const rows = epochsOf(faithful, size);
    for (let batch = 1; batch <= epochs[epochs.length - 1].batch; batch++) {
      await online.update(rows.next().value as number[][]);
      const [step, epoch] = [batches, epochs].map((all: readonly { batch: number }[]) =>
        all.find((one) => one.batch === batch),
      );
      if (step) expectParameters(online.mixture, step as Run['batches'][number]);
      if (!epoch) continue;
      const { logLikelihood } = epoch as Run['epochs'][number];
      expectWithin(((await online.score(faithful)) * faithful.length) / logLikelihood, 1, 1e-7, `batch ${batch}`);
    }
  },
);

function expectParameters(mixture: Mixture, { batch, ...step }: Run['batches'][number]): void {
  const numbers = (of: { weights: unknown; means: unknown; covariances: unknown }): number[] =>
    [of.weights, of.means, of.covariances].flat(4) as number[];
  const found = numbers(mixture);
  for (const [at, own] of numbers(step).entries()) expectWithin(found[at] / own, 1, 1e-5, `number ${at} of batch ${batch}`); // prettier-ignore
}

/** Sizes that are estimated need all counts at once. */
const learnt = scenes.filter(({ name }) => name !== 'negativeBinomial');

describe.each(learnt.map((scene) => [scene.name, scene] as const))('%s', (_, scene) => {
  const batchesOf = (count: number, rows: number): number[][][] =>
    Array.from({ length: count }, (_own, batch) => drawn(scene, rows, batch + 1).rows);
  const options = {
    family: scene.family,
    components: 3,
    seeding: startOf(scene, nearby(scene)),
    backend: 'wasm',
  } as const;

  test('a stream that does not move is learnt: the likelihood comes near that of the truth', async () => {
    const online = onlineMixture({ ...options, learningRate: 0.6 });
    for (const batch of batchesOf(40, 400)) await online.update(batch);
    const { rows } = drawn(scene, 4000, 99);
    const truth = await fitMixture(rows, {
      family: scene.family,
      components: 3,
      seeding: startOf(scene, scene.components),
      maxIterations: 100,
      backend: 'wasm',
    });
    expect(await online.score(rows)).toBeGreaterThan(truth.criteria.meanLogLikelihood - 0.02);
  });

  test('saved and loaded in the midst it goes on as if it had not been, bit for bit', async () => {
    const batches = batchesOf(5, 150);
    const whole = onlineMixture(options);
    const begun = onlineMixture(options);
    for (const batch of batches.slice(0, 2)) await begun.update(batch);
    const folder = await mkdtemp(join(tmpdir(), 'otmix-online-'));
    try {
      await begun.save(join(folder, 'model.json'));
      const resumed = await OnlineMixture.load(join(folder, 'model.json'), { backend: 'wasm' });
      for (const batch of batches) await whole.update(batch);
      for (const batch of batches.slice(2)) await resumed.update(batch);
      expect(JSON.stringify(resumed)).toBe(JSON.stringify(whole));
      const plain = await loadMixture(JSON.parse(JSON.stringify(resumed)) as never);
      expect(plain.components).toEqual(whole.mixture.components);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** Rows around two centres that lie `at` from each other's side of 0. */
function pair(rows: number, at: number, seed: number): Matrix {
  const { normal } = seededRandom(seed);
  const data = Float64Array.from({ length: 2 * rows }, (_, i) => normal() + ((i >> 1) % 2 === 0 ? at : at + 12));
  return { data, shape: [rows, 2] };
}

test('with forgetting it follows a stream that moves far from where it began', async () => {
  const online = onlineMixture({ components: 2, forgetting: 0.2, backend: 'wasm' });
  const steady = onlineMixture({ components: 2, learningRate: 1, backend: 'wasm' });
  for (let batch = 0; batch < 200; batch++) {
    for (const one of [online, steady]) await one.update(pair(200, batch / 4, batch));
  }
  const means = online.mixture.means.map(([mean]) => mean).sort((a, b) => a - b);
  expect(Math.abs(means[0] - 48.75)).toBeLessThan(1); // 1 / .2 batches behind the last
  expect(Math.abs(means[1] - 60.75)).toBeLessThan(1);
  expect(Math.max(...steady.mixture.means.map(([mean]) => mean))).toBeLessThan(50);
});

test('a thousand batches leave nothing behind: no memory, descriptor or thread', async () => {
  const online = onlineMixture({ components: 2, backend: 'wasm', threads: 2 });
  const left = (): { readonly threads: number; readonly descriptors: number } => ({
    threads: Number(/Threads:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]),
    descriptors: readdirSync('/proc/self/fd').length,
  });
  const rows = 512;
  for (let batch = 0; batch < 50; batch++) await online.update(pair(rows, 0, batch));
  const size = JSON.stringify(online).length;
  const before = { ...left(), bytes: bytesHeld() };
  for (let batch = 0; batch < 1000; batch++) await online.update(pair(rows, 0, batch));
  const after = { ...left(), bytes: bytesHeld() };
  expect(JSON.stringify(online).length).toBeLessThan(1.1 * size);
  expect([online.batches, online.rows]).toEqual([1050, 1050 * rows]);
  expect(after.bytes - before.bytes).toBeLessThan(2 ** 20); // a thousand batches are 8 MB
  expect(after.threads).toBeLessThanOrEqual(before.threads + 1); // V8 may start a helper
  expect(after.descriptors).toBe(before.descriptors);
});

describe('updates', () => {
  test('that are asked for at once are made in turn', async () => {
    const [one, other] = [0, 1].map(() => onlineMixture({ components: 2, backend: 'wasm' }));
    const batches = [1, 2, 3].map((seed) => pair(80, 0, seed));
    const told = await Promise.all(batches.map((batch) => one.update(batch)));
    for (const batch of batches) await other.update(batch);
    expect(told.map(({ batch, rows }) => [batch, rows])).toEqual([[1, 80], [2, 80], [3, 80]]); // prettier-ignore
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });

  test('of rows that do not fit leave the mixture as it was', async () => {
    const online = onlineMixture({ components: 2, backend: 'wasm' });
    await online.update(pair(80, 0, 1));
    const before = JSON.stringify(online);
    await expect(online.update([[1, 2, 3]])).rejects.toThrow(/expected 2 columns/);
    await expect(online.update([[1, NaN]])).rejects.toThrow(/missing/);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(online.update(pair(80, 0, 2), { signal })).rejects.toThrow('enough');
    expect(JSON.stringify(online)).toBe(before);
    await online.update(pair(80, 0, 2));
    expect(online.batches).toBe(2);
  });

  test('weigh rows: a weight of 2 is the row twice', async () => {
    const rows = faithful.slice(0, 60);
    const options = { components: 2, seeding: published.start, backend: 'wasm' } as const;
    const [weighed, twice] = [onlineMixture(options), onlineMixture(options)];
    await weighed.update(rows, { sampleWeights: rows.map((_, row) => (row % 3 === 0 ? 2 : 1)) });
    await twice.update(rows.flatMap((row, at) => (at % 3 === 0 ? [row, row] : [row])));
    weighed.mixture.means.flat().forEach((mean, at) => expectWithin(mean / twice.mixture.means.flat()[at], 1, 1e-6));
  });

  test('go on to the same bits where the default of missing is said again', async () => {
    const [whole, begun] = [0, 1].map(() =>
      onlineMixture({ components: 2, seeding: published.start, backend: 'wasm' }),
    );
    for (const one of [whole, begun]) await one.update(faithful.slice(0, 100));
    const resumed = await OnlineMixture.load(begun.toJSON(), { missing: 'error', backend: 'wasm' });
    for (const one of [whole, resumed]) await one.update(faithful.slice(100, 200));
    expect(resumed.mixture.components).toEqual(whole.mixture.components);
  });

  test('may have gaps where the family can have them', async () => {
    const rows = faithful.map(([x, y], row) => [row % 7 === 0 ? NaN : x, y]);
    const online = onlineMixture({
      components: 2,
      seeding: published.start,
      missing: 'model',
      backend: 'wasm',
      family: gaussian(),
    });
    for (let epoch = 0; epoch < 30; epoch++) await online.update(rows);
    const fit = await fitMixture(rows, { components: 2, seeding: published.start, missing: 'model', tolerance: 1e-9 });
    const resumed = await OnlineMixture.load(online.toJSON(), { backend: 'wasm' });
    expect(await resumed.score(rows)).toBeGreaterThan(fit.criteria.meanLogLikelihood - 1e-3);
    await resumed.update(rows);
    await online.update(rows);
    expect(JSON.stringify(resumed)).toBe(JSON.stringify(online));
  });
});

test('what makes no sense is refused in one line', async () => {
  const counts = onlineMixture({ components: 1, family: negativeBinomial(), backend: 'wasm' });
  await expect(counts.update([[1], [3], [3], [8]])).rejects.toThrow(/negativeBinomial\({ size: 2 }\)/);
  const { mixture } = await fitMixture(faithful, { components: 2, noise: true, backend: 'wasm' });
  const noisy = await OnlineMixture.load(mixture.toJSON());
  await expect(noisy.update(faithful)).rejects.toThrow(/without noise/);
  expect(() => onlineMixture({ components: 2, learningRate: 0.5 })).toThrow(
    /learningRate: expected a number above 0.5/,
  );
  expect(() => onlineMixture({ components: 2, forgetting: 0 })).toThrow(/forgetting: expected a number above 0/);
  expect(() => onlineMixture({ components: 2, forgetting: 0.1, learningRate: 0.7 })).toThrow(/leave one of them out/);
  expect(() => onlineMixture({ components: 0 })).toThrow(/components/);
  expect(() => onlineMixture({ components: 2 }).mixture).toThrow(/a batch of rows before/);
  const online = onlineMixture({ components: 2, backend: 'wasm' });
  await online.update(pair(40, 0, 1));
  const file = online.toJSON();
  const damaged = {
    ...file,
    provenance: { online: { batches: 1, rows: 40, statistics: { shift: [], scale: [], sums: [] } } },
  };
  await expect(OnlineMixture.load(damaged)).rejects.toThrow(/provenance.online.statistics of another shape/);
});
