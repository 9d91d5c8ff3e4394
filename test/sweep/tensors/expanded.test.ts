import { beforeAll, describe, expect, test } from 'vitest';
import { tf } from '#tfjs';
import { seededRandom } from '../../../src/base/random.js';
import { total } from '../../../src/base/numbers.js';
import { gaussian } from '../../../src/families/gaussian.js';
import { studentT } from '../../../src/families/student-t.js';
import { readAll, tensorBlock } from '../../../src/sweep/tensors/block.js';
import type { BlockSweep } from '../../../src/sweep/tensors/block-sweep.js';
import { expandedSweep, expands } from '../../../src/sweep/tensors/expanded.js';
import { whitenedSweep } from '../../../src/sweep/tensors/whitened.js';
import type { CovarianceForm } from '../../../src/index.js';
import { constrain } from '../../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../../within.js';

beforeAll(() => tf.setBackend('cpu'));

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
const [n, d, k] = [2500, 3, 4];

/** Components so wide, `out` from the centre, with correlations; rows of them. */
function problem(
  form: CovarianceForm,
  { width = 1, out = 1, columns = d }: { width?: number; out?: number; columns?: number } = {},
) {
  const { normal } = seededRandom(5);
  const covariance = Array.from({ length: columns }, (_, i) =>
    Array.from({ length: columns }, (__, j) => width ** 2 * (i === j ? 1 : 0.3)),
  );
  const mixture = {
    weights: [0.4, 0.3, 0.2, 0.1],
    means: Array.from({ length: k }, () => Array.from({ length: columns }, () => out * normal())),
    covariances: Array.from({ length: k }, () => covariance),
  };
  const family = gaussian({ covariance: form });
  const scaling = { shift: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  const components = family.pack(family.fromParameters(constrain(mixture, form), 'mixture'));
  const weights = Float64Array.from(mixture.weights);
  const model = { components, weights, potential: Float64Array.of(0.1, -0.2, 0, 0.3), epsilon: 0.7 };
  const rows = Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: n }, (__, i) => mixture.means[i % k][j] + width * normal()),
  );
  const encoding = { ...scaling, weightUnit: 1 };
  const own = {
    rows: n,
    columns: rows.map((values) => ({ values, start: 0, stride: 1 })),
    weights: Float64Array.from({ length: n }, (_, i) => 1 + (i % 3)),
  };
  return { family, components, model, block: () => tensorBlock(own, encoding, { start: 0, from: 0, to: n }) };
}

async function swept(sweep: BlockSweep, { block }: ReturnType<typeof problem>) {
  const rows = block();
  const objective = total(sweep.add(await readAll(sweep.swept(rows, -4)), rows.groups)) / rows.weight;
  sweep.finish();
  sweep.dispose();
  tf.dispose([rows.x, rows.weights]);
  return { ...sweep.moments, weight: rows.weight, objective };
}

describe('an expanded sweep', () => {
  test.each(forms)('has the moments of whitened differences: %s', async (form) => {
    const before = tf.memory().numTensors;
    const one = problem(form);
    expect(expands(one.components)).toBe(true);
    const expanded = await swept(expandedSweep(one.model, true), one);
    const whitened = await swept(whitenedSweep(one.model, true, 'cpu'), one);
    expect(tf.memory().numTensors).toBe(before);
    // Of terms some ten times a cost, rounded to 6e-8 of themselves.
    expectWithin(expanded.objective, whitened.objective, 2e-6, 'objective');
    expectAllWithin(expanded.mass, whitened.mass, 1e-6 * n, 'mass');
    expectAllWithin(expanded.coupling ?? [], Array.from(whitened.coupling ?? []), 1e-6 * n, 'coupling');
    const [own, other] = [expanded, whitened].map((moments) => {
      const { components } = one.family.estimate(moments, one.components, { regularization: new Float64Array(d) });
      return one.family.toParameters(components);
    });
    expectComponentsWithin(own, other, 1e-5);
  });

  test('is for Gaussians that are not far out for their widths, and not few for their columns', () => {
    for (const form of forms) {
      expect(expands(problem(form, { width: 0.01 }).components), `${form}, narrow`).toBe(false);
      expect(expands(problem(form, { out: 100 }).components), `${form}, far`).toBe(false);
      // All columns' products are shared by components, which are too few for them here.
      const matrix = form === 'full' || form === 'tied';
      expect(expands(problem(form, { columns: 2 * k }).components), `${form}, few columns`).toBe(true);
      expect(expands(problem(form, { columns: 2 * k + 1 }).components), `${form}, many columns`).toBe(!matrix);
    }
    const student = studentT({ degrees: 4 });
    expect(expands(student.shape(k, d) as Parameters<typeof expands>[0])).toBe(false);
  });
});
