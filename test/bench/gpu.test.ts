/** `npm run bench -- gpu`, at sizes that a software adapter sweeps in no time. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { benchGpu } from '../../bench/gpu.js';
import { checkKernels } from '../../bench/gpu/check.js';
import { cloudOf, recorded } from '../../bench/gpu/cloud.js';
import type { GpuResult } from '../../bench/gpu/measure.js';
import { Probe } from '../../bench/gpu/probe.js';
import { groupsFor, sizesOf } from '../../bench/gpu/sizes.js';
import { speedupsOf, worthOf } from '../../bench/gpu/worth.js';
import { makeBuffers, STORAGE } from '../../kernels/webgpu/buffers.js';
import { openGpu } from '../../kernels/webgpu/device.js';
import type { Source } from '../../src/data/source.js';
import { constrain, em } from '../oracle/index.js';
import { expectWithin } from '../within.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-gpu-bench-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

async function rowsOf({ batches }: Source): Promise<number[]> {
  const rows: number[] = [];
  for await (const { values } of batches()) for (const value of values) rows.push(value);
  return rows;
}

describe('what speed-ups are worth', () => {
  test('is asked of sweeps that have them', () => {
    const full = { covariance: 'full', d: 16, k: 64 } as const;
    expect(speedupsOf(full, false)).toEqual(['uniform slices', 'tiles of 16 columns', 'loads ahead']);
    expect(speedupsOf({ ...full, covariance: 'tied' }, false)).toEqual(['uniform slices', 'whitening once']);
    expect(speedupsOf({ ...full, covariance: 'diag' }, true)).toEqual([]);
    expect(speedupsOf({ covariance: 'tied', d: 2, k: 3 }, true)).toEqual([]);
  });

  test('is the time of sweeps with each and without', async () => {
    const gpu = await openGpu();
    const bench = { probe: new Probe(gpu), ceilings: { flops: 1, copy: 1, copied: 1 }, iterations: 1 };
    try {
      const group = { n: 300, d: 9, fits: [{ covariance: 'tied', k: 4 }] } as const;
      const [one, ...others] = await worthOf({ name: 'webgpu', gpu }, group, bench);
      expect(others).toEqual([]);
      expect(one).toMatchObject({ covariance: 'tied', n: 300, d: 9, k: 4, without: 'whitening once' });
      expect(Math.min(one.seconds, one.secondsWithout)).toBeGreaterThan(0);
    } finally {
      gpu.release();
    }
  });
});

describe('the cloud', () => {
  test('is the same every time', async () => {
    const { source } = cloudOf(20_000, 2);
    const rows = await rowsOf(source);
    expect(rows).toHaveLength(40_000);
    expect(await rowsOf(source)).toEqual(rows);
    expect(await rowsOf(cloudOf(20_000, 2, 2).source)).not.toEqual(rows);
  });

  test('is 64 unit Gaussians about the centres that a start is near to', async () => {
    const { source, start } = cloudOf(20_000, 16);
    const rows = await rowsOf(source);
    const { means, weights } = start(64);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    const overall = rows.reduce((sum, value) => sum + value, 0) / rows.length;
    const centre = means.flat().reduce((sum, value) => sum + value, 0) / means.flat().length;
    expectWithin(overall, centre, 0.05, 'mean of all values');
    // 1 within a cloud, and 2²/16 between their centres.
    const variance = rows.reduce((sum, value) => sum + (value - overall) ** 2, 0) / rows.length;
    expectWithin(variance, 1.25, 0.05, 'variance of all values');
  });

  test('is recorded as .npy while it is read', async () => {
    const { source } = cloudOf(20_000, 3);
    const path = join(folder, 'cloud.npy');
    const rows = await rowsOf(recorded(source, path));
    const file = await readFile(path);
    expect(file.subarray(0, 128).toString('latin1')).toContain(
      "'descr': '<f4', 'fortran_order': False, 'shape': (20000, 3)",
    );
    expect([...new Float32Array(file.buffer.slice(file.byteOffset + 128, file.byteOffset + file.byteLength))]).toEqual(
      rows,
    );
  });
});

describe('sizes', () => {
  test('on a real GPU are large', () => {
    const sizes = sizesOf(groupsFor(false, false));
    for (const [d, k] of [
      [16, 64],
      [32, 64],
      [64, 64],
    ]) {
      expect(sizes).toContainEqual({ covariance: 'full', n: 10_000_000, d, k });
    }
    expect(sizes).toContainEqual({ covariance: 'diag', n: 10_000_000, d: 64, k: 256 });
  });

  test('on a software adapter and in a hurry are small; rows may be given', () => {
    expect(sizesOf(groupsFor(true, true)).every(({ n, d }) => n <= 3000 && d <= 5)).toBe(true);
    expect(sizesOf(groupsFor(false, true, 77)).every(({ n }) => n === 77)).toBe(true);
  });
});

describe('on this adapter', () => {
  test('the probe counts bytes besides the rows, and tells programs apart', async () => {
    const gpu = await openGpu();
    try {
      const probe = new Probe(gpu);
      const { x, plan } = await makeBuffers(gpu, { x: [4096, STORAGE], plan: [1024, STORAGE] } as const);
      expect(probe.rowBytes).toBe(4096);
      expect(probe.takePeak()).toBe(1024);
      plan.destroy();
      expect([probe.takePeak(), probe.takePeak()]).toEqual([1024, 0]); // since the last call
      x.destroy();
      expect(probe.rowBytes).toBe(0);
    } finally {
      gpu.release();
    }
  });

  test('nothing is timed where a sweep is wrong', async () => {
    const gpu = await openGpu();
    const { queue } = gpu.device;
    const write = queue.writeBuffer.bind(queue);
    queue.writeBuffer = (buffer, at, data, ...range) => {
      // A hundredth off: as a fault in a kernel would be.
      const wrong = buffer.label === 'model' && data instanceof Float32Array;
      write(buffer, at, wrong ? data.map((value) => 1.01 * value) : data, ...range);
    };
    try {
      const sizes = [{ covariance: 'full', n: 200, d: 2, k: 8 }] as const;
      const backend = { name: 'webgpu', gpu };
      await expect(checkKernels(backend, sizes, () => undefined)).rejects.toThrow(/objective .* nothing was timed$/);
    } finally {
      gpu.release();
    }
  });

  test('no adapter of another name is taken for it', async () => {
    await expect(benchGpu(machine, { quick: true, adapter: { name: 'Voodoo' } }, silent, silent)).rejects.toThrow(
      /adapter/,
    );
  });

  test('everything is measured, and EM ends where the oracle’s does', { timeout: 300_000 }, async () => {
    vi.stubEnv('OTMIX_PYTHON', '/nonexistent');
    const printed: string[] = [];
    const json = join(folder, 'gpu.json');
    const options = { quick: true, rows: 600, json };
    const results = await benchGpu(machine, options, (text) => printed.push(text), silent);
    const whole = results.filter(({ format }) => format === undefined);
    expect(whole.map(({ covariance }) => covariance)).toEqual(['full', 'tied', 'diag', 'spherical', 'full']);
    for (const result of whole) await expectOracle(result);
    const [rounded, ...others] = results.slice(whole.length);
    expect([rounded.format, rounded.d, others]).toEqual(['float16', 5, []]);
    expectWithin(rounded.objective, whole[0].objective, 1e-3, 'objective of rounded rows');
    for (const { seconds, flops, ofPeak, ofCopy, memory, bytes, d, format } of results) {
      expect(Math.min(...Object.values(seconds), flops, ofPeak, ofCopy)).toBeGreaterThan(0);
      expect(seconds.iteration).toBeGreaterThanOrEqual(seconds.sweep);
      expect(bytes).toBe(600 * ((format ? 2 : 4) * d + 4));
      expect(memory.em).toBeGreaterThan(0);
      expect(memory.em).toBeLessThanOrEqual(64e6);
    }
    const programs = Object.keys(results[0].programs).map((label) => label.split(' ')[0]);
    expect(new Set(programs)).toEqual(new Set(['plan', 'moments', 'reduce', 'total']));
    const report = JSON.parse(await readFile(json, 'utf8')) as Record<string, unknown>;
    expect(report).toMatchObject({ results: JSON.parse(JSON.stringify(results)), software: true, machine });
    expect(Object.keys(report)).toEqual(expect.arrayContaining(['date', 'versions', 'adapter', 'driver', 'ceilings']));
    expect(printed.join('\n')).toContain('PyTorch with CUDA was not timed (/nonexistent: does not run)');
  });
});

const silent = (): void => undefined;
const machine = { cpu: 'a test', threads: 1, node: process.versions.node, simd: 'none', peak: 1 };

/** The mean log-likelihood after as many iterations, in float64. */
async function expectOracle({ covariance, n, d, k, iterations, objective }: GpuResult): Promise<void> {
  const { source, start } = cloudOf(n, d);
  const values = await rowsOf(source);
  const x = Array.from({ length: n }, (_, i) => values.slice(i * d, (i + 1) * d));
  const { means, weights, variance } = start(k);
  const ball = means[0].map((_, i) => means[0].map((__, j) => (i === j ? variance : 0)));
  const mixture = constrain({ means, weights, covariances: means.map(() => ball) }, covariance);
  const options = { covariance, regularization: 1e-6, maxIterations: iterations, tolerance: -Infinity };
  const expected = -(em(x, mixture, options).objective.at(-1) ?? NaN);
  expectWithin(objective, expected, 3e-6 * Math.abs(expected), `${covariance}: mean log-likelihood`);
}
