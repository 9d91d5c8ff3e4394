import { afterEach, describe, expect, test, vi } from 'vitest';
import { describeDraws, goldenMixture } from './draws.js';

describeDraws();

describe('where a page forbids WebAssembly', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test('the same rows are drawn', async () => {
    const drawn = goldenMixture().sample(3001, { seed: 5 });
    const Module = vi.fn(() => {
      throw new EvalError('violates the Content Security Policy');
    });
    vi.stubGlobal('WebAssembly', { Module });
    vi.resetModules();
    const [{ samplingKernel }, { Mixture }] = await Promise.all([
      import('../../kernels/simd/sampling.js'),
      import('../../src/mixture/mixture.js'),
    ]);
    const { gaussian } = await import('../../src/families/gaussian.js');
    expect(samplingKernel()).toBeUndefined();
    expect(Module).toHaveBeenCalledTimes(1);
    const { weights, means, covariances } = goldenMixture();
    const family = gaussian();
    const components = family.fromParameters({ means, covariances }, 'parts');
    const again = new Mixture({ family, weights: Float64Array.from(weights), components }).sample(3001, { seed: 5 });
    expect(again).toEqual(drawn);
  });
});
