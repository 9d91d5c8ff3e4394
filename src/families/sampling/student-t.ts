import type { Components } from '../components.js';
import type { CovarianceLayout } from '../covariance.js';
import type { Sampler } from '../family.js';
import { gaussianSampler } from '../gaussian-sampler.js';
import { drawStudentFactor } from './gamma.js';
import { Numbers } from './numbers.js';

/** x = μ_k + √(ν_k/χ²) L_k z of Gaussians with scales Σ_k = L_k L_kᵀ and degrees of freedom ν `[k]`: z of all rows first. */
export function studentSampler(components: Components, degrees: Float64Array, layout: CovarianceLayout): Sampler {
  const { d, arrays } = components;
  const { means } = arrays;
  const centred = { ...components, arrays: { ...arrays, means: { ...means, values: means.values.map(() => 0) } } };
  const draw = gaussianSampler(centred, layout);
  return (labels, random, data) => {
    draw(labels, random, data);
    const numbers = new Numbers(random);
    labels.forEach((c, row) => {
      const factor = drawStudentFactor(numbers, degrees[c]);
      for (let j = 0; j < d; j++) {
        const at = row * d + j;
        const value = means.values[c * d + j] + factor * data[at];
        data[at] = Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
      }
    });
  };
}
