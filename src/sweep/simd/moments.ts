import { addScatter, sumsLayout } from '../../../kernels/simd/layout.js';
import { addLines } from '../../../kernels/simd/linear.js';
import { pathOf, type SimdModel } from '../../../kernels/simd/model.js';
import type { Moments } from '../moments.js';
import { completeTied, type TiedMeans } from './tied.js';

/** Adds a sweep's sums (`sumsLayout`) to empty moments, but for the objective, which only tied components change. */
export function addSums(moments: Moments, sums: Float64Array, model: SimdModel, tied?: TiedMeans): void {
  const { form, k, d, whitening, coupling, linear } = model;
  const layout = sumsLayout(form, k, d, coupling, linear);
  const [into] = moments.quadratic;
  moments.mass.set(sums.subarray(layout.mass, layout.first));
  const first = sums.subarray(layout.first, layout.second);
  const second = sums.subarray(layout.second, layout.coupling);
  switch (pathOf(model)) {
    case 'matrix':
    case 'shared':
      into.first.set(first);
      addScatters(into.second, second, d, layout.secondSize);
      break;
    // What is scaled by columns is summed in the data's units.
    case 'diagonal':
      into.first.set(first.map((sum, at) => sum * whitening[at]));
      into.second.set(second.map((sum, at) => sum * whitening[at] ** 2));
      break;
    case 'ball':
      into.first.set(first.map((sum, at) => sum * whitening[Math.floor(at / d)]));
      for (let c = 0; c < k; c++) into.second.fill((second[c] * whitening[c] ** 2) / d, c * d, (c + 1) * d);
      break;
    case 'none':
  }
  if (linear && moments.linear) addLines(sums.subarray(layout.linear), k, linear, moments.linear);
  if (!coupling) return;
  const couplings = moments.coupling ?? new Float64Array(k * k);
  addScatter(sums.subarray(layout.coupling, layout.linear), k, couplings);
  if (tied) completeTied(moments, couplings, tied);
}

function addScatters(into: Float64Array, packed: Float64Array, d: number, size: number): void {
  for (let c = 0; c * d * d < into.length; c++) {
    addScatter(packed.subarray(c * size, (c + 1) * size), d, into.subarray(c * d * d, (c + 1) * d * d));
  }
}
