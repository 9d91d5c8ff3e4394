import { describe, expect, test } from 'vitest';
import { logDensities, logSumExp, type OracleMixture } from '../oracle/sweep.js';
import { mixtureOf, watchTensors } from './setting.js';

watchTensors();

const places = ['cpu', 'wasm'] as const;

/** By the oracle, float64: labels, log-densities and responsibilities. */
function expected(
  x: number[][],
  mixture: OracleMixture,
): { labels: number[]; densities: number[]; shares: number[][] } {
  const logits = logDensities(x, mixture).map((row) => row.map((log, k) => log + Math.log(mixture.weights[k])));
  const densities = logits.map(logSumExp);
  const shares = logits.map((row, i) => row.map((logit) => Math.exp(logit - densities[i])));
  return { labels: logits.map((row) => row.indexOf(Math.max(...row))), densities, shares };
}

const broad: OracleMixture = {
  weights: [0.34, 0.66],
  means: [[7.7, 2], [-0.1, 0.01]],
  covariances: [[[10.5, -0.07], [-0.07, 0.08]], [[0.96, 0.05], [0.05, 0.99]]],
}; // prettier-ignore

/** Near, far, beyond the range of squares in float32, and beyond that of float32. */
const rows = [
  [0, 0], [8, 2], [1e4, 0], [0, 1e4], [1e10, 0], [0, -1e10], [1e13, 1e11], [1e15, 1e13], [1e20, 1e19],
  [1e30, -1e28], [1e100, 1], [9.96921e36, 9.96921e36],
]; // prettier-ignore

/** Densities to 1e-9 of them where float64 computes them, 1e-4 nats where float32 does. */
function expectDensities(got: ArrayLike<number>, wanted: number[]): void {
  wanted.forEach((density, i) => {
    expect(Math.abs(got[i] / density - 1), `row ${i}: ${got[i]} for ${density}`).toBeLessThan(
      density < -1e6 ? 1e-9 : 1e-4,
    );
  });
}

describe.each(places)('what a mixture says of rows far out, %s', (backend) => {
  const mixture = mixtureOf(broad, 'full');
  const { labels, densities, shares } = expected(rows, broad);

  test('is computed in float64', async () => {
    expect(Array.from(await mixture.predict(rows, { backend }))).toEqual(labels);
    expectDensities(await mixture.scoreSamples(rows, { backend }), densities);
    const proba = await mixture.predictProba(rows, { backend });
    shares.flat().forEach((share, at) => expect(Math.abs(proba.data[at] - share)).toBeLessThan(1e-5));
  });

  test('counts in the mean log-likelihood', async () => {
    const wanted = densities.reduce((a, b) => a + b, 0) / rows.length;
    expect((await mixture.score(rows, { backend })) / wanted).toBeCloseTo(1, 9);
  });

  test('is of the rows it says, where rows are left out and weighted', async () => {
    const holes: number[][] = [[NaN, 0], ...rows.flatMap((row) => [row, [0, NaN]])];
    const options = { backend, missing: 'drop', sampleWeights: holes.map((_, i) => i) } as const;
    const kept = holes.map((row, i) => ({ row, i })).filter(({ row }) => row.every(Number.isFinite));
    const got = await mixture.predict(holes, options);
    expect(kept.map(({ i }) => got[i])).toEqual(labels);
    expectDensities(await mixture.scoreSamples(holes, options).then((all) => kept.map(({ i }) => all[i])), densities);
  });

  test('names the nearest component where the log-density itself is out of range', async () => {
    const out = [[1e200, 1e200], [1e250, 0], [1e300, -1e303]]; // prettier-ignore
    const near = expected(
      out.map((row) => row.map((value) => value / 1e190)),
      broad,
    ); // the same directions
    expect(Array.from(await mixture.predict(out, { backend }))).toEqual(near.labels);
    expect(Array.from(await mixture.scoreSamples(out, { backend }))).toEqual(out.map(() => -Number.MAX_VALUE));
    expect(Array.from((await mixture.predictProba(out, { backend })).data)).toEqual(
      near.labels.flatMap((label) => [Number(label === 0), Number(label === 1)]),
    );
  });
});

describe.each(places)('a component finer than float32 resolves where it lies, %s', (backend) => {
  const fine: OracleMixture = {
    weights: [0.8, 0.2],
    means: [[0, 0], [1.7e9, 0.1]],
    covariances: [[[1e-3, 0], [0, 0.3]], [[833.25, 1], [1, 0.3]]],
  }; // prettier-ignore
  const x = Array.from({ length: 300 }, (_, i) => [
    i % 2 ? 1.7e9 + (i % 100) - 50 : 0.01 * (i % 7),
    ((i * 7) % 10) / 5 - 1,
  ]);

  test('is evaluated in float64', async () => {
    const mixture = mixtureOf(fine, 'full');
    const { labels, densities } = expected(x, fine);
    expect(Array.from(await mixture.predict(x, { backend }))).toEqual(labels);
    const got = await mixture.scoreSamples(x, { backend });
    densities.forEach((density, i) => expect(Math.abs(got[i] - density)).toBeLessThan(1e-6));
  });

  test('so is one that is narrow across its columns', async () => {
    const narrow: OracleMixture = {
      weights: [1],
      means: [[0, 0]],
      covariances: [[[1, 1], [1, 1 + 1e-13]]],
    }; // prettier-ignore
    const line: number[][] = Array.from({ length: 50 }, (_, i) => [i / 25 - 1, i / 25 - 1 + ((i % 5) - 2) * 1e-7]);
    const got = await mixtureOf(narrow, 'full').scoreSamples(line, { backend });
    expected(line, narrow).densities.forEach((density, i) => expect(Math.abs(got[i] - density)).toBeLessThan(0.02));
  });
});
