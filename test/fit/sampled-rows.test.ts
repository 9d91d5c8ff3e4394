/** Races of many rows, which a sample decides: the same for any threads, memory and checkpoints, and cheaper than on all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  fitMixture,
  gamma,
  gaussian,
  poisson,
  product,
  type Fit,
  type FitOptions,
  type Progress,
} from '../../src/index.js';
import { resolveBackend } from '../../src/backend/resolve.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { Stopwatch } from '../../src/base/stopwatch.js';
import type { EmRun } from '../../src/em/em.js';
import { gapped } from '../../src/families/family.js';
import { fitSettings } from '../../src/fit/options.js';
import { runRestarts } from '../../src/fit/restarts.js';
import { sampledRows } from '../../src/fit/sampled-rows.js';
import type { Shard } from '../../src/sweep/shard.js';
import { problem } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const n = 34_000;
const { x } = problem('overlapping', { n, d: 2, k: 3, seed: 4 });
const family = gaussian({ covariance: 'diag' });
const folder = mkdtempSync(join(tmpdir(), 'otmix-sampled-'));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { components: 3, family, strategy: 'race', backend: 'wasm', seed: 6 } as const;
const race = (more: Partial<FitOptions> = {}, rows = x): Promise<Fit> => fitMixture(rows, { ...options, ...more });
const bitsOf = ({ mixture, objective, sweeps, judged }: Fit): string =>
  JSON.stringify([mixture.weights, mixture.parameters, objective, sweeps, judged]);

test('the sample has rows as they are, each by its weight, and those without weight never', async () => {
  const device = await resolveBackend('wasm', { threads: 1 });
  const sampleWeights = x.map((_, row) => [0, 1, 3][row % 3]);
  const dataset = await loadDataset(toSource(x, sampleWeights), { device, missing: 'error' });
  const sampled = await sampledRows(dataset, fitSettings(options), device);
  const again = await sampledRows(dataset, fitSettings(options), device);
  try {
    expect(sampled).toBeDefined();
    const { shard, rows } = sampled!;
    expect(rows).toBe(2 ** 14);
    expect(shard.n).toBeLessThan(rows); // of those drawn twice there is one
    const all = Array.from({ length: shard.n }, (_, row) => row);
    const taken = await shard.take(all);
    expect(await again!.shard.take(all)).toEqual(taken);
    const whole = await dataset.shard.take(x.map((_, row) => row));
    const place = new Map(x.map((_, row) => [`${whole[2 * row]} ${whole[2 * row + 1]}`, row]));
    const residues = all.map((row) => (place.get(`${taken[2 * row]} ${taken[2 * row + 1]}`) ?? NaN) % 3);
    expect(new Set(residues)).toEqual(new Set([1, 2]));
    const sums = await shard.nearestCentres(new Float64Array(2)).sums();
    expectWithin(sums.weight, rows, 1e-9);
  } finally {
    for (const one of [dataset, sampled, again]) one?.shard.dispose();
  }
});

test('there is none of few rows, and of many parameters', async () => {
  const device = await resolveBackend('wasm', { threads: 1 });
  const dataset = await loadDataset(toSource(x), { device, missing: 'error' });
  const few = await loadDataset(toSource(x.slice(0, 30_000)), { device, missing: 'error' });
  try {
    expect(await sampledRows(few, fitSettings(options), device)).toBeUndefined();
    expect(await sampledRows(dataset, fitSettings({ ...options, components: 600 }), device)).toBeUndefined();
  } finally {
    for (const { shard } of [dataset, few]) shard.dispose();
  }
});

describe('rows with gaps', () => {
  const holes = x.map((row, i) => row.map((value, j) => (i % 10 === j ? NaN : value)));

  test('are in the sample with their gaps', async () => {
    const device = await resolveBackend('wasm', { threads: 1 });
    const dataset = await loadDataset(toSource(holes), { device, missing: 'model', gaps: true });
    const sampled = await sampledRows(dataset, fitSettings({ ...options, family: gapped(gaussian(), 'fit') }), device);
    try {
      const all = Array.from({ length: sampled!.shard.n }, (_, row) => row);
      const taken = await sampled!.shard.take(all, { gaps: true });
      for (const j of [0, 1]) {
        const missing = all.filter((row) => Number.isNaN(taken[2 * row + j])).length;
        expectWithin(missing / all.length, 0.1, 0.02);
      }
    } finally {
      for (const one of [dataset, sampled]) one?.shard.dispose();
    }
  });

  test.each<[string, Partial<FitOptions>, number[][]]>([
    ['Gaussians, raced', { family: gaussian() }, holes],
    [
      'a product, moved',
      {
        family: product([
          { columns: ['x0'], family },
          { columns: ['x1'], family: gamma() },
        ]),
        strategy: 'split-merge',
      },
      holes.map(([a, b]) => [a, Math.exp(b / 4)]),
    ],
  ])('%s: as good as plain EM', async (_, more, rows) => {
    const given = { ...more, missing: 'model', tolerance: 1e-3 } as const;
    const sampled = await race(given, rows);
    const plain = await race({ ...given, strategy: 'plain' }, rows);
    expect(sampled.status).toBe('converged');
    const [own, other] = [sampled, plain].map(({ objective }) => objective[objective.length - 1]);
    expect(own).toBeLessThan(other + 5e-3);
  });
});

describe('a race that a sample decides', () => {
  test('is the same on any number of threads and from files, and its F is that of all rows', async () => {
    const [one, two, spilled] = [
      await race({ threads: 1, maxIterations: 20 }),
      await race({ threads: 2, maxIterations: 20 }),
      await race({ threads: 2, maxIterations: 20, memory: 0, spill: folder }),
    ];
    expect(bitsOf(two)).toBe(bitsOf(one));
    expect(bitsOf(spilled)).toBe(bitsOf(one));
    expectWithin(one.objective.at(-1)!, -one.criteria.meanLogLikelihood, 1e-6);
    expect(one.objective).toHaveLength(one.iterations);
  });

  test('counts sweeps of the sample by its share, and tells of iterations from the first', async () => {
    const seen: Progress[] = [];
    const fit = await race({ tolerance: 0, maxIterations: 28, onProgress: (progress) => seen.push(progress) });
    const told = seen.flatMap(({ phase, iteration }) => (phase === 'fit' ? [iteration] : []));
    expect(told).toEqual(Array.from({ length: 28 }, (_, at) => at + 1));
    const whole = await race({ tolerance: 0, maxIterations: 28 }, x.slice(0, 30_000));
    expect(fit.sweeps).toBeLessThan(whole.sweeps);
    expect(fit.sweeps).toBeGreaterThan(28 + 20);
  });

  test('takes families whose rows are coded, weights, noise and prescribed proportions', async () => {
    const counts = x.map(([a, b]) => [Math.abs(Math.round(3 * a)), Math.abs(Math.round(2 * b))]);
    const weights = [0.2, 0.3, 0.5];
    const ways: [Partial<FitOptions>, number[][]][] = [
      [{ family: poisson(), sampleWeights: x.map((_, row) => 1 + (row % 2)) }, counts],
      [{ noise: true }, x],
      [{ marginal: { kind: 'fixed', weights } }, x],
      [{ algorithm: 'incremental' }, x],
    ];
    for (const [more, rows] of ways) {
      const fit = await race({ tolerance: 1e-3, ...more }, rows);
      expect(fit.status).toBe('converged');
      expect(Number.isFinite(fit.criteria.meanLogLikelihood)).toBe(true);
      expect(fit.marginalError).toBeLessThanOrEqual(2e-6);
    }
  });

  /** Aborted at a sweep of the sample. */
  async function abortedAt(sweep: number, reason: Error): Promise<{ readonly runs: EmRun[]; readonly n: number }> {
    const controller = new AbortController();
    const device = await resolveBackend('wasm', { threads: 1 });
    const dataset = await loadDataset(toSource(x), { device, missing: 'error' });
    let sweeps = 0;
    const rows: typeof device.rows = (d, given) => {
      const builder = device.rows(d, given);
      const finish = async (): Promise<Shard> => {
        const shard = await builder.finish();
        const swept = shard.sweep.bind(shard);
        shard.sweep = (requests, asked) => {
          if (++sweeps === sweep) controller.abort(reason);
          return swept(requests, asked);
        };
        return shard;
      };
      return { add: builder.add.bind(builder), discard: builder.discard.bind(builder), finish };
    };
    try {
      const settings = fitSettings({ ...options, tolerance: 0, signal: controller.signal });
      const runs = await runRestarts(dataset, settings, new Stopwatch(), { device: { ...device, rows } });
      return { runs, n: dataset.shard.n };
    } finally {
      dataset.shard.dispose();
    }
  }

  test('aborted meanwhile has the best so far, with F of all rows; before there is any it rejects', async () => {
    const reason = new Error('never mind');
    await expect(abortedAt(1, reason)).rejects.toBe(reason);
    const { runs } = await abortedAt(40, reason);
    expect(runs).toMatchObject([{ status: 'aborted', objective: [] }]);
    const share = 2 ** 14 / n;
    expect(runs[0].sweeps).toBeLessThanOrEqual(Math.round(40 * share) + 1);
    expect(runs[0].sweeps).toBeGreaterThan(1);
    expect(Number.isFinite(runs[0].finalObjective)).toBe(true);
  });
});
