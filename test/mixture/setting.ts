import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { Mixture } from '../../src/mixture/mixture.js';
import { problem, type Covariance, type OracleMixture } from '../oracle/index.js';

export const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];
export const overlapping = problem('overlapping', { n: 300, d: 3, k: 3, seed: 5 });

/** A mixture of the oracle's as the library has it. */
export function mixtureOf(parts: OracleMixture, covariance: Covariance = 'full', columns?: readonly string[]): Mixture {
  const family = gaussian({ covariance });
  const weights = Float64Array.from(parts.weights);
  return new Mixture({ family, weights, components: family.fromParameters(parts, 'parts') }, columns);
}

/** Holds every test of a file, on tfjs's backend cpu, to leave no tensor behind. */
export function watchTensors(): void {
  let tensors = 0;
  beforeAll(() => tf.setBackend('cpu'));
  beforeEach(() => (tensors = tf.memory().numTensors));
  afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').toBe(tensors));
}
