/** Priors by family: an M-step gives the mode of the posterior, and log priors are those of textbooks. */
import { describe, expect, test } from 'vitest';
import { digamma, logGamma } from '../../src/base/special/gamma.js';
import type { Components } from '../../src/families/components.js';
import { sweptSpread, type Family } from '../../src/families/family.js';
import { gaussian } from '../../src/families/gaussian.js';
import { linearWidth, type PackedModel } from '../../src/sweep/model.js';
import { emptyMoments, type Moments } from '../../src/sweep/moments.js';
import { addLinear, whitener } from '../../src/sweep/exact/plan.js';
import { mulberry32 } from '../oracle/index.js';
import { expectWithin } from '../within.js';
import { drawn, nearby, scenes, weights, type Scene } from './scenes.js';

const k = weights.length;

/** Rows as a shard holds them: what the family's coding makes of them, float64. */
function sweptRows({ adapted }: Scene, rows: readonly number[][]): number[][] {
  if (!adapted.coding) return rows.map((row) => [...row]);
  const columns = rows[0].map((_, j) => ({ values: Float64Array.from(rows, (row) => row[j]), start: 0, stride: 1 }));
  const coded = adapted.coding.code({ rows: rows.length, columns });
  if (!('columns' in coded)) throw new Error('expected rows that can be coded');
  return rows.map((_, i) => coded.columns.map(({ values, start, stride }) => values[start + i * stride]));
}

/** Moments of a plan by a model in float64, about its means. */
function momentsOf(rows: readonly number[][], shares: readonly number[][], packed: PackedModel<Float64Array>): Moments {
  const moments = emptyMoments(packed);
  rows.forEach((row, i) => {
    const x = Float64Array.from(row);
    moments.weight += 1;
    let first = 0;
    for (const [q, term] of packed.quadratic.entries()) {
      const z = new Float64Array(packed.k * term.d);
      whitener({ k: packed.k, ...term })(x, first, z);
      for (let at = 0; at < z.length; at++) {
        const share = shares[i][Math.floor(at / term.d)];
        moments.quadratic[q].first[at] += share * z[at];
        moments.quadratic[q].second[at] += share * z[at] ** 2;
      }
      first += term.d;
    }
    for (let c = 0; c < packed.k; c++) {
      moments.mass[c] += shares[i][c];
      if (!packed.linear || !moments.linear) continue;
      const width = linearWidth(packed.linear);
      let at = c * width;
      for (let j = 0; j < packed.linear.dense; j++) moments.linear[at++] += shares[i][c] * x[first + j];
      for (const [l, count] of packed.linear.levels.entries()) {
        moments.linear[at + x[first + packed.linear.dense + l]] += shares[i][c];
        at += count;
      }
    }
  });
  return moments;
}

/** Σ P log p(x | θ), of a model, up to what no θ changes. */
function gainOf(
  family: Family,
  components: Components,
  rows: readonly number[][],
  shares: readonly number[][],
): number {
  const packed = family.packExactly(components);
  let gain = 0;
  const whiteners = packed.quadratic.map((term) => ({ ...term, whiten: whitener({ k: packed.k, ...term }) }));
  rows.forEach((row, i) => {
    const x = Float64Array.from(row);
    const logits = Float64Array.from(packed.logNormalizers);
    let first = 0;
    for (const { d, whiten } of whiteners) {
      const z = new Float64Array(packed.k * d);
      whiten(x, first, z);
      z.forEach((value, at) => (logits[Math.floor(at / d)] -= value ** 2 / 2));
      first += d;
    }
    if (packed.linear) addLinear(packed.linear, x, first, 1, logits);
    logits.forEach((logit, c) => (gain += shares[i][c] * logit));
  });
  return gain;
}

/** Of Student-t components an M-step is but a step to the mode: test/fit/prior.test.ts holds them to F. */
const direct = scenes.filter(({ adapted }) =>
  adapted.shape(k, 2).quadratic.every(({ radial }) => radial === undefined),
);

