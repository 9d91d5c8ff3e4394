import { describe, expect, test } from 'vitest';
import type { CovarianceForm } from '../../kernels/form.js';
import { EMPTY_ROWS, negligibleShare } from '../../src/sweep/negligible.js';
import { componentsOf, withShard } from './joint.js';
import { simd } from '../devices.js';

describe('what sums may leave out', () => {
  test('is 2⁻³⁰ of the smallest weight that is not 0, and n times it no more than makes a component empty', () => {
    expect(negligibleShare(Float64Array.of(0.75, 0.25), 100)).toBe(2 ** -32);
    expect(negligibleShare(Float64Array.of(0.75, 0.25, 0), 100)).toBe(2 ** -32);
    for (const n of [1, 1e3, 1e9]) {
      expect(n * negligibleShare(Float64Array.of(1), n)).toBeLessThanOrEqual(EMPTY_ROWS);
      expect(negligibleShare(Float64Array.of(1e-300, 1), n)).toBeLessThan(1e-300);
    }
  });

  test.each<CovarianceForm>(['full', 'tied', 'diag', 'spherical'])(
    '%s: sums without it are those with it, to float32',
    async (form) => {
      const [n, d, k] = [3000, 40, 6];
      const device = simd(1);
      await withShard(device, { n, d }, async (shard) => {
        const components = componentsOf(form, k, d);
        const side = { weights: new Float64Array(k).fill(1 / k), potential: new Float64Array(k), epsilon: 1 };
        const [some] = await shard.sweep([{ model: { components, ...side } }]);
        // At the proportions that it gives, as in a fit.
        const weights = some.mass.map((mass) => mass / n);
        const model = { components, ...side, weights };
        const [without] = await shard.sweep([{ model }]);
        const [all] = await shard.sweep([{ model, tails: true }]);
        const [{ second }] = without.quadratic;
        for (const [c, mass] of all.mass.entries()) expect(Math.abs(without.mass[c] / mass - 1)).toBeLessThan(1e-6);
        expect(Math.abs(without.objective / all.objective - 1)).toBeLessThan(1e-7);
        const size = second.length / (form === 'tied' ? 1 : k);
        for (let from = 0; from < second.length; from += size) {
          const [here, there] = [second, all.quadratic[0].second].map((sums) => sums.subarray(from, from + size));
          const largest = there.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          here.forEach((value, i) => {
            expect(Math.abs(value - there[i])).toBeLessThan(1e-6 * largest);
          });
        }
      });
    },
  );
});
