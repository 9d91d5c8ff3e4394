import { describe, expect, test } from 'vitest';
import type { Batch, Source } from '../../src/data/source.js';
import { toSource } from '../../src/data/dataset.js';
import type { EvaluatedRows } from '../../src/mixture/evaluate.js';
import { fitMixture } from '../../src/fit/fit.js';
import { problem, sweep } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { mixtureOf, watchTensors } from './setting.js';

watchTensors();

describe.each(['cpu', 'wasm'] as const)('what it says of a row on %s', (backend) => {
  const { x, truth } = problem('overlapping', { n: 2500, d: 3, k: 3, seed: 6 });
  const mixture = mixtureOf(truth, 'full');
  const all = async (data: number[][] | Source) => ({
    labels: Array.from(await mixture.predict(data, { backend })),
    proba: Array.from((await mixture.predictProba(data, { backend })).data),
    densities: Array.from(await mixture.scoreSamples(data, { backend })),
  });

  test('does not depend on the other rows, bit for bit', async () => {
    const whole = await all(x);
    const some = [2499, 3, 1024, 1023, 777];
    const few = await all(some.map((i) => x[i]));
    expect(few.labels).toEqual(some.map((i) => whole.labels[i]));
    expect(few.proba).toEqual(some.flatMap((i) => whole.proba.slice(3 * i, 3 * i + 3)));
    expect(few.densities).toEqual(some.map((i) => whole.densities[i]));
  });

  test('comes block by block as predictRows reads, without responsibilities unless asked for', async () => {
    const rows = x.map((row, i) => (i === 5 ? [NaN, 0, 0] : row));
    const [index, labels, densities, proba]: number[][] = [[], [], [], []];
    for await (const block of mixture.predictRows(rows, { backend, missing: 'drop', responsibilities: true })) {
      index.push(...block.index);
      labels.push(...block.labels);
      densities.push(...block.logDensity);
      proba.push(...block.responsibilities);
    }
    const kept = x.flatMap((_, i) => (i === 5 ? [] : i));
    expect(index).toEqual(kept);
    const whole = await all(kept.map((i) => x[i]));
    expect({ labels, densities, proba }).toEqual(whole);
    for await (const { responsibilities } of mixture.predictRows(x, { backend })) {
      expect(responsibilities).toHaveLength(0);
      break; // which frees what holds the rows, as the tensors left say
    }
  });

  test('does not depend on the source’s batches, bit for bit', async () => {
    const batched: Source = {
      ...toSource(x),
      async *batches(): AsyncGenerator<Batch> {
        for (let from = 0, size = 1; from < x.length; from += size, size = 1 + ((7 * size) % 311)) {
          const part = x.slice(from, from + size);
          yield { rows: part.length, values: Float64Array.from(part.flat()) };
        }
      },
    };
    expect(await all(batched)).toEqual(await all(x));
  });

  test('is finite a million deviations out', async () => {
    const far = [[1e6, 0, 0], [-1e6, 1e6, 1e6]]; // prettier-ignore
    const { proba, densities } = await all(far);
    const exact = sweep(far, undefined, truth);
    expectAllWithin(proba, exact.responsibilities.flat(), 1e-6);
    densities.forEach((density, i) => expectWithin(density, exact.logDensity[i], 1e-5 * Math.abs(density)));
  });
});

test.each(['cpu', 'wasm'] as const)(
  'rows beyond all reach have a label and a finite density, on %s',
  async (backend) => {
    const start = { weights: [0.5, 0.5], means: [[0], [10]], covariances: [[[1]], [[1]]] };
    const data = [[0], [1], [9], [10], [11]];
    const { mixture } = await fitMixture(data, { components: 2, seeding: start, maxIterations: 1, backend });
    for (const far of [1e15, 1e25, 1e100, 1e300]) {
      const rows = [[far], [-far]];
      expect(Array.from(await mixture.predict(rows, { backend })), String(far)).toEqual([
        expect.any(Number),
        expect.any(Number),
      ]);
      for (const density of await mixture.scoreSamples(rows, { backend })) {
        expect(Number.isFinite(density)).toBe(true);
        expect(density).toBeLessThan(-1e20);
      }
      const { data: proba } = await mixture.predictProba(rows, { backend });
      expect(proba.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  },
);

describe('evaluate', () => {
  const { x, truth } = problem('overlapping', { n: 70_000, d: 1, k: 2, seed: 6 });
  const mixture = mixtureOf(truth, 'diag');

  test('visits blocks one after the other, with the places of their rows', async () => {
    const seen: number[] = [];
    let open = 0;
    await mixture.evaluate(
      x.map((row, i) => (i % 1000 === 0 ? [NaN] : row)),
      async ({ index, rows, labels, responsibilities, logDensity }: EvaluatedRows) => {
        expect(++open).toBe(1);
        seen.push(...index);
        expect([labels.length, responsibilities.length, logDensity.length]).toEqual([rows, 2 * rows, rows]);
        await new Promise((resolve) => setTimeout(resolve));
        open--;
      },
      { missing: 'drop' },
    );
    expect(seen).toEqual(Array.from({ length: 70_000 }, (_, i) => i).filter((i) => i % 1000 !== 0));
  });

  test.each([false, true])(
    'of predictRows say the same where they pass as where they are kept, weighted: %s',
    async (weighted) => {
      const kept: EvaluatedRows[] = [];
      const copied: EvaluatedRows[] = [];
      const rows = x.map((row, i) => (i === 5 ? [NaN] : row));
      const options = { missing: 'drop', ...(weighted && { sampleWeights: x.map((_, i) => 1 + (i % 3)) }) } as const;
      for await (const block of mixture.predictRows(rows, options)) kept.push(block);
      for await (const block of mixture.predictRows(rows, { ...options, passing: true })) {
        copied.push(structuredClone(block));
      }
      expect(kept.length).toBeGreaterThan(1);
      expect(copied).toEqual(kept);
    },
  );

  test('ends with the error of a visitor that throws', async () => {
    const reason = new Error('full disk');
    await expect(mixture.evaluate(x, () => Promise.reject(reason))).rejects.toBe(reason);
  });
});
