import { describe, expect, test } from 'vitest';
import { faithful, inCheckout, otmix, temporaryFolder } from '../cli/otmix.js';
import { expectWithin } from '../within.js';

const folder = temporaryFolder();

interface FitJson {
  readonly backend: string;
  readonly meanLogLikelihood: number;
  readonly means: number[][];
  readonly weights: number[];
  readonly iterations: number;
}

async function fit(args: readonly string[]): Promise<FitJson> {
  const { status, stdout, stderr } = await otmix(folder.path, ['fit', ...args, '--json', '--quiet']);
  expect([status, stderr.replaceAll(/^Warning: .*\n/gm, '')]).toEqual([0, '']); // Dawn's own, of some drivers
  return JSON.parse(stdout) as FitJson;
}

const flights = `SELECT delay, distance FROM '${inCheckout('node_modules/vega-datasets/data/flights-3m.parquet')}'`;

describe('otmix fit --backend webgpu', () => {
  test.each([
    ['flights, every 300th', [flights, '--every', '300', '-k', '4', '--regularization', '1']],
    ['faithful', [faithful, '-k', '3', '--restarts', '2']],
  ])('gives the CPU’s result: %s', async (_, args) => {
    const common = [...args, '--tolerance', '0', '--max-iterations', '30'];
    const cpu = await fit([...common, '--backend', 'wasm']);
    const gpu = await fit([...common, '--backend', 'webgpu', '--no-autotune']);
    expect([gpu.backend, cpu.backend]).toEqual(['webgpu', 'wasm']);
    expect(gpu.iterations).toBe(cpu.iterations);
    expectWithin(gpu.meanLogLikelihood, cpu.meanLogLikelihood, 1e-6 * Math.abs(cpu.meanLogLikelihood), 'likelihood');
    gpu.weights.forEach((weight, k) => expectWithin(weight, cpu.weights[k], 1e-4, 'weight'));
    gpu.means.flat().forEach((mean, at) => {
      const other = cpu.means.flat()[at];
      expectWithin(mean, other, 1e-4 * (1 + Math.abs(other)), 'mean');
    });
  });

  test('--rows float16 gives float32’s result to what rounding takes, and is refused on the CPU', async () => {
    const common = [faithful, '-k', '2', '--max-iterations', '10', '--backend'];
    const [half, single] = [await fit([...common, 'webgpu', '--rows', 'float16']), await fit([...common, 'webgpu'])];
    expect(half.means).not.toEqual(single.means);
    expectWithin(half.meanLogLikelihood, single.meanLogLikelihood, 1e-3, 'likelihood');
    half.means.flat().forEach((mean, at) => {
      const other = single.means.flat()[at];
      expectWithin(mean, other, 1e-3 * Math.abs(other), 'mean');
    });
    const { status, stderr } = await otmix(folder.path, ['fit', ...common, 'wasm', '--rows', 'float16', '--quiet']);
    expect(status).not.toBe(0);
    expect(stderr).toContain(
      'rows: expected backend webgpu with float16, got backend wasm; leave rows out, for float32',
    );
  });
});
