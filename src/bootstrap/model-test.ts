import type { DataInput } from '../data/dataset.js';
import { InputError } from '../base/errors.js';
import type { Mixture } from '../mixture/mixture.js';
import { bootstrapTest, type BootstrapTest } from './likelihood-ratio.js';
import { fittedWith, modelOf } from './options.js';
import type { BootstrapTestOptions } from './test-options.js';

/**
 * The test of a mixture's number of components against one more, by fits of its family, prior and regularization. Throws as
 * `bootstrapTest` does, and for a mixture of prescribed proportions.
 */
export function testOf(
  data: DataInput,
  mixture: Mixture,
  options: Omit<BootstrapTestOptions, 'components' | 'family' | 'noise'> = {},
): Promise<BootstrapTest> {
  const { marginal, epsilon: _, ...given } = fittedWith(mixture);
  if (marginal && marginal.kind !== 'free') {
    throw new InputError('unsupported', {
      where: 'test',
      expected: 'a model of free proportions',
      got: `marginal ${marginal.kind}`,
      remedy: 'fit the model again without prescribed proportions',
    });
  }
  return bootstrapTest(data, { ...given, ...options, ...modelOf(mixture) });
}