describe.each(direct.map((scene) => [scene.name, scene] as const))('%s', (_, scene) => {
  const { adapted: family, components: truth } = scene;
  const rows = sweptRows(scene, drawn(scene, 60).rows);
  const random = mulberry32(3);
  const shares = rows.map(() => {
    const own = weights.map(() => random() ** 3);
    const sum = own.reduce((a, b) => a + b);
    return own.map((value) => value / sum);
  });
  const packed = family.packExactly(nearby(scene));
  const moments = momentsOf(rows, shares, packed);
  const conjugates = family.conjugates ?? expect.unreachable();
  const regularization = new Float64Array(truth.d);

  test('the M-step maximises Σ P log p + log prior: along any step the slope is 0, and it falls both ways', () => {
    const options = conjugates.options.includes('rows') ? { rows: 5 } : { shrinkage: 2, dof: 9 };
    const prior = conjugates.of(moments, packed, { k, n: rows.length, options });
    const { components } = family.estimate(moments, packed, { regularization, prior });
    const valueAt = (at: Components): number => gainOf(family, at, rows, shares) + conjugates.log(at, prior);
    const best = valueAt(components);
    const vector = family.toVector(components);
    let tried = 0;
    for (let turn = 0; turn < 60; turn++) {
      const step = vector.map((value) => 1e-3 * (random() - 0.5) * Math.abs(value));
      const [up, down] = [1, -1].map((way) => family.fromVector(vector.map((value, at) => value + way * step[at]), components)); // prettier-ignore
      if (!up || !down) continue;
      tried++;
      const [above, below] = [valueAt(up), valueAt(down)];
      const curvature = 2 * best - above - below;
      expect(curvature).toBeGreaterThan(0);
      expect(Math.abs(above - below)).toBeLessThan(0.1 * curvature + 1e-9 * Math.abs(best));
      expect(Math.max(above, below)).toBeLessThanOrEqual(best + 1e-11 * Math.abs(best));
    }
    expect(tried).toBeGreaterThan(10);
  });

  test('no pseudo-rows is maximum likelihood', () => {
    if (!conjugates.options.includes('rows')) return;
    const none = conjugates.of(moments, packed, { k, n: rows.length, options: { rows: 0 } });
    const plain = family.estimate(moments, packed, { regularization }).components;
    expect(family.estimate(moments, packed, { regularization, prior: none }).components).toEqual(plain);
    expectWithin(conjugates.log(plain, none), 0, 0);
  });

  test('a component without rows is the pool, and has a finite log prior', () => {
    const empty = structuredClone(moments);
    empty.mass[1] = 0;
    for (const sums of [empty.linear, ...empty.quadratic.flatMap(({ first, second }) => [first, second])]) {
      if (sums) sums.fill(0, sums.length / k, (2 * sums.length) / k);
    }
    const prior = conjugates.of(moments, packed, { k, n: rows.length, options: {} });
    const { components } = family.estimate(empty, packed, { regularization, prior });
    expect(Number.isFinite(conjugates.log(components, prior))).toBe(true);
    const pool = family.estimate(moments, packed, { regularization }).components;
    const middle = sweptSpread(family, pool).means;
    const found = sweptSpread(family, components).means;
    const width = middle.length / k;
    for (let j = 0; j < width; j++) {
      const around = [0, 1, 2].map((c) => middle[c * width + j]);
      expect(found[width + j]).toBeGreaterThan(Math.min(...around) - 1e-9);
      expect(found[width + j]).toBeLessThan(Math.max(...around) + 1e-9);
    }
  });
});

/** Differences of log priors, since constants don't count, of one column with pseudo-rows of a known mean. */
describe('textbooks', () => {
  const byName = (name: string): Scene => scenes.find((one) => one.name === name) ?? expect.unreachable();

  function differences(
    name: string,
    rows: number,
    density: (theta: number[], means: Float64Array, at: number) => number,
  ): void {
    const scene = byName(name);
    const { adapted: family } = scene;
    const conjugates = family.conjugates ?? expect.unreachable();
    const swept = sweptRows(scene, drawn(scene, 40).rows);
    const packed = family.packExactly(scene.components);
    const shares = swept.map(() => weights);
    const prior = conjugates.of(momentsOf(swept, shares, packed), packed, { k, n: 40, options: { rows } });
    if (prior.kind !== 'rows') throw new Error('expected pseudo-rows');
    const { means } = prior;
    const logOf = (components: Components): number => {
      const arrays = Object.values(components.arrays);
      const [{ values }] = arrays;
      const width = values.length / k;
      let log = 0;
      values.forEach((_, at) => (log += density(arrays.map((array) => array.values[at]), means, at % width))); // prettier-ignore
      return log;
    };
    const [one, other] = [scene.components, nearby(scene)];
    expectWithin(conjugates.log(one, prior) - conjugates.log(other, prior), logOf(one) - logOf(other), 1e-9 * 40);
  }

  test('of rates a gamma distribution, of probabilities a beta, of levels a Dirichlet', () => {
    differences('poisson', 3, ([rate], means, j) => 3 * means[j] * Math.log(rate) - 3 * rate);
    differences('exponential', 2, ([rate], means, j) => 2 * Math.log(rate) - 2 * means[j] * rate);
    differences('bernoulli', 4, ([p], means, j) => 4 * means[j] * Math.log(p) + 4 * (1 - means[j]) * Math.log(1 - p));
    differences('categorical', 2, ([p], means, j) => 2 * means[j] * Math.log(p));
    differences('geometric', 2, ([p], means, j) => 2 * Math.log(p) + 2 * means[j] * Math.log(1 - p));
    differences('gamma', 2, ([shape, rate], means, j) => 2 * ((shape - 1) * means[2 * j] - rate * means[2 * j + 1] + shape * Math.log(rate) - logGamma(shape))); // prettier-ignore
  });
});

test('a gamma prior of n₀ rows of the pool is greatest at the pool', () => {
  const scene = scenes.find(({ name }) => name === 'gamma') ?? expect.unreachable();
  const { adapted: family } = scene;
  const rows = sweptRows(scene, drawn(scene, 50).rows);
  const packed = family.packExactly(scene.components);
  const shares = rows.map(() => weights);
  const moments = momentsOf(rows, shares, packed);
  const conjugates = family.conjugates ?? expect.unreachable();
  const prior = conjugates.of(moments, packed, { k, n: 50, options: { rows: 1e9 } });
  const { components } = family.estimate(moments, packed, { regularization: new Float64Array(2), prior });
  const { shapes, rates } = components.arrays;
  if (prior.kind !== 'rows') throw new Error('expected pseudo-rows');
  // The equations of maximum likelihood of all rows.
  expectWithin(digamma(shapes.values[0]) - Math.log(rates.values[0]), prior.means[0], 1e-6);
  expectWithin(shapes.values[0] / rates.values[0], prior.means[1], 1e-6 * prior.means[1]);
  expect(gaussian().conjugates?.options).toEqual(['shrinkage', 'mean', 'dof', 'scale']);
});
