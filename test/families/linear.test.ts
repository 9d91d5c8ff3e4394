import { describe, expect, test } from 'vitest';
import { gamma } from '../../src/families/gamma.js';
import { linearEstimate, linearModel, linearWidth, statisticsOf, type Blocks } from '../../src/families/linear.js';
import { poisson } from '../../src/families/poisson.js';
import { ExactShard, type ExactBlock } from '../../src/sweep/exact/shard.js';
import type { PlanModel } from '../../src/sweep/model.js';
import { familyFits, familyRows } from '../golden/families.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { blocksOf, thetasOf } from './exponential-fits.js';

/** Rows in two blocks, so that a shard has some. */
function shardOf(blocks: Blocks, rows: readonly (readonly number[])[], weights: readonly number[]): ExactShard {
  const half = Math.ceil(rows.length / 2);
  const parts = [0, half].map((start): ExactBlock => {
    const some = rows.slice(start, start === 0 ? half : undefined);
    const statistics = statisticsOf(blocks, Float64Array.from(some.flat()), some.length);
    return { start, ...statistics, weights: Float64Array.from(weights.slice(start, start + some.length)) };
  });
  return new ExactShard(linearWidth(blocks), parts);
}

describe('EM by float64 sweeps, from the start of a published fit', () => {
  test.each(familyFits.map((fit) => [fit.name, fit] as const))('%s', async (_, fit) => {
    const { rows, counts } = familyRows(fit);
    const gaps = rows.some((row) => row.some(Number.isNaN));
    const blocks = { families: blocksOf(fit, rows), gaps };
    const shard = shardOf(blocks, rows, counts);
    const k = fit.start.weights.length;
    let thetas = thetasOf(fit, blocks.families);
    let weights = Float64Array.from(fit.start.weights);
    for (let step = 0; step <= 10; step++) {
      const components = linearModel(blocks, thetas);
      const model = { components, weights, potential: new Float64Array(k), epsilon: 1 };
      const [moments] = await shard.sweep([{ model }]);
      const known = fit.trace[step] as number | undefined; // fits of one component end early
      if (known !== undefined) expectWithin(-moments.objective / known, 1, 1e-10, `step ${step}`);
      thetas = linearEstimate(blocks, moments);
      weights = moments.mass.map((mass) => mass / moments.weight);
    }
  });
});

describe('counts and durations', () => {
  const rows = [[0, 0.5], [3, 2], [NaN, 1], [7, NaN], [NaN, NaN]]; // prettier-ignore
  const blocks: Blocks = { families: [poisson, gamma], gaps: true };
  const model: PlanModel<Float64Array> = {
    components: linearModel(blocks, [
      [1, 5].map((rate) => Float64Array.of(rate)),
      [
        [2, 3],
        [1, 0.5],
      ].map((theta) => Float64Array.from(theta)),
    ]),
    weights: Float64Array.of(0.25, 0.75),
    potential: new Float64Array(2),
    epsilon: 1,
  };
  const poissonLog = (x: number, rate: number): number =>
    x * Math.log(rate) - rate - [0, 0, 0, Math.log(6), 0, 0, 0, Math.log(5040)][x];
  /** Densities of shape 2, rate 3 and of the exponential of rate ½. */
  const durations = [(x: number): number => Math.log(9 * x) - 3 * x, (x: number): number => Math.log(0.5) - x / 2];

  test('rows have the density of what is there', async () => {
    const shard = shardOf(blocks, rows, [1, 1, 1, 1, 1]);
    const expected = rows.map(([count, duration]) =>
      Math.log(
        [0, 1].reduce((sum, c) => {
          const log = Number.isNaN(count) ? 0 : poissonLog(count, [1, 5][c]);
          return sum + [0.25, 0.75][c] * Math.exp(log + (Number.isNaN(duration) ? 0 : durations[c](duration)));
        }, 0),
      ),
    );
    const found: number[] = [];
    for await (const { logDensity } of shard.rows(model)) found.push(...logDensity);
    expectAllWithin(found, expected, 1e-14);
    const [moments] = await shard.sweep([{ model }]);
    expectWithin(moments.objective, -expected.reduce((sum, value) => sum + value), 1e-13);
  });

  test('what all components share leaves the plan alone, whatever the temperature', async () => {
    const of = (base: Float64Array): ExactBlock => {
      const { values } = statisticsOf(blocks, Float64Array.from(rows.flat()), rows.length);
      return { start: 0, values, base, weights: Float64Array.of(1, 1, 1, 1, 2) };
    };
    for (const epsilon of [0, 0.5, 1, 2]) {
      const tempered = { ...model, epsilon };
      const moments = await Promise.all(
        [0, 3].map((base) =>
          new ExactShard(linearWidth(blocks), [of(new Float64Array(5).fill(base))]).sweep([{ model: tempered }]),
        ),
      );
      const [[without], [with3]] = moments;
      expectWithin(with3.objective, without.objective - 18, 1e-12, `epsilon ${epsilon}`);
      expect([with3.mass, with3.linear]).toEqual([without.mass, without.linear]);
    }
  });

  test('a component without rows is estimated from all', () => {
    const moments = {
      ...{ weight: 4, objective: 0, mass: Float64Array.of(4, 0), quadratic: [] },
      linear: Float64Array.of(6, 3, -2, 4, 4, 0, 0, 0, 0, 0),
    };
    const [[rate, empty], [shape, other]] = linearEstimate(blocks, moments);
    expect(Array.from(rate)).toEqual([2]);
    expect([empty, other]).toEqual([rate, shape]);
  });
});
