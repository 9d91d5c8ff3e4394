import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';

describe('tfjs on webgl in Chromium', () => {
  beforeAll(async () => {
    expect(await tf.setBackend('webgl')).toBe(true);
    await tf.ready();
  });

  test('is WebGL2 with float32 textures', () => {
    expect(tf.getBackend()).toBe('webgl');
    expect(tf.env().getNumber('WEBGL_VERSION')).toBe(2);
    expect(tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')).toBe(true);
    expect(tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')).toBe(true);
  });

  test('keeps float32 precision and range through a shader', async () => {
    const values = [1 + 2 ** -20, 1e30, -1e-30, 2 ** 24 - 1]; // float16 would lose each of them
    const doubled = tf.tidy(() => tf.add(tf.tensor1d(values), tf.tensor1d(values)));
    expect(await doubled.data()).toEqual(Float32Array.from(values, (value) => 2 * value));
    doubled.dispose();
  });

  test('multiplies matrices', async () => {
    const product = tf.tidy(() =>
      tf.matMul(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        tf.tensor2d([
          [5, 6],
          [7, 8],
        ]),
      ),
    );
    expect(await product.array()).toEqual([
      [19, 22],
      [43, 50],
    ]);
    product.dispose();
  });
});

test('navigator.gpu gives a WebGPU adapter', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error('navigator.gpu.requestAdapter: expected an adapter, got null');
  const { vendor, architecture, device, description } = adapter.info;
  console.info(`WebGPU adapter: ${[vendor, architecture, device, description].filter(Boolean).join(' | ')}`);
  expect(`${vendor} ${architecture}`).toMatch(/swiftshader/);
});
