import { describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { SimdKernel } from '../../kernels/simd/kernel.js';
import { sumsLayout, tileRows } from '../../kernels/simd/layout.js';
import { EVERYTHING } from '../../kernels/simd/model.js';
import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { expectWithin } from '../within.js';

/** Mass of a component that is so many nats less likely than another, of rows at both their means, over columns d. */
async function massAt(build: SimdBuild, form: CovarianceForm, d: number, gap: number, least: number): Promise<number> {
  const kernel = new SimdKernel(await simdModule(build));
  const k = 5;
  const size = form === 'full' ? d * d : form === 'diag' ? d : 1;
  const whitening = new Float32Array(k * size).map((_, at) => (at % size === 0 || form === 'diag' ? 1 : 0));
  if (form === 'full') for (let c = 0; c < k; c++) for (let j = 0; j < d; j++) whitening[c * size + j * d + j] = 1;
  const offsets = new Float32Array(k).fill(-1000);
  offsets.set([0, -gap]);
  const sizes = { form, k, d, means: new Float32Array(k * d), whitening, offsets };
  kernel.load({ ...sizes, rate: 0.5, centre: 0, hard: false, coupling: false, least });
  const rows = tileRows(d);
  kernel.clear();
  kernel.sweepGroup(new Float32Array(rows * d), new Float32Array(rows).fill(1));
  return kernel.totals()[sumsLayout({ form, k, d, coupling: false }).mass + 1] / rows;
}

describe.each<SimdBuild>(['simd', 'relaxed'])('responsibilities that count as nothing, %s kernel', (build) => {
  const sizes: [CovarianceForm, number][] = [
    ['full', 2],
    ['full', 40],
    ['diag', 2],
    ['diag', 40],
    ['spherical', 3],
  ];

  test.each(sizes)('%s, d = %d: those under e^least, and no others', async (form, d) => {
    for (const least of [-25, -41.6, EVERYTHING]) {
      for (const gap of [24, 26, 41, 42, 60, 87, 88]) {
        const share = -gap < least ? 0 : 1 / (1 + Math.exp(gap));
        expectWithin(await massAt(build, form, d, gap, least), share, 1e-5 * share, `at ${gap} of ${least}`);
      }
    }
    expect(await massAt(build, form, d, 26, -25)).toBe(0);
  });
});
