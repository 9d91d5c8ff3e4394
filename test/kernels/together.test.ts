/** Components at once and one after the other are the same composite: parity on libtensorflow is tensorflow.test.ts's. */
import { tf } from '#tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { rowsKernel } from '../../kernels/rows.js';
import { sweepKernel } from '../../kernels/sweep.js';
import { seededRandom } from '../../src/base/random.js';
import { startTfjsWasm } from '../devices.js';
import { expectWithin } from '../within.js';

// Plain JavaScript takes half a minute for the large one.
beforeAll(async () => {
  await startTfjsWasm();
  await tf.setBackend('wasm');
});
afterAll(() => tf.setBackend('cpu'));

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
/** Rows in groups, columns and components: all at once; and groups in turns, and in these components. */
const small = { groups: 3, s: 5, d: 3, k: 4 };
const large = { groups: 2, s: 1024, d: 64, k: 70 };

/** A model and rows of random numbers. */
function problem(form: CovarianceForm, { groups, s, d, k }: typeof small, student: boolean) {
  const { normal } = seededRandom(4);
  const of = (...shape: number[]): Float32Array => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, normal);
  const shapes = { full: [k, d, d], tied: [1, d, d], diag: [k, d], spherical: [k, 1] } as const;
  return {
    x: tf.tensor2d(of(groups * s, d), [groups * s, d]),
    means: tf.tensor2d(of(k, d), [k, d]),
    whitening: tf.tensor(of(...shapes[form]), [...shapes[form]]),
    offsets: tf.tensor1d(of(k)),
    ...(student && { inverseDegrees: tf.tensor1d(of(k).map((value) => value ** 2)) }),
  };
}

function expectAlike(
  together: readonly { shape: number[]; dataSync(): ArrayLike<number> }[],
  apart: typeof together,
): void {
  expect(together.map(({ shape }) => shape)).toEqual(apart.map(({ shape }) => shape));
  for (const [at, one] of apart.entries()) {
    const [values, others] = [one.dataSync(), together[at].dataSync()];
    const size = Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
    const worst = Array.from(values).reduce((most, value, i) => Math.max(most, Math.abs(value - others[i])), 0);
    expectWithin(worst, 0, 2e-5 * size, `output ${at}`);
  }
}

describe('components at once are those one after the other', () => {
  const table = forms.flatMap((form) => [false, true].map((student) => ({ form, student })));
  test.each(table)('$form, Student-t: $student', ({ form, student }) => {
    for (const size of form === 'diag' && !student ? [small, large] : [small]) {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const { groups, s } = size;
        const inputs = problem(form, size, student);
        const weights = tf.tensor1d(Float32Array.from({ length: groups * s }, (_, row) => 1 + (row % 3)));
        const attributes = { form, rate: 0.5, groups, hard: false, centre: 0.1, coupling: false };
        expectAlike(sweepKernel({ ...inputs, weights }, { ...attributes, together: true }), sweepKernel({ ...inputs, weights }, attributes)); // prettier-ignore
        const rows = { form, rate: 0.5 };
        expectAlike(rowsKernel(inputs, { ...rows, together: true }), rowsKernel(inputs, rows));
      });
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});
