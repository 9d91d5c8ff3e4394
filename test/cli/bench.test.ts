import { describe, expect, test } from 'vitest';
import { backendNames } from '../../src/index.js';
import { benchCases } from '../../src/cli/bench/problem.js';
import { otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const run = (...args: string[]): ReturnType<typeof otmix> => otmix(folder.path, args);

interface Printed {
  readonly peak: number;
  readonly results: readonly { readonly backend: string; readonly [figure: string]: unknown }[];
  readonly absent: readonly { readonly name: string; readonly reason: string }[];
}

describe('otmix bench', () => {
  test('--json has every backend, measured at each size or absent for a reason', async () => {
    const { status, stdout } = await run('bench', '--quick', '--json', '-q');
    expect(status).toBe(0);
    const { peak, results, absent } = JSON.parse(stdout) as Printed;
    expect(peak).toBeGreaterThan(0.1);
    const measured = [...new Set(results.map(({ backend }) => backend))];
    expect([...measured, ...absent.map(({ name }) => name)].sort()).toEqual([...backendNames].sort());
    expect(absent.every(({ reason }) => reason.length > 0)).toBe(true);
    expect(measured).toEqual(expect.arrayContaining(['wasm', 'cpu']));
    // test/vulkan.ts brings a driver, which no hardware stands behind.
    expect(absent.find(({ name }) => name === 'webgpu')?.reason).toMatch(
      /is no GPU; add --backend webgpu to measure it$/,
    );
    expect(results).toHaveLength(measured.length * benchCases.length);
    for (const { backend, ms, mrows, gflops, iterations, n, memory, ofPeak } of results) {
      expect(iterations).toBeGreaterThanOrEqual(3);
      for (const figure of [ms, mrows, gflops, memory]) expect(figure).toBeGreaterThan(0);
      expect(Number(mrows)).toBeCloseTo(Number(n) / Number(ms) / 1e3, 9);
      expect(typeof ofPeak).toBe(backend === 'wasm' ? 'number' : 'undefined');
    }
  });

  test('prints a table beside the published figures', async () => {
    const { status, stdout } = await run('bench', '--quick', '--backend', 'wasm', '-q');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^otmix \S+, Node \S+, .* GFLOP\/s of multiply-adds a thread\n/);
    expect(stdout).toMatch(/\nwasm +full +4,000 × 16, 16 .* 8\.4 Mrows\/s, 63 %\n/);
    expect(stdout).toContain('\nAn iteration of EM each. Published: AMD EPYC, ');
  });

  test('refuses a backend that is none', async () => {
    const { status, stderr } = await run('bench', '--backend', 'cuda');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^otmix: .*--backend: expected one of webgpu, .*, got cuda; choose one of these\n$/);
  });
});
