import { addScatter, sumsLayout, type SumsLayout } from '../../../kernels/simd/layout.js';
import { addLines } from '../../../kernels/simd/linear.js';
import { pathOf, type SimdModel } from '../../../kernels/simd/model.js';
import { finiteDegrees } from '../../../kernels/simd/radial.js';
import type { Moments, RadialSums } from '../moments.js';
import { completeTied, type TiedMeans } from '../tied.js';

/** Adds a sweep's sums (`sumsLayout`) to empty moments, but for the objective, which only tied components change. */
export function addSums(moments: Moments, sums: Float64Array, model: SimdModel, tied?: TiedMeans): void {
  const { k, d, whitening, coupling, linear } = model;
  const layout = sumsLayout(model);
  const [into] = moments.quadratic;
  if (model.radial && into.radial) addRadial(moments.mass, into.radial, { sums, layout, model });
  else moments.mass.set(sums.subarray(layout.mass, layout.first));
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
  addScatter(sums.subarray(layout.coupling, layout.radial), k, couplings);
  if (tied) completeTied(moments, couplings, tied);
}

/** Masses, and the sums that a Student-t term has more: log u − u is log(1 + d/ν) − (1 + d/ν) less what is summed. */
function addRadial(
  masses: Float64Array,
  { weight, logarithm }: RadialSums,
  { sums, layout, model }: { readonly sums: Float64Array; readonly layout: SumsLayout; readonly model: SimdModel },
): void {
  const { k, d } = model;
  finiteDegrees(model).forEach((degrees, c) => {
    const mass = sums[layout.radial + c];
    masses[c] = mass;
    weight[c] = sums[layout.mass + c];
    logarithm[c] = mass * (Math.log1p(d / degrees) - (1 + d / degrees)) - sums[layout.radial + k + c];
  });
}

function addScatters(into: Float64Array, packed: Float64Array, d: number, size: number): void {
  for (let c = 0; c * d * d < into.length; c++) {
    addScatter(packed.subarray(c * size, (c + 1) * size), d, into.subarray(c * d * d, (c + 1) * d * d));
  }
}
