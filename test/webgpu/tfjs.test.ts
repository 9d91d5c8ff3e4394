/** tfjs's backend on our device: one device for the user's tensors and ours, and tfjs otherwise as it was. */
import * as tf from '@tensorflow/tfjs';
import { findGpu } from '#gpu';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openGpu } from '../../kernels/webgpu/device.js';
import { sharedGpu } from '../../kernels/webgpu/shared.js';
import {
  bufferOf,
  emptyTensor,
  flushBackend,
  gpuOfBackend,
  startGpuBackend,
  tensorOver,
} from '../../kernels/webgpu/tfjs.js';
import { onBackend } from '../../kernels/engine.js';

afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').toBe(0));

/** Reads a buffer without tfjs. */
async function read(device: GPUDevice, buffer: GPUBuffer): Promise<number[]> {
  const staging = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = [...new Float32Array(staging.getMappedRange())];
  staging.destroy();
  return values;
}

describe('the backend webgpu', () => {
  test('starts on our device once, whoever asks, and is neither active nor the default', async () => {
    const before = tf.getBackend();
    const [one, other] = await Promise.all([startGpuBackend(), startGpuBackend()]);
    expect(one.name).toBe('webgpu');
    expect(other.gpu === one.gpu && one.gpu === (await sharedGpu())).toBe(true);
    expect(gpuOfBackend('webgpu') === one.gpu).toBe(true);
    expect(gpuOfBackend('cpu')).toBeUndefined();
    expect(tf.getBackend()).toBe(before);
    await tf.ready();
    expect(tf.getBackend()).toBe('cpu');
    expect((globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu).toBeUndefined();
  });

  test('computes', async () => {
    const { name } = await startGpuBackend();
    const product = onBackend(name, () => tf.tidy(() => tf.matMul(tf.ones([65, 33]), tf.fill([33, 7], 2))));
    expect(new Set(await product.data())).toEqual(new Set([66]));
    product.dispose();
  });

  test('is the user’s when he makes it the active one', async () => {
    const { gpu } = await startGpuBackend();
    await tf.setBackend('webgpu');
    const tensor = tf.tidy(() => tf.add(tf.tensor1d([1, 2, 3]), 1));
    expect(await read(gpu.device, bufferOf(tensor))).toEqual([2, 3, 4]);
    tensor.dispose();
    await tf.setBackend('cpu');
  });
});

describe('a tensor', () => {
  test('shows what was written to its buffer, and tfjs computes with it', async () => {
    const { name, gpu } = await startGpuBackend();
    const { tensor, buffer } = emptyTensor(name, [2, 2]);
    gpu.device.queue.writeBuffer(buffer, 0, Float32Array.of(1, 2, 3, 4));
    expect(bufferOf(tensor) === buffer).toBe(true);
    const sum = onBackend(name, () => tf.sum(tensor, 1));
    expect([...(await sum.data())]).toEqual([3, 7]);
    tf.dispose([tensor, sum]);
  });

  test('over a buffer of the caller’s leaves it to him', async () => {
    const { name, gpu } = await startGpuBackend();
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = gpu.device.createBuffer({ size: 8, usage });
    gpu.device.queue.writeBuffer(buffer, 0, Float32Array.of(5, 6));
    const tensor = tensorOver(name, buffer, [2]);
    const doubled = onBackend(name, () => tf.mul(tensor, 2));
    expect([...(await doubled.data())]).toEqual([10, 12]);
    tf.dispose([tensor, doubled]);
    flushBackend(name);
    expect(await read(gpu.device, buffer)).toEqual([5, 6]);
    buffer.destroy();
    gpu.check();
  });

  test('has no buffer here where it lives elsewhere', () => {
    const tensor = tf.tensor1d([1]);
    expect(() => bufferOf(tensor)).toThrow('expected a tensor on WebGPU, got one that lives elsewhere');
    tensor.dispose();
  });
});

describe('a device that the caller gives', () => {
  test('gets a backend of its own, once', async () => {
    const found = (await findGpu()) as { readonly gpu: GPU };
    const device = await (await found.gpu.requestAdapter())!.requestDevice();
    const { name, gpu } = await startGpuBackend(device);
    expect(gpu.device === device).toBe(true);
    expect(name).toBe('otmix-webgpu-1');
    expect((await startGpuBackend(device)).name).toBe(name);
    expect((await startGpuBackend()).name).toBe('webgpu');
    const sum = onBackend(name, () => tf.tidy(() => tf.add(tf.ones([5, 1000]), 1)));
    expect(new Set(await sum.data())).toEqual(new Set([2]));
    expect(bufferOf(sum).size).toBe(20_000);
    sum.dispose();
    device.destroy();
    await device.lost;
    await expect(startGpuBackend(device)).rejects.toMatchObject({ name: 'GpuError', code: 'lost' });
  });

  test('is used by the name of a backend of the caller’s that runs on it', async () => {
    const { device } = await openGpu();
    const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
    vi.stubGlobal('navigator', { gpu: {} });
    tf.registerBackend('his', () => new WebGPUBackend(device));
    tf.copyRegisteredKernels('webgpu', 'his');
    await tf.setBackend('his');
    await tf.setBackend('cpu');
    vi.unstubAllGlobals();
    expect((await startGpuBackend(device)).name).toBe('his');
    tf.removeBackend('his');
    device.destroy();
  });
});

test('a lost device is replaced under the same name, for tfjs too', async () => {
  const first = await startGpuBackend();
  await tf.setBackend('webgpu');
  first.gpu.device.destroy();
  await first.gpu.device.lost;
  const second = await startGpuBackend();
  expect(second.name).toBe('webgpu');
  expect(second.gpu === first.gpu).toBe(false);
  expect(tf.getBackend()).toBe('webgpu');
  const sum = tf.tidy(() => tf.add(tf.ones([5, 1000]), 1));
  expect(new Set(await sum.data())).toEqual(new Set([2]));
  sum.dispose();
  await tf.setBackend('cpu');
  second.gpu.check();
});
