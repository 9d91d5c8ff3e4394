import { availableParallelism } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { fitMixture, gaussian, resolveBackend, type FitOptions } from '../../src/index.js';
import { InputError } from '../../src/base/errors.js';
import { cases, combinations, grouped } from '../cases.js';
import { mulberry32, problem } from '../oracle/index.js';
import { collectWorkers, heard } from './workers.js';

vi.mock('../../src/threads/start.js', () => ({ START_AFTER: 0, IDLE_FOR: 0 })); // with the first task, however short

const workers = collectWorkers();

/** Eight groups of rows, the last one short: more than any number of threads here, and shared unevenly by most. */
const { x } = problem('overlapping', { n: 7500, d: 3, k: 4, seed: 5 });
const random = mulberry32(9);
/** Some rows weigh nothing. */
const sampleWeights = x.map(() => Math.max(0, 3 * random() - 0.5));
const backend = 'wasm';
const forms = ['full', 'tied', 'diag', 'spherical'] as const;

/** So few iterations that the fit depends on its start. */
const fitOn = (threads: number, options: Partial<FitOptions>) =>
  fitMixture(x, { components: 4, backend, seed: 3, maxIterations: 4, tolerance: 0, threads, ...options });

describe('a fit is the same bit for bit on 1, 2, 3 and 5 threads', () => {
  const ways: Readonly<Record<string, Partial<FitOptions>>> = {
    'k-means++': {},
    'k-means': { seeding: 'k-means' },
    'sample weights': { sampleWeights },
    'k-means and sample weights': { seeding: 'k-means', sampleWeights },
  };
  const fits = cases(combinations({ covariance: forms, way: Object.keys(ways) }), ({ covariance, way }) => [
    covariance,
    way,
  ]);
  describe.each(grouped(fits, 'covariance').map((group) => [group.level, group.cases] as const))('%s', (_, some) => {
    test.each(some.map((one) => [one.way, one.covariance] as const))('%s', async (way, covariance) => {
      const options = { family: gaussian({ covariance }), ...ways[way] };
      const one = await fitOn(1, options);
      expect(one.diagnostics.threads).toBe(1);
      expect(workers.started).toHaveLength(0);
      for (const threads of [2, 3, 5]) {
        const before = workers.started.length;
        const many = await fitOn(threads, options);
        await heard();
        expect(workers.started).toHaveLength(before + threads);
        expect(many.diagnostics.threads).toBe(threads);
        expect(many.mixture.toJSON()).toEqual(one.mixture.toJSON());
        expect(many.objective).toEqual(one.objective);
        expect(many.criteria).toEqual(one.criteria);
      }
      await workers.ended(2 + 3 + 5);
    });
  });

  test('with hard assignments, several starts and a schedule', async () => {
    for (const options of [{ epsilon: 0 }, { restarts: 3 }, { epsilon: { from: 4, steps: 3 } }]) {
      const [one, three] = [await fitOn(1, options), await fitOn(3, options)];
      expect(three.mixture.toJSON()).toEqual(one.mixture.toJSON());
      expect(three.restarts).toEqual(one.restarts);
    }
  });

  test('where some rows are dropped', async () => {
    const holes = x.map((row, i) => (i % 7 === 0 ? [NaN, ...row.slice(1)] : row));
    const fit = (threads: number) => fitMixture(holes, { components: 3, backend, missing: 'drop', threads });
    const [one, five] = [await fit(1), await fit(5)];
    expect(five.mixture.toJSON()).toEqual(one.mixture.toJSON());
    expect(five.diagnostics.dropped).toBe(one.diagnostics.dropped);
  });
});

test.each(forms)('predictions of %s are the same bit for bit on 1, 2, 3 and 5 threads', async (covariance) => {
  const { mixture } = await fitOn(1, { family: gaussian({ covariance }) });
  const predictions = async (threads: number) => ({
    labels: await mixture.predict(x, { backend, threads }),
    responsibilities: await mixture.predictProba(x, { backend, threads }),
    logDensity: await mixture.scoreSamples(x, { backend, threads }),
    criteria: await mixture.criteria(x, { backend, threads, sampleWeights }),
  });
  const one = await predictions(1);
  expect(workers.started).toHaveLength(0);
  for (const threads of [2, 3, 5]) expect(await predictions(threads)).toEqual(one);
  await workers.ended(4 * (2 + 3 + 5));
});

describe('the number of threads', () => {
  const small = x.slice(0, 1500);

  test.each([0, 1.5, -1, NaN])('%d is refused', async (threads) => {
    const refusal = new InputError('option', {
      where: 'threads',
      expected: 'a whole number ≥ 1',
      got: String(threads),
      remedy: 'correct it',
    });
    expect(refusal.message).toBe(`threads: expected a whole number ≥ 1, got ${threads}; correct it`);
    await expect(fitMixture(small, { components: 2, backend, threads })).rejects.toThrow(refusal);
    await expect(resolveBackend(backend, { threads })).rejects.toThrow(refusal);
    const { mixture } = await fitMixture(small, { components: 2, backend, threads: 1 });
    await expect(mixture.predict(small, { backend, threads })).rejects.toThrow(refusal);
  });

  test('is no more than there are groups of 1024 rows', async () => {
    const fit = await fitMixture(small, { components: 2, backend, threads: 5 });
    expect(fit.diagnostics.threads).toBe(2);
    await workers.ended(2);
    const one = await fitMixture(small, { components: 2, backend, threads: 1 });
    expect(fit.mixture.toJSON()).toEqual(one.mixture.toJSON());
  });

  test('may be more than there are rows', async () => {
    const rows = [[1], [2], [5]];
    const fit = await fitMixture(rows, { components: 2, backend, threads: 8 });
    expect(fit.diagnostics.threads).toBe(1);
    expect(await fit.mixture.predict(rows, { backend, threads: 8 })).toHaveLength(3);
    expect(workers.started).toHaveLength(0);
  });

  test('is all that the machine has, unless asked otherwise', async () => {
    const all = availableParallelism();
    expect(await resolveBackend(backend)).toMatchObject({ name: 'wasm', threads: all });
    const { diagnostics } = await fitMixture(x, { components: 2, backend });
    expect(diagnostics.threads).toBe(Math.min(all, 8));
  });

  test('as asked is reported, without a note where it can be had', async () => {
    for (const threads of [1, 3, 64]) {
      const choice = await resolveBackend(backend, { threads });
      expect(choice).toMatchObject({ name: backend, threads, reason: 'runs everywhere', notes: [] });
    }
    expect((await fitMixture(small, { components: 2, backend })).diagnostics.notes).toEqual([]);
  });

  test('is one on the backends of tfjs, whatever was asked for', async () => {
    expect(await resolveBackend('cpu', { threads: 4 })).toMatchObject({ name: 'cpu', threads: 1, notes: [] });
    const { diagnostics } = await fitMixture(small, { components: 2, backend: 'cpu', threads: 4 });
    expect(diagnostics).toMatchObject({ backend: 'cpu', threads: 1 });
  });
});
