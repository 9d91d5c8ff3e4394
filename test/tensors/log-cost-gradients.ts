import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { isMatrix } from '../../kernels/form.js';
import { logCost } from '../../src/tensors/tensors.js';
import { cases } from '../cases.js';
import { logDensities, sum } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { compareGradients, mix } from './differences.js';
import { costBy, covariancesOf, factorsOf, forms, formsOn, range, rounded, using, values } from './setting.js';

export function logCostGradients(backend: string): void {
  describe.each(formsOn(backend))('of logCost, %s', (form) => {
    const { x, mixture } = rounded({ name: 'overlapping', n: 7, d: 3, k: 2 }, form);
    const [n, d, k] = [7, 3, 2];
    const unflat = (flat: number[], width: number): number[][] =>
      range(flat.length / width).map((row) => flat.slice(row * width, (row + 1) * width));
    /** Every component's matrix, of the flat numbers of a form. */
    const matrices = (flat: number[]): number[][][] =>
      range(k).map((c) => {
        if (isMatrix(form)) return unflat(form === 'tied' ? flat : flat.slice(c * d * d, (c + 1) * d * d), d);
        return range(d).map((i) => range(d).map((j) => (i === j ? flat[form === 'diag' ? c * d + i : c] : 0)));
      });
    const mixed = (cost: tf.Tensor): tf.Tensor => tf.sum(tf.mul(cost, tf.tensor(range(n * k).map(mix), [n, k])));

    test('by rows, means and covariances', async () => {
      const covariances = covariancesOf(mixture, form);
      await compareGradients(
        backend,
        {
          inputs: { x, means: mixture.means, covariances },
          of: ([rows, means, tensor]) => mixed(logCost(rows, { means, covariance: form, covariances: tensor })),
          exactly: ([rows, means, flat]) => {
            // The gradient of a symmetric matrix is symmetric: half of what an entry and its mirror image do together.
            const symmetric = matrices(flat).map((s) =>
              s.map((row, i) => row.map((value, j) => (value + s[j][i]) / 2)),
            );
            const oracle = { weights: [], means: unflat(means, d), covariances: symmetric };
            return -sum(
              logDensities(unflat(rows, d), oracle)
                .flat()
                .map((log, at) => log * mix(at)),
            );
          },
        },
        2e-5,
      );
    });

    test('by precision factors', async () => {
      await compareGradients(
        backend,
        {
          inputs: { factors: factorsOf(mixture, form) },
          of: ([precisionsCholesky]) =>
            mixed(logCost(tf.tensor2d(x), { means: mixture.means, covariance: form, precisionsCholesky })),
          exactly: ([flat]) => {
            const w = matrices(flat).map((one) => one.map((row, i) => row.map((value, j) => (i <= j ? value : 0))));
            return sum(x.flatMap((row, i) => mixture.means.map((mean, c) => mix(i * k + c) * costBy(row, mean, w[c]))));
          },
        },
        2e-5,
      );
    });
  });

  test('of what batches share are sums over them', async () => {
    const { x, mixture } = rounded({ name: 'overlapping', n: 5, d: 2, k: 3 }, 'full');
    const [one, two] = [mixture.means, mixture.means.map((mean) => mean.map((value) => value + 1))];
    const options = { covariances: mixture.covariances };
    const make = () => ({
      rows: tf.tensor2d(x),
      both: tf.tensor3d([one, two]),
      first: tf.tensor2d(one),
      second: tf.tensor2d(two),
    });
    await using(backend, make, async ({ rows, both, first, second }) => {
      const by = (means: tf.Tensor): tf.Tensor[] =>
        onBackend(backend, () =>
          tf.grads((r: tf.Tensor, m: tf.Tensor) => tf.sum(logCost(r, { ...options, means: m })))([rows, means]),
        );
      const together = await Promise.all(by(both).map(values));
      const apart = [await Promise.all(by(first).map(values)), await Promise.all(by(second).map(values))];
      expectAllWithin(
        together[0],
        apart[0][0].map((value, at) => value + apart[1][0][at]),
        1e-4,
      );
      expectAllWithin(together[1], [...apart[0][1], ...apart[1][1]], 1e-5);
    });
  });

  test('over more rows than one float32 sum may have', async () => {
    const n = backend === 'wasm' ? 2 ** 20 + 3000 : 3000; // once more than are done at a time; elsewhere that is slow
    const x = Float32Array.from({ length: n }, (_, i) => 1000 + Math.sin(i));
    await using(
      backend,
      () => ({ rows: tf.tensor2d(x, [n, 1]), means: tf.tensor2d([[1]]), w: tf.tensor2d([[0.5]]) }),
      async ({ rows, means, w }) => {
        const total = (r: tf.Tensor, m: tf.Tensor, precisionsCholesky: tf.Tensor): tf.Tensor =>
          tf.sum(logCost(r, { means: m, covariance: 'tied', precisionsCholesky }));
        const found = onBackend(backend, () => tf.grads(total)([rows, means, w]));
        const [byRows, byMeans, byFactor] = await Promise.all(found.map(values));
        // Of ½ (w (x − μ))² − log w; a float32 sum of 1024 of one sign may be wrong by 1024 · 6e-8.
        const differences = Float64Array.from(x, (value) => value - 1);
        const first = differences.reduce((sum, value) => sum - value / 4, 0);
        const second = differences.reduce((sum, value) => sum + value ** 2 / 2, 0) - 2 * n;
        const worst = byRows.reduce((most, value, i) => Math.max(most, Math.abs(value - differences[i] / 4)), 0);
        expectWithin(worst, 0, 1e-4);
        expectWithin(byMeans[0], first, 6e-5 * Math.abs(first));
        expectWithin(byFactor[0], second, 6e-5 * second);
      },
    );
  });

  const someForms = cases(forms, (form) => [isMatrix(form)]);
  test.each(someForms)('%s: memory beyond the result stays of the size of the rows', async (form) => {
    const [n, d, k] = [500, 32, 24];
    const { mixture } = rounded({ name: 'overlapping', n: 1, d, k }, form);
    const make = () => ({ rows: tf.zeros([n, d]), means: tf.tensor2d(mixture.means) });
    await using(backend, make, async ({ rows, means }) => {
      const options = { covariance: form, covariances: covariancesOf(mixture, form) };
      const of = (r: tf.Tensor, m: tf.Tensor): tf.Tensor => logCost(r, { ...options, means: m });
      const before = tf.memory().numBytes;
      const peak = async (run: () => tf.Tensor | tf.Tensor[]): Promise<number> => {
        const { peakBytes, result } = await tf.profile(() => onBackend(backend, run));
        tf.dispose(result);
        return peakBytes - before;
      };
      // All whitened differences at once would be 24 times the rows; the costs, some copies of which there are, are ¾.
      const size = 4 * n * d;
      expect(await peak(() => of(rows, means))).toBeLessThan(12 * size);
      expect(await peak(() => tf.grads((r: tf.Tensor, m: tf.Tensor) => tf.sum(of(r, m)))([rows, means]))).toBeLessThan(
        14 * size,
      );
    });
  });
}
