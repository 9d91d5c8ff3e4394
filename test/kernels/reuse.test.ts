import { describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { SimdKernel } from '../../kernels/simd/kernel.js';
import { lineSize, linesOf, packNatural } from '../../kernels/simd/linear.js';
import { tileRows } from '../../kernels/simd/layout.js';
import { packFactors, type SimdModel } from '../../kernels/simd/model.js';
import { simdModule } from '../../kernels/simd/module.js';
import { mulberry32, normal } from '../oracle/index.js';

const [d, k] = [16, 6];
const rows = 8 * tileRows(d);
const random = mulberry32(3);
const x = Float32Array.from({ length: rows * d }, () => normal(random));
const v = new Float32Array(rows).fill(1);
/** Far apart, so that each has some of few rows. */
const means = Float32Array.from({ length: k * d }, () => 6 * normal(random));

function modelOf(form: CovarianceForm): SimdModel {
  const size = form === 'full' ? d * d : form === 'diag' ? d : 1;
  const whitening = Float32Array.from({ length: k * size }, (_, at) =>
    form !== 'full' || (at % size) % (d + 1) === 0 ? 1 : 0,
  );
  const sizes = { form, k, d, means, whitening, offsets: new Float32Array(k) };
  return { ...sizes, rate: 0.5, centre: 0, hard: false, least: -41.6, coupling: false };
}

function totalsOf(kernel: SimdKernel, form: CovarianceForm, model = modelOf(form)): Float64Array {
  kernel.load(model);
  kernel.clear();
  for (let group = 0; group < 3; group++) kernel.sweepGroup(x, v);
  return kernel.totals().slice();
}

/** Of the same rows the last columns are statistics, beside a diagonal term of the others or alone. */
function linearModelOf(dense: number): SimdModel {
  const rest = d - dense;
  const shape = { dense, levels: [] };
  const eta = Float32Array.from({ length: k * dense }, (_, at) => Math.sin(at));
  const natural = packNatural(eta, k, shape, new Float32Array(linesOf(shape) * lineSize(k)));
  const arrays = { means: means.slice(0, k * rest), whitening: new Float32Array(k * rest).fill(1) };
  return { ...modelOf('diag'), d: rest, ...arrays, linear: { ...shape, natural } };
}

describe('a kernel that has had other models sums as a new one does', () => {
  const forms: CovarianceForm[] = ['full', 'diag', 'spherical'];

  const linear = [d, 5].map(linearModelOf);

  test.each(linear)('with a linear term after all, beside $d columns', async (model) => {
    const module = await simdModule('simd');
    const used = new SimdKernel(module);
    for (const before of forms) totalsOf(used, before);
    for (const before of linear) totalsOf(used, 'diag', before);
    const alone = totalsOf(new SimdKernel(module), 'diag', model);
    expect(totalsOf(used, 'diag', model)).toEqual(alone);
    totalsOf(used, 'full');
    expect(totalsOf(used, 'diag', model)).toEqual(alone);
    expect(alone.every((sum) => Number.isFinite(sum))).toBe(true);
  });

  test.each(forms)('%s after all', async (form) => {
    const module = await simdModule('simd');
    const used = new SimdKernel(module);
    for (const before of [...forms, ...forms]) totalsOf(used, before);
    expect(totalsOf(used, form)).toEqual(totalsOf(new SimdKernel(module), form));
  });
});

test('a kernel is given factors packed, or packs them itself', async () => {
  const module = await simdModule('simd');
  const model = modelOf('full');
  model.whitening.forEach((_, at) => {
    if (at % d > Math.floor(at / d) % d) model.whitening[at] = 0.1 * normal(random);
  });
  const given = { ...model, packed: packFactors(model), whitening: new Float32Array() };
  const sums = totalsOf(new SimdKernel(module), 'full', given);
  expect(sums).toEqual(totalsOf(new SimdKernel(module), 'full', model));
  expect(sums).not.toEqual(totalsOf(new SimdKernel(module), 'full'));
});
