import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { tensorSource } from '../../src/data/tensor.js';
import { valuesOf, withTfjs } from './setting.js';

withTfjs();

describe.each([
  ['cpu', 'cpu'],
  ['wasm', 'wasm'],
  ['cpu', 'wasm'],
  ['wasm', 'cpu'],
])('a tensor on %s while %s is active', (home, active) => {
  async function withTensor(use: (tensor: tf.Tensor2D) => Promise<void>): Promise<void> {
    await tf.setBackend(home);
    const tensor = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    await tf.setBackend(active);
    try {
      await use(tensor);
      expect(tf.getBackend()).toBe(active);
      expect(tensor.isDisposed).toBe(false);
      // Not compared by toBe, which would print all of a backend.
      expect(tf.engine().state.tensorInfo.get(tensor.dataId)?.backend === tf.findBackend(home)).toBe(true);
    } finally {
      tensor.dispose();
    }
  }

  test('yields its rows, again and again, and leaves it where and what it was', () =>
    withTensor(async (tensor) => {
      const source = tensorSource(tensor);
      expect([source.name, source.rows, source.columns]).toEqual(['data', 3, ['x0', 'x1']]);
      expect(await valuesOf(source)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(await valuesOf(source)).toEqual([1, 2, 3, 4, 5, 6]);
    }));

  test('frees the slice it read when the reader stops early', () =>
    withTensor(async (tensor) => {
      const before = tf.memory().numTensors;
      for await (const { rows } of tensorSource(tensor).batches()) {
        expect(rows).toBe(3);
        break;
      }
      expect(tf.memory().numTensors).toBe(before);
    }));
});

test('more rows than a batch holds come in several, in order', async () => {
  const [tensor, long] = tf.tidy(() => {
    const numbers = tf.range(0, 70_000);
    return [numbers.reshape<tf.Tensor2D>([35_000, 2]), numbers.reshape<tf.Tensor2D>([70_000, 1])];
  });
  try {
    expect(await valuesOf(tensorSource(tensor))).toEqual(Array.from({ length: 70_000 }, (_, i) => i));
    const counts: number[] = [];
    for await (const { rows, values } of tensorSource(long).batches()) {
      counts.push(rows);
      expect(values).toHaveLength(rows);
    }
    expect(counts).toEqual([65_536, 4464]);
    expect(await valuesOf(tensorSource(long))).toEqual(Array.from({ length: 70_000 }, (_, i) => i));
  } finally {
    tf.dispose([tensor, long]);
  }
});

test('integers and booleans become numbers', async () => {
  const tensor = tf.tensor2d([[1, 0], [7, 1]], [2, 2], 'int32'); // prettier-ignore
  const flags = tf.tensor2d([[1, 0]], [1, 2], 'bool');
  expect(await valuesOf(tensorSource(tensor))).toEqual([1, 0, 7, 1]);
  expect(await valuesOf(tensorSource(flags))).toEqual([1, 0]);
  tf.dispose([tensor, flags]);
});
