import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Source } from '../../src/data/source.js';
import { startTfjsWasm } from '../devices.js';

/** Starts the tfjs backends of a file's tests, each of which must leave no tensor behind. */
export function withTfjs(): void {
  let tensors = 0;
  beforeAll(async () => {
    await startTfjsWasm();
    await tf.setBackend('cpu');
  });
  beforeEach(() => (tensors = tf.memory().numTensors));
  afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').toBe(tensors));
}

/** All values of a source, row-major. */
export async function valuesOf(source: Source): Promise<number[]> {
  const values: number[] = [];
  for await (const batch of source.batches()) values.push(...batch.values);
  return values;
}
