/**
 * What a shard gives of a problem, against the float64 oracle. Tolerances: float32 rounds a row at 6e-8 of its distance
 * from the origin; `reach` standard deviations of a component away from it, a whitened coordinate is wrong by 6e-8 · reach
 * and a cost by that times its own size.
 */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Device } from '../../src/backend/backend.js';
import { loadDataset, toSource, type Dataset } from '../../src/data/dataset.js';
import { gaussian } from '../../src/families/gaussian.js';
import { logVolume } from '../../src/families/scaling.js';
import type { NearestCentres, Shard } from '../../src/sweep/shard.js';
import {
  constrain,
  kmeansPlusPlusDistances,
  mStep,
  problem,
  sum,
  sweep,
  type Covariance,
  type OracleMixture,
} from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';
import type { Case } from './parity-cases.js';

const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];

/** What is held to the oracle of each case. */
export interface Check {
  readonly title: string;
  readonly kind: 'sweep' | 'rows' | 'temperature' | 'distances';
  /** Of the first two kinds. */
  readonly form?: Covariance;
  /** Of the third. */
  readonly epsilon?: number;
  readonly run: (setting: Setting) => Promise<void>;
}

export const checks: readonly Check[] = [
  ...forms.map((form): Check => {
    return { title: `sweep and M-step, ${form}`, kind: 'sweep', form, run: (of) => sweepParity(of, form) };
  }),
  ...forms.map((form): Check => {
    return { title: `row outputs, ${form}`, kind: 'rows', form, run: (of) => rowParity(of, form) };
  }),
  ...[0, 0.5, 3].map((epsilon): Check => {
    const title = `temperature ${epsilon} with a potential`;
    return { title, kind: 'temperature', epsilon, run: (of) => temperatureParity(of, epsilon) };
  }),
  { title: 'distances to the nearest centre', kind: 'distances', run: distanceParity },
];

export interface Setting extends Case {
  readonly device: Device;
  readonly x: number[][];
  /** Sample weights, and the same normalised. */
  readonly weights: number[];
  readonly a: number[];
  readonly mixture: OracleMixture;
  /** Error of a mean cost, relative to its size. */
  readonly tolerance: number;
}

export function settingOf(device: Device, one: Case): Setting {
  const { x, truth, start } = problem(one.name, { ...one, seed: 7 });
  const weights = x.map((_, i) => (i % 5 === 4 ? 0.5 : 1 + (i % 3)));
  const total = sum(weights);
  // Where widths are thousands of times smaller than distances, costs at a start off the truth are millions of nats.
  const mixture = one.reach >= 1000 ? truth : start;
  return {
    ...one,
    device,
    x,
    weights,
    a: weights.map((weight) => weight / total),
    mixture,
    tolerance: Math.max(2e-6, 6e-8 * one.reach),
  };
}

/** Loads the rows, holds the work to its tensors and frees them. */
async function withDataset(
  { device, x, weights }: Setting,
  commonScale: boolean,
  use: (dataset: Dataset) => Promise<void>,
): Promise<void> {
  const before = tf.memory().numTensors;
  const dataset = await loadDataset(toSource(x, weights), { device, missing: 'error', commonScale });
  const loaded = tf.memory().numTensors;
  try {
    await use(dataset);
    expect(tf.memory().numTensors, 'tensors left behind').toBe(loaded);
  } finally {
    dataset.shard.dispose();
  }
  expect(tf.memory().numTensors, 'tensors left behind by the shard').toBe(before);
}

/** A mixture in the terms of a dataset. */
function prepared({ scaling }: Dataset, mixture: OracleMixture, form: Covariance) {
  const family = gaussian({ covariance: form });
  const packed = family.pack(family.toShard(family.fromParameters(mixture, 'mixture'), scaling));
  const weights = Float64Array.from(mixture.weights);
  return {
    family,
    packed,
    model: { components: packed, weights, potential: new Float64Array(weights.length), epsilon: 1 },
  };
}

async function sweepParity(setting: Setting, form: Covariance): Promise<void> {
  const { x, a, n, tolerance } = setting;
  const mixture = constrain(setting.mixture, form);
  const oracle = sweep(x, a, mixture);
  await withDataset(setting, form === 'spherical', async (dataset) => {
    const { shard, scaling } = dataset;
    const { family, packed, model } = prepared(dataset, mixture, form);
    const [moments] = await shard.sweep([{ model, coupling: true, objectiveNear: 1 }]);
    const objective = moments.objective / moments.weight + logVolume(scaling);
    expectWithin(objective, oracle.objective, tolerance * Math.max(1, Math.abs(oracle.objective)), 'objective');
    expectAllWithin(
      moments.mass.map((mass) => mass / moments.weight),
      oracle.mass,
      5 * tolerance,
      'mass',
    );
    const coupling = moments.coupling?.map((value) => value / moments.weight) ?? [];
    expectAllWithin(coupling, oracle.coupling.flat(), 5 * tolerance, 'coupling');
    // A component with hardly a row has moments that are all rounding.
    if (oracle.mass.some((mass) => mass * n < 0.1)) return;
    const regularization = scaling.scale.map((scale) => 1e-3 / scale ** 2);
    const { components } = family.estimate(moments, packed, { regularization });
    const estimated = family.toParameters(family.toData(components, scaling));
    expectComponentsWithin(estimated, mStep(oracle, form, 1e-3), Math.max(2e-5, 10 * tolerance));
  });
}

