import { describe, expect, test } from 'vitest';
import { bootstrap, categorical, fitMixture, gaussian, loadMixture, poisson, product } from '../../src/index.js';
import { drawn, scenes, startOf } from '../families/scenes.js';
import { goldenRows } from '../golden/data.js';
import { expectWithin } from '../within.js';

const faithful = goldenRows('faithful');
const two = await fitMixture(faithful, { components: 2, tolerance: 1e-7 });

/** Rows of two Poisson components, as many as would be. */
const counts = scenes.filter(({ name }) => name === 'poisson')[0];

describe('standard errors', () => {
  test('of a single Gaussian’s mean are those of Dirichlet weights, √(s² / (n + 1))', async () => {
    const { mixture } = await fitMixture(faithful, { components: 1 });
    const { parameters } = await bootstrap(faithful, mixture, { replicates: 400, seed: 2 });
    const [[eruptions], [, waiting]] = mixture.covariances[0];
    for (const [at, variance] of [eruptions, waiting].entries()) {
      const { parameter, standardError, estimate, lower, upper } = parameters[1 + at];
      expect(parameter).toBe('means');
      expectWithin(estimate, mixture.means[0][at], 1e-6); // a mean of float32 rows
      const expected = Math.sqrt(variance / (faithful.length + 1));
      expectWithin(standardError, expected, 0.12 * expected); // 3.4 deviations of 400 replicates
      expectWithin(upper - lower, 3.92 * expected, 0.2 * 3.92 * expected);
    }
  });

  test('of Poisson components are those of the sandwich A⁻¹ B A⁻¹ / n of the likelihood', async () => {
    const rows = poissonRows(600);
    const options = { family: poisson(), components: 2, tolerance: 1e-10, maxIterations: 5000 } as const;
    const { mixture } = await fitMixture(rows, options);
    const { parameters } = await bootstrap(rows, mixture, { replicates: 200, seed: 1 });
    const rates = (mixture.components[0].rates as number[][]).map(([rate]) => rate);
    const expected = sandwich(rows.map(([x]) => x), [mixture.weights[0], ...rates]); // prettier-ignore
    const found = [parameters[0], parameters[2], parameters[3]].map(({ standardError }) => standardError);
    found.forEach((error, at) => expectWithin(error, expected[at], 0.2 * expected[at], `parameter ${at}`));
  });

  test('of rows that weigh 2 are those of rows that are there twice', async () => {
    const options = { replicates: 80, seed: 4 } as const;
    const twice = await bootstrap([...faithful, ...faithful], two.mixture, options);
    const weighted = await bootstrap(faithful, two.mixture, { ...options, sampleWeights: faithful.map(() => 2) });
    for (const [at, { standardError }] of twice.parameters.entries()) {
      expectWithin(weighted.parameters[at].standardError / standardError, 1, 0.3);
    }
    const once = await bootstrap(faithful, two.mixture, options);
    expectWithin(once.parameters[2].standardError / weighted.parameters[2].standardError, Math.SQRT2, 0.25);
    // Weights that are shares say as much of how many rows there are.
    const shares = faithful.map(() => 1 / faithful.length);
    const ofShares = await bootstrap(faithful, two.mixture, { ...options, sampleWeights: shares });
    expectWithin(ofShares.parameters[2].standardError / once.parameters[2].standardError, 1, 1e-3);
  });
});

