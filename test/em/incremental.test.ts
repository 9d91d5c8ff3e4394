/** Incremental EM, against published trajectories and by its laws. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resolveBackend } from '../../src/backend/resolve.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { begun, blockStep, type KeptPlan } from '../../src/em/incremental.js';
import { expectationMaximization } from '../../src/em/em.js';
import { gaussian } from '../../src/families/gaussian.js';
import { logVolumeOf } from '../../src/families/family.js';
import type { PlanModel } from '../../src/sweep/model.js';
import type { SweptRows } from '../../src/sweep/shard.js';
import { free } from '../../src/transport/free.js';
import { inCheckout } from '../cli/otmix.js';

interface Golden {
  readonly start: { weights: number[]; means: number[][]; covariances: number[][][] };
  readonly incremental: readonly {
    rows: number;
    epochs: { epoch: number; logLikelihood: number }[];
    weights: number[];
  }[];
}
const golden = JSON.parse(readFileSync(inCheckout('test/golden/incremental.json'), 'utf8')) as Golden;
const faithful = readFileSync(inCheckout('test/golden/faithful.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',').map(Number));
const family = gaussian();

/** Rows as blocks of so many in float32, held as the whole is. */
async function inBlocks(
  size: number,
): Promise<{ whole: Awaited<ReturnType<typeof loadDataset>>; blocks: SweptRows[] }> {
  const device = await resolveBackend('cpu');
  const whole = await loadDataset(toSource(faithful), { device, missing: 'error' });
  const blocks: SweptRows[] = [];
  for (let from = 0; from < faithful.length; from += size) {
    const rows = toSource(faithful.slice(from, from + size));
    blocks.push((await loadDataset(rows, { device, missing: 'error', scaling: whole.scaling })).shard);
  }
  return { whole, blocks };
}

describe.each(golden.incremental)('blocks of $rows rows', ({ rows, epochs, weights }) => {
  test('the log-likelihood after each epoch is the published one, and F of the kept plan never rises', async () => {
    const { whole, blocks } = await inBlocks(rows);
    const { shard, scaling } = whole;
    const volume = logVolumeOf(family, scaling);
    const regularization = new Float64Array(2);
    const { means, covariances } = golden.start;
    const given = family.fromParameters({ means, covariances }, 'start');
    const first = { components: family.pack(family.toShard(given, scaling)), ...free.start(Float64Array.from(golden.start.weights)), epsilon: 1 }; // prettier-ignore
    const [moments] = await shard.sweep([{ model: first }]);
    let kept: KeptPlan = await begun(blocks, first, moments);
    let model: PlanModel = first;
    const maximize = (): void => {
      const { components } = family.estimate(kept.moments, model.components, { regularization });
      const side = free.advance({ side: model, moments: kept.moments }, []);
      model = { components: family.pack(components), ...side, epsilon: 1 };
    };
    let last = Infinity;
    for (let epoch = 1; epoch <= 10; epoch++) {
      for (const index of epoch === 1 ? [] : blocks.keys()) {
        const from = model.components;
        maximize();
        kept = await blockStep(kept, { rows: blocks, index, from }, model);
        const objective = kept.moments.objective / kept.moments.weight;
        expect(objective).toBeLessThanOrEqual(last + 1e-6);
        last = objective;
      }
      const published = epochs.find((one) => one.epoch === epoch);
      if (!published) continue;
      const held = model;
      maximize();
      const [now] = await shard.sweep([{ model }]);
      const logLikelihood = -(now.objective / now.weight + volume) * faithful.length;
      expect(Math.abs(logLikelihood - published.logLikelihood)).toBeLessThan(1e-3);
      model = held;
    }
    maximize();
    expect(Math.abs(model.weights[0] - weights[0])).toBeLessThan(1e-5);
  });
});

test('with one block it is EM, to the last bit', async () => {
  const { whole } = await inBlocks(faithful.length);
  const { shard, scaling } = whole;
  const { means, covariances, weights } = golden.start;
  const components = family.toShard(family.fromParameters({ means, covariances }, 'start'), scaling);
  const start = { weights: Float64Array.from(weights), components };
  const problem = {
    ...{ shard, family, tolerance: 1e-6, maxIterations: 50, regularization: new Float64Array(2) },
    stages: [{ marginal: free, epsilon: 1 }],
  };
  const em = await expectationMaximization(problem, start);
  const incremental = await expectationMaximization({ ...problem, blocks: [shard] }, start);
  expect(incremental.components).toEqual(em.components);
  expect(incremental.weights).toEqual(em.weights);
  expect(incremental.objective.length).toBe(em.objective.length);
});
