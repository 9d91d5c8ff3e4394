import { describe, expect, test } from 'vitest';
import { SimdKernel } from '../../kernels/simd/kernel.js';
import { EVERYTHING } from '../../kernels/simd/model.js';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';

/**
 * What the kernel makes of rows x ≥ 0 with two unit components, the second of which is `gap` nats below the first at 0:
 * with means 0 and whitening 0 logits are constants, so that exp and log are all there is.
 */
async function atGap(build: SimdBuild, gap: number): Promise<{ small: number; logSum: number; logLargest: number }> {
  const kernel = new SimdKernel(await simdModule(build));
  const zeros = new Float32Array(2);
  const model = {
    form: 'diag',
    k: 2,
    d: 1,
    means: zeros,
    whitening: zeros,
    rate: 0.5,
    centre: 0,
    hard: false,
    least: EVERYTHING,
  } as const;
  kernel.load({ ...model, offsets: Float32Array.of(0, -gap), coupling: false });
  const into = {
    labels: new Int32Array(1),
    logSum: new Float32Array(1),
    logLargest: new Float32Array(1),
    responsibilities: new Float32Array(2),
  };
  kernel.rowsGroup(new Float32Array(256), 1, into);
  return { small: into.responsibilities[1], logSum: into.logSum[0], logLargest: into.logLargest[0] };
}

describe.each<SimdBuild>(['simd', 'relaxed'])('exp and log of the %s kernel', (build) => {
  const gaps = Array.from({ length: 872 }, (_, i) => i / 10).map(Math.fround);

  test('exp has a relative error under 3e-7 down to e^-87', async () => {
    for (const gap of gaps) {
      const { small } = await atGap(build, gap);
      const exact = Math.exp(-gap) / (1 + Math.exp(-gap));
      expect(Math.abs(small - exact) / exact, `at ${gap}`).toBeLessThan(3e-7);
    }
  });

  test('log has an absolute error under 2e-7', async () => {
    for (const gap of gaps) {
      const { logSum, logLargest } = await atGap(build, gap);
      const exact = Math.log1p(Math.exp(-gap));
      expect(Math.abs(logSum - exact), `at ${gap}`).toBeLessThan(2e-7);
      expect(Math.abs(logLargest + exact), `at ${gap}`).toBeLessThan(2e-7);
    }
  });

  test.each([88, 1000, 1e30])('a component %d nats below has exactly nothing', async (gap) => {
    expect(await atGap(build, gap)).toEqual({ small: 0, logSum: 0, logLargest: -0 });
  });

  test('log1p has a relative error under 3e-7 from 1e-30 to 1e30', async () => {
    // A Student-t component of one column and one degree of freedom: its logit at rate ½ is −log(1 + x²).
    const one = { form: 'diag', radial: 'student', k: 1, d: 1, rate: 0.5, centre: 0, hard: false } as const;
    const arrays = { means: Float32Array.of(0), whitening: Float32Array.of(1), offsets: Float32Array.of(0) };
    const kernel = new SimdKernel(await simdModule(build));
    kernel.load({ ...one, ...arrays, degrees: Float64Array.of(1), least: EVERYTHING, coupling: false });
    const x = Float32Array.from({ length: 1024 }, (_, i) => 10 ** ((i - 512) / 34));
    const [logSum, rest] = [new Float32Array(1024), new Float32Array(1024)];
    const into = { labels: new Int32Array(1024), logSum, logLargest: rest, responsibilities: new Float32Array() };
    kernel.rowsGroup(x, 1024, into);
    logSum.forEach((value, i) => {
      const exact = Math.log1p(Math.fround(x[i] * x[i]));
      expect(Math.abs(-value - exact) / exact, `at ${x[i]}²`).toBeLessThan(3e-7);
    });
  });
});