describe('every family', () => {
  test.each(scenes.map((scene) => [scene.name, scene] as const))('%s', async (_, scene) => {
    const { rows } = drawn(scene, 400, 7);
    const options = { family: scene.family, components: 3, tolerance: 1e-7, maxIterations: 300 } as const;
    const { mixture } = await fitMixture(rows, { ...options, seeding: startOf(scene, scene.components) });
    const found = await bootstrap(rows, await loadMixture(mixture.toJSON()), { replicates: 3 });
    expect(found.replicates.length + found.failures.length).toBe(3);
    expect(found.replicates.length).toBeGreaterThan(1);
    for (const { lower, upper, standardError, estimate } of found.parameters) {
      expect(Number.isFinite(estimate) && Number.isFinite(standardError)).toBe(true);
      expect(upper).toBeGreaterThanOrEqual(lower);
    }
  });

  test('a product of levels that are texts, with values missing, says which', async () => {
    const rows = faithful.map(([length, waiting], i) => ({
      length,
      waiting: i % 7 === 0 ? null : waiting,
      kind: i % 11 === 0 ? null : waiting > 66 ? 'long' : 'short',
    }));
    const family = product([
      { columns: ['length', 'waiting'], family: gaussian() },
      { columns: ['kind'], family: categorical() },
    ]);
    const { mixture } = await fitMixture(rows, { family, components: 2, missing: 'model', seed: 1 });
    const { parameters, mixture: optimum } = await bootstrap(rows, mixture, { replicates: 20 }); // missing as in the fit
    const [long] = parameters.filter(({ level, component }) => level === 'long' && component === 0);
    expect(long).toMatchObject({ parameter: 'probabilities', columns: ['kind'] });
    const [, { probabilities }] = optimum.components;
    expect(long.estimate).toBe((probabilities as number[][][])[0][0][0]);
    const covariances = parameters.filter(({ parameter }) => parameter === 'covariances');
    expect(covariances.map(({ columns }) => columns.join('-'))).toEqual(['length', 'waiting-length', 'waiting', 'length', 'waiting-length', 'waiting']); // prettier-ignore
  });

  test('noise has a weight, and zeros of a form are no parameters', async () => {
    const options = { components: 2, noise: true, family: gaussian({ covariance: 'diag' }) } as const;
    const { mixture } = await fitMixture(faithful, options);
    const { parameters, gain } = await bootstrap(faithful, mixture, { replicates: 10 });
    expect(parameters.filter(({ parameter }) => parameter === 'weights').map(({ component }) => component)).toEqual([0, 1, 2]); // prettier-ignore
    expect(parameters.filter(({ columns }) => columns.length > 1)).toEqual([]);
    expect(gain).toBeGreaterThanOrEqual(0);
  });
});

describe('replicates', () => {
  test('are the same bits for any threads, and others of other seeds', async () => {
    const rows = drawn(counts, 5000, 3).rows;
    const { mixture } = await fitMixture(rows, { family: poisson(), components: 3 });
    const ran = (threads: number, seed: number) => bootstrap(rows, mixture, { replicates: 3, threads, seed });
    const one = await ran(1, 0);
    expect((await ran(3, 0)).parameters).toEqual(one.parameters);
    expect((await ran(1, 1)).parameters).not.toEqual(one.parameters);
  });

  test('start where fitting on has come to, and prescribed proportions stay', async () => {
    const marginal = { kind: 'fixed', weights: [0.3, 0.7] } as const;
    const { mixture } = await fitMixture(faithful, { components: 2, marginal, maxIterations: 2, tolerance: 0 });
    const found = await bootstrap(faithful, mixture, { replicates: 5 });
    expect(found.gain).toBeGreaterThan(0);
    expect(found.mixture.weights).toEqual([0.3, 0.7]);
    expect(found.parameters[0]).toMatchObject({ estimate: 0.3, standardError: 0, lower: 0.3, upper: 0.3 });
  });

  test('give intervals of whatever a mixture has', async () => {
    const found = await bootstrap(faithful, two.mixture, { replicates: 50 });
    const { estimate, lower, upper } = found.of(({ means }) => Math.abs(means[0][1] - means[1][1]));
    expectWithin(estimate, 25.489, 0.01);
    expect(lower).toBeLessThan(estimate);
    expect(upper).toBeGreaterThan(estimate);
    expect(found.of(({ means }) => means[0][0])).toEqual(
      (({ estimate, standardError, lower, upper }) => ({ estimate, standardError, lower, upper }))(found.parameters[2]),
    );
  });

  test('that have no optimum, or collapse, are none', async () => {
    const hasty = bootstrap(faithful, two.mixture, { replicates: 3, maxIterations: 1 });
    const few = 'bootstrap: expected at least 2 of the replicates to be fitted, got 0; replicate 0: ';
    await expect(hasty).rejects.toThrow(`${few}no optimum after 1 iterations; fit fewer components`);
    const rows = [...faithful, [20, 200], [20, 200]];
    const { mixture, collapsed } = await fitMixture(rows, { components: 3, restarts: 5 });
    expect(collapsed).toHaveLength(1);
    await expect(bootstrap(rows, mixture, { replicates: 3 })).rejects.toThrow(/component \d collapsed on a few rows/);
  });
});

