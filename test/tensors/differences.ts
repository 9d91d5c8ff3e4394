import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { onBackend } from '../../kernels/engine.js';
import { expectAllWithin } from '../within.js';
import { using, values } from './setting.js';

/** A function of tensors, and the same in float64 of their numbers. */
export interface Differentiable {
  readonly inputs: Readonly<Record<string, number[] | number[][] | number[][][]>>;
  of(tensors: tf.Tensor[]): tf.Tensor;
  exactly(numbers: number[][]): number;
}

/** Compares tf.grads with central differences of the float64 function, step 1e-5: their error is about 1e-9. */
export async function compareGradients(
  backend: string,
  { inputs, of, exactly }: Differentiable,
  tolerance: number,
): Promise<void> {
  const numbers = Object.values(inputs).map((value) => value.flat(2).map((one) => Math.fround(one)));
  const make = (): Record<string, tf.Tensor> =>
    Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tf.tensor(value)]));
  await using(backend, make, async (tensors) => {
    const list = Object.values(tensors);
    const found = onBackend(backend, () => tf.grads((...given: tf.Tensor[]) => of(given))(list));
    for (const [at, name] of Object.keys(inputs).entries()) {
      expect(found[at].shape).toEqual(list[at].shape);
      const got = await values(found[at]);
      const expected = numbers[at].map((_, entry) => {
        const moved = (step: number): number =>
          exactly(numbers.map((one, other) => (other === at ? one.map((v, i) => (i === entry ? v + step : v)) : one)));
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      });
      const size = Math.max(1, ...expected.map(Math.abs));
      expectAllWithin(got, expected, tolerance * size, `gradient by ${name}`);
    }
  });
}

/** Weights of a sum of costs that tell every entry apart. */
export const mix = (at: number): number => Math.sin(3 * at + 1);
