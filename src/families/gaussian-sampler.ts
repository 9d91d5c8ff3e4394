import { drawGaussians, type Gaussians } from '../../kernels/random/gaussians.js';
import { drawOnThreads } from '../threads/drawing.js';
import type { Components } from './components.js';
import type { CovarianceLayout } from './covariance.js';
import type { Sampler } from './family.js';
import { concatenated, covariancesOf, meansOf } from './gaussian-components.js';

/** x = μ_k + L_k z with Σ_k = L_k L_kᵀ and z standard normal: the stream's numbers, row after row. */
export function gaussianSampler(components: Components, layout: CovarianceLayout): Sampler {
  const { k, d } = components;
  const covariances = covariancesOf(components, layout);
  const factors = layout.matrix
    ? covariances.map((one) => layout.lower(one, d))
    : concatenated(covariances.map((one) => layout.diagonal(one, d).map(Math.sqrt)));
  const gaussians: Gaussians = { k, d, means: meansOf(components), factors };
  return (labels, random, data) => {
    const place = random.skip(data.length);
    if (!drawOnThreads(gaussians, place, labels, data)) drawGaussians(gaussians, place, labels, data);
  };
}