describe('an abort', () => {
  test('keeps the replicates that are done', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (progress: { phase: string; done?: number }): void => {
      if (progress.done === 3) controller.abort();
    };
    const found = await bootstrap(faithful, two.mixture, { replicates: 1000, signal, onProgress });
    expect([found.status, found.replicates.length, found.asked]).toEqual(['aborted', 3, 1000]);
  });

  test('before there are two rejects with its reason', async () => {
    const reason = new Error('enough');
    const options = { signal: AbortSignal.abort(reason) };
    await expect(bootstrap(faithful, two.mixture, options)).rejects.toBe(reason);
  });
});

describe('mistakes', () => {
  const refused = (options: object) => expect(bootstrap(faithful, two.mixture, options)).rejects;

  test('are one line each', async () => {
    await refused({ replicates: 1 }).toThrow('replicates: expected a whole number ≥ 2, got 1; correct it');
    await refused({ level: 1 }).toThrow('level: expected a number between 0 and 1, got 1; correct it');
    await refused({ components: 3 }).toThrow('components: expected nothing, got 3; leave it out: the mixture has it');
    await refused({ cluster: {} }).toThrow('cluster: expected nothing, got {}; leave it out');
    await refused({ onProgress: 1 }).toThrow('onProgress: expected a function, got 1');
    const other = bootstrap([[1, 2, 3]], two.mixture, {});
    await expect(other).rejects.toThrow('seeding: expected 2 components in 3 dimensions, got 2 in 2');
  });
});

/** Rows of rates 2 and 9 in turn, by inversion of fixed uniforms. */
function poissonRows(n: number): number[][] {
  return Array.from({ length: n }, (_, i) => {
    const rate = i % 3 === 0 ? 2 : 9;
    let [x, p, u] = [0, Math.exp(-rate), ((i * 0.6180339887498949) % 1) * 0.9999];
    while (u > p && x < 60) [u, x, p] = [u - p, x + 1, (p * rate) / (x + 1)];
    return [x];
  });
}

/** Standard errors of (w, λ₁, λ₂) by differences of log p: the sandwich, A the mean Hessian and B that of score products. */
function sandwich(xs: readonly number[], theta: readonly number[]): number[] {
  const density = (x: number, [w, a, b]: readonly number[]): number =>
    Math.log(w * Math.exp(x * Math.log(a) - a) + (1 - w) * Math.exp(x * Math.log(b) - b));
  const h = 1e-4;
  const moved = (at: number, by: number, from = theta): number[] => from.map((v, i) => (i === at ? v + by : v));
  const score = (x: number, at: number, from = theta): number =>
    (density(x, moved(at, h, from)) - density(x, moved(at, -h, from))) / (2 * h);
  const sum = (of: (x: number) => number): number => xs.reduce((all, x) => all + of(x), 0);
  const all = [0, 1, 2];
  const a = all.map((i) =>
    all.map((j) => -sum((x) => (score(x, i, moved(j, h)) - score(x, i, moved(j, -h))) / (2 * h))),
  );
  const b = all.map((i) => all.map((j) => sum((x) => score(x, i) * score(x, j))));
  const inverse = inverted(a);
  const times = (m: number[][], o: number[][]): number[][] =>
    m.map((row) => all.map((j) => row.reduce((s, v, l) => s + v * o[l][j], 0)));
  const covariance = times(times(inverse, b), inverse);
  return all.map((i) => Math.sqrt(covariance[i][i]));
}

/** The inverse of a 3 × 3 matrix by cofactors. */
function inverted(m: number[][]): number[][] {
  const minor = (i: number, j: number): number => {
    const [r, s] = [0, 1, 2].filter((at) => at !== i);
    const [c, e] = [0, 1, 2].filter((at) => at !== j);
    return (-1) ** (i + j) * (m[r][c] * m[s][e] - m[r][e] * m[s][c]);
  };
  const determinant = [0, 1, 2].reduce((sum, j) => sum + m[0][j] * minor(0, j), 0);
  return m.map((row, i) => row.map((_, j) => minor(j, i) / determinant));
}
