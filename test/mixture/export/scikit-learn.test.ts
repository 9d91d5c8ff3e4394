import { describe, expect, test } from 'vitest';
import { fitMixture, poisson } from '../../../src/index.js';
import { forms, mixtureOf, overlapping } from '../setting.js';

describe('toScikitLearn', () => {
  test.each(forms)('has shapes and names of %s as GaussianMixture does', (form) => {
    const mixture = mixtureOf(overlapping.truth, form, ['a', 'b', 'c']);
    const file = mixture.toScikitLearn();
    const shapes = { full: [3, 3, 3], tied: [3, 3], diag: [3, 3], spherical: [3] };
    for (const array of [file.covariances_, file.precisions_, file.precisions_cholesky_]) {
      expect(shapeOf(array)).toEqual(shapes[form]);
    }
    expect(file).toMatchObject({ covariance_type: form, n_components: 3, feature_names: ['a', 'b', 'c'] });
    expect([file.weights_, file.means_]).toEqual([mixture.weights, mixture.means]);
    if (form !== 'full') return;
    expect(file.precisions_cholesky_).toEqual(mixture.precisionsCholesky);
    const [precision] = file.precisions_ as number[][][];
    precision.flat().forEach((value, at) => { expect(value).toBeCloseTo(mixture.precisions[0].flat()[at], 10); }); // prettier-ignore
  });

  test('refuses others than Gaussians, and noise', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [i % 4, 30 * (i % 2) + (i % 3)]);
    const counts = await fitMixture(rows, { components: 2, family: poisson(), maxIterations: 2, backend: 'wasm' });
    expect(() => counts.mixture.toScikitLearn()).toThrow('toScikitLearn: expected Gaussian components and no noise, as GaussianMixture has them, got poisson; export to ONNX, or save the model as JSON'); // prettier-ignore
    const noisy = await fitMixture(rows, { components: 2, noise: true, maxIterations: 2, backend: 'wasm' });
    expect(() => noisy.mixture.toScikitLearn()).toThrow('got gaussian and noise');
  });
});

function shapeOf(array: unknown): number[] {
  return Array.isArray(array) ? [array.length, ...shapeOf(array[0])] : [];
}