async function rowParity(setting: Setting, form: Covariance): Promise<void> {
  const { x, a, k, reach } = setting;
  const mixture = constrain(setting.mixture, form);
  const oracle = sweep(x, a, mixture);
  await withDataset(setting, form === 'spherical', async (dataset) => {
    const { model } = prepared(dataset, mixture, form);
    const volume = logVolume(dataset.scaling);
    let seen = 0;
    for await (const { start, rows, labels, responsibilities, logDensity, logLargest } of dataset.shard.rows(model, {
      responsibilities: true,
    })) {
      expect(start).toBe(seen);
      for (let i = 0; i < rows; i++) {
        const expected = oracle.responsibilities[start + i];
        const largest = Math.max(...expected);
        // A cost of size c is c ± 6e-8 · (reach · √c + c), of the likeliest as of the others within a few nats of it.
        const cost = 20 + Math.abs(oracle.logDensity[start + i] - volume);
        const error = 2e-7 * (reach * Math.sqrt(cost) + cost);
        expectWithin(logDensity[i] - volume, oracle.logDensity[start + i], error, 'log-density');
        expectWithin(logLargest[i], Math.log(largest), 2 * error, 'largest');
        expectAllWithin(responsibilities.subarray(i * k, (i + 1) * k), expected, 2 * error, 'responsibilities');
        // Of components that are equal but for rounding, either label is right.
        expect(expected[labels[i]]).toBeGreaterThanOrEqual(largest - 2 * error);
      }
      seen += rows;
    }
    expect(seen).toBe(x.length);
  });
}

async function temperatureParity(setting: Setting, epsilon: number): Promise<void> {
  const { x, a, k, mixture, tolerance } = setting;
  const g = Array.from({ length: k }, (_, index) => 0.3 * (index % 4) - 0.4);
  const oracle = sweep(x, a, mixture, { epsilon, g });
  await withDataset(setting, false, async (dataset) => {
    const { model } = prepared(dataset, mixture, 'full');
    const [moments] = await dataset.shard.sweep([{ model: { ...model, epsilon, potential: Float64Array.from(g) } }]);
    const objective = moments.objective / moments.weight + logVolume(dataset.scaling);
    expectWithin(objective, oracle.objective, 2 * tolerance * Math.max(1, Math.abs(oracle.objective)), 'objective');
    const masses = moments.mass.map((mass) => mass / moments.weight);
    expectAllWithin(masses, oracle.mass, (10 * tolerance) / Math.min(1, epsilon || 1), 'mass');
  });
}

async function distanceParity(setting: Setting): Promise<void> {
  const { x, weights, n, d, reach } = setting;
  await withDataset(setting, false, async ({ shard, scaling }) => {
    const indices = [0, Math.floor(n / 2), n - 1];
    const rows = await shard.take(indices);
    const unit = 2 ** Math.round(Math.log2(sum(weights) / n));
    const nearest = shard.nearestCentres(new Float64Array(d).fill(0.5));
    try {
      for (let count = 1; count <= indices.length; count++) {
        const centres = indices.slice(0, count).map((index) => x[index]);
        const distances = kmeansPlusPlusDistances(
          x,
          centres,
          Array.from(scaling.scale, (scale) => 2 * scale),
        );
        const exact = sum(distances.map((distance, i) => distance * weights[i]));
        const centre = rows.slice((count - 1) * d, count * d);
        const [potential] = await nearest.potentials(centre);
        expectWithin(potential * unit, exact, 1e-6 * exact + 1e-9 * n * reach, 'potential');
        await nearest.add(centre);
        // A row that is a centre is never drawn while another is farther.
        const [drawn] = await nearest.draw([0.5]);
        if (exact > 1e-3) expect(distances[drawn]).toBeGreaterThan(0);
      }
      await manyAtOnce(shard, rows, nearest);
    } finally {
      nearest.dispose();
    }
  });
}

/** Centres that join together leave what they leave one by one; so do rows that are drawn together. */
async function manyAtOnce(shard: Shard, centres: Float64Array, oneByOne: NearestCentres): Promise<void> {
  const { d } = shard;
  const together = shard.nearestCentres(new Float64Array(d).fill(0.5));
  try {
    // More than join at once, and the same ones again and again.
    const repeated = Array.from({ length: 35 }, (_, index) => Array.from(centres.subarray(0, (1 + (index % 3)) * d)));
    await together.add(Float64Array.from(repeated.flat()));
    const probe = new Float64Array(d).fill(0.25);
    expect(await together.potentials(probe)).toEqual(await oneByOne.potentials(probe));
    const uniforms = [0.9, 0.1, 0.5, 0.1, 0.999999, 0];
    const drawn = await together.draw(uniforms);
    expect(drawn).toEqual(await oneByOne.draw(uniforms));
    for (const [index, uniform] of uniforms.entries()) expect(await together.draw([uniform])).toEqual([drawn[index]]);
  } finally {
    together.dispose();
  }
}
