import { expect } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import type { Device } from '../../src/backend/backend.js';
import { matrixSource } from '../../src/data/arrays.js';
import { loadDataset } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { PackedModel } from '../../src/sweep/model.js';
import type { Moments } from '../../src/sweep/moments.js';
import { seededRandom } from '../../src/base/random.js';
import type { Shard, SweepRequest } from '../../src/sweep/shard.js';

/** A shard of so many rows, loaded for one test. */
export async function withShard<T>(
  device: Device,
  { n, d }: { readonly n: number; readonly d: number },
  use: (shard: Shard) => Promise<T>,
): Promise<T> {
  const random = seededRandom(3);
  const data = Float64Array.from({ length: n * d }, () => random.normal());
  const { shard } = await loadDataset(matrixSource({ data, shape: [n, d] }), { device, missing: 'error' });
  try {
    return await use(shard);
  } finally {
    shard.dispose();
  }
}

/** Components around random places. */
export function componentsOf(form: CovarianceForm, k: number, d: number, seed = 1): PackedModel {
  const random = seededRandom(seed);
  const family = gaussian({ covariance: form });
  const centres = Float64Array.from({ length: k * d }, () => random.normal());
  return family.pack(
    family.atRows(
      centres,
      Float64Array.from({ length: d }, () => 0.5 + random.uniform()),
    ),
  );
}

/** Sweeps of every kind there is: with coupling, tails, potentials, temperatures, hard ones. */
export function requestsOf(form: CovarianceForm, k: number, d: number): SweepRequest[] {
  const kinds = [
    { epsilon: 1 },
    { epsilon: 1, coupling: true },
    { epsilon: 0 },
    { epsilon: 2, tails: true },
    { epsilon: 1 },
    { epsilon: 0.5, coupling: true },
    { epsilon: 1, objectiveNear: 3 },
  ];
  return kinds.map(({ epsilon, ...besides }, index) => {
    const components = componentsOf(form, k, d, index);
    const weights = new Float64Array(k).fill(1 / k);
    const potential = Float64Array.from({ length: k }, (_, c) => 0.1 * c * index);
    return { model: { components, weights, potential, epsilon }, ...besides };
  });
}

/** Sweeps made at once are those made alone, bit for bit; and again, in another order. */
export async function expectSameAlone(shard: Shard, requests: readonly SweepRequest[]): Promise<void> {
  const alone: Moments[] = [];
  for (const request of requests) alone.push(...(await shard.sweep([request])));
  expect(await shard.sweep(requests)).toEqual(alone);
  const turned = [...requests.slice(2), ...requests.slice(0, 2)];
  expect(await shard.sweep(turned)).toEqual([...alone.slice(2), ...alone.slice(0, 2)]);
}
