/** What the bench switches off to say what it is worth. */
import { expect, test } from 'vitest';
import type { Speedup } from '../../kernels/webgpu/options.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { PlanModel } from '../../src/sweep/model.js';
import { onGpu } from '../devices.js';
import { componentsOf, withShard } from '../sweep/joint.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { submissionsOf } from './submissions.js';

/** A sweep of 1100 rows with everything, or without something. */
async function swept(model: PlanModel, d: number, without?: Speedup) {
  const { backend, gpu } = await onGpu();
  const device = webgpuDevice({ name: backend, gpu }, { without });
  return withShard(device, { n: 1100, d }, async (shard) => (await shard.sweep([{ model, coupling: true }]))[0]);
}

function modelOf(form: 'tied' | 'diag', k: number, d: number): PlanModel {
  const weights = new Float64Array(k).fill(1 / k);
  return { components: componentsOf(form, k, d), weights, potential: new Float64Array(k), epsilon: 1 };
}

test('uniform slices change no bit', async () => {
  const model = modelOf('diag', 16, 2); // two slices
  expect(await swept(model, 2, 'uniform slices')).toEqual(await swept(model, 2));
});

test('whitening rows of tied components once gives the M-step that whitening them by each gives, to float32', async () => {
  const [k, d] = [4, 9]; // not whole quads, nor whole averages
  const model = modelOf('tied', k, d);
  const family = gaussian({ covariance: 'tied' });
  const [once, each] = [await swept(model, d), await swept(model, d, 'whitening once')];
  expect(each.quadratic[0].frame).toBe('differences');
  expect(once.quadratic[0].frame).toBe('whitened');
  expectWithin(once.objective / once.weight, each.objective / each.weight, 1e-6, 'objective');
  expectAllWithin(once.mass, each.mass, 1e-3, 'mass');
  expectAllWithin(once.coupling ?? [], each.coupling ?? [], 1e-3, 'coupling');
  const regularization = new Float64Array(d).fill(1e-6);
  const [ours, theirs] = [once, each].map((moments) =>
    family.toParameters(family.estimate(moments, model.components, { regularization }).components),
  );
  expectAllWithin(ours.means.flat(), theirs.means.flat(), 2e-6, 'means');
  expectAllWithin(ours.covariances.flat(2), theirs.covariances.flat(2), 5e-6, 'covariances');
});

test('a sweep that whitens once is still one submission', async () => {
  const { gpu, device } = await onGpu();
  const model = modelOf('tied', 4, 9);
  await withShard(device, { n: 1100, d: 9 }, async (shard) => {
    expect(await submissionsOf(gpu.device, () => shard.sweep([{ model }]))).toBe(1);
  });
});
