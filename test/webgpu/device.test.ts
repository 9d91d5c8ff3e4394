import { findGpu } from '#gpu';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gpuOf, openGpu, type Gpu } from '../../kernels/webgpu/device.js';
import { guarded, scoped } from '../../kernels/webgpu/scope.js';
import { sharedGpu } from '../../kernels/webgpu/shared.js';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});
afterAll(() => gpu.release());

const storage = (size: number): GPUBuffer => gpu.device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });

/** A shader that does not compile: WebGPU answers with a pipeline that does nothing, and an error event. */
const broken = (): GPUComputePipeline =>
  gpu.device.createComputePipeline({
    layout: 'auto',
    compute: { module: gpu.device.createShaderModule({ code: '@compute @workgroup_size(1) fn main() { nonsense }' }) },
  });

const idle = (): Promise<undefined> => gpu.device.queue.onSubmittedWorkDone();

describe('a device', () => {
  test('says what it is', () => {
    const { adapter, software, features, limits } = gpu;
    console.info(`WebGPU in Node: ${adapter}; subgroups ${features.subgroupSizes.join('–')}`);
    expect(adapter).not.toBe('');
    expect(software).toBe(/swiftshader|llvmpipe/i.test(adapter));
    expect(features.subgroups).toBe(gpu.device.features.has('subgroups'));
    expect(features.subgroupSizes[0]).toBeGreaterThanOrEqual(features.subgroups ? 4 : 1);
    expect(features.subgroupSizes[1]).toBeGreaterThanOrEqual(features.subgroupSizes[0]);
    expect(limits.maxStorageBuffersPerShaderStage).toBeGreaterThan(8); // what a device has that asks for nothing
  });

  test('may be held to less than it has', async () => {
    const small = await openGpu({ limits: { maxStorageBufferBindingSize: 2 ** 20 }, features: [] });
    expect(small.limits).toEqual({ ...gpu.limits, maxStorageBufferBindingSize: 2 ** 20 });
    expect(small.features).toEqual({ subgroups: false, subgroupSizes: [1, 1], timestamps: false, f16: false });
    small.release();
  });

  test('is shared, until it is lost', async () => {
    const [first, second] = await Promise.all([sharedGpu(), sharedGpu()]);
    expect(second === first).toBe(true);
    first.release();
    await first.device.lost;
    const third = await sharedGpu();
    expect(third === first).toBe(false);
    third.check();
    third.release();
  });

  test('is known by what it says where the caller gave it, and is then not ours to destroy', async () => {
    const found = (await findGpu()) as { readonly gpu: GPU };
    const device = await (await found.gpu.requestAdapter())!.requestDevice();
    const given = gpuOf(device);
    expect(given.adapter).toBe(gpu.adapter);
    expect(gpuOf(device) === given).toBe(true);
    given.release();
    await device.queue.onSubmittedWorkDone();
    expect(given.isLost).toBe(false);
    given.check();
    device.destroy();
  });
});

describe('an error', () => {
  test('is thrown once by the next check, where nobody waited for it', async () => {
    broken();
    await idle();
    expect(() => gpu.check()).toThrow(
      /^webgpu: the device refused a command \(.*nonsense.*\); please report this, and use backend 'wasm' until it is mended$/,
    );
    gpu.check();
  });

  test('is thrown before what was read is believed', async () => {
    await expect(
      guarded(gpu, async () => {
        broken();
        await idle();
        return 0;
      }),
    ).rejects.toMatchObject({ name: 'GpuError', code: 'validation' });
    expect(await guarded(gpu, () => Promise.resolve(1))).toBe(1);
  });

  test('in what is made is thrown there, with its name, and what was made is undone', async () => {
    const undone: unknown[] = [];
    await expect(scoped(gpu, 'the sweep', broken, (made) => undone.push(made))).rejects.toThrow(
      /^webgpu: the device refused the sweep \(.*nonsense/,
    );
    expect(undone).toHaveLength(1);
    gpu.check();
    const buffer = await scoped(gpu, 'a buffer', () => storage(64));
    expect(buffer.size).toBe(64);
    buffer.destroy();
  });

  test('of the making itself is passed on, and the scopes are closed', async () => {
    const fail = (): never => {
      throw new TypeError('ours');
    };
    await expect(scoped(gpu, 'a buffer', fail)).rejects.toThrow(new TypeError('ours'));
    await expect(gpu.device.popErrorScope()).rejects.toThrow();
  });
});

test('a buffer over the limits is a lack of memory', async () => {
  const over = gpu.limits.maxBufferSize + 4;
  await expect(scoped(gpu, '3 chunks of 5 rows', () => storage(over))).rejects.toThrow(
    /^webgpu: the device has no memory for 3 chunks of 5 rows \(.*\); free the GPU for it, fit fewer rows, columns or components, or use backend 'wasm'$/,
  );
  storage(over);
  await idle();
  expect(() => gpu.check()).toThrow(/no memory for a command/);
});

describe('a device that is destroyed', () => {
  const lost =
    /^webgpu: the device .+ was lost \(destroyed: .*\); fit again; if it is lost again, update the GPU's driver/;

  test('in the middle of a wait says so and what to do', async () => {
    const other = await openGpu();
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const buffer = other.device.createBuffer({ size: 1024, usage });
    const wait = guarded(other, () => buffer.mapAsync(GPUMapMode.READ));
    other.device.destroy();
    await expect(wait).rejects.toThrow(lost);
    await expect(wait).rejects.toMatchObject({ code: 'lost' });
  });

  test('says so at every later use', async () => {
    const other = await openGpu();
    other.device.destroy();
    await other.device.lost;
    expect(other.isLost).toBe(true);
    for (let use = 0; use < 2; use++) {
      expect(() => other.check()).toThrow(lost);
      await expect(scoped(other, 'a buffer', () => 1)).rejects.toThrow(lost);
    }
  });
});
