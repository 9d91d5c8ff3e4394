/** What `auto` makes of WebGPU. Each test begins as a new program does, before any device was opened. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type * as Backend from '../../src/backend/resolve.js';

let backend: typeof Backend;
beforeEach(async () => {
  vi.resetModules();
  backend = await import('../../src/backend/resolve.js');
});
afterEach(() => vi.unstubAllGlobals());

/** What a browser, or a caller's own set-up, has as its entry to WebGPU. */
function stubGpu(adapter: unknown): void {
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });
}

const h200 = { vendor: 'nvidia', architecture: 'hopper', device: '', description: 'NVIDIA H200' };

test('takes it on a real GPU, and no software adapter', async () => {
  const report = await backend.probeBackend('webgpu');
  expect(report.usable).toBe(true);
  expect(report.details).toEqual([
    expect.stringMatching(/^buffers of \d+ [MG]iB, bindings of [\d.]+ [MG]iB, \d+ to a shader$/),
    expect.stringMatching(/^workgroups of \d+ with \d+ KiB; (no subgroups|subgroups of \d+)/),
  ]);
  const { name, notes } = await backend.resolveBackend('auto');
  expect(name).toBe(report.gpu ? 'webgpu' : 'wasm');
  expect(notes).toEqual([]);
});

test('says of a GPU that gives no device why it runs elsewhere', async () => {
  const requestDevice = (): Promise<never> => Promise.reject(new Error('the driver is too old'));
  stubGpu({ info: h200, features: new Set(), limits: {}, requestDevice });
  const reason = 'the adapter nvidia hopper, NVIDIA H200 gave no device (the driver is too old)';
  expect(await backend.resolveBackend('auto')).toMatchObject({ name: 'wasm', notes: [`not on webgpu: ${reason}`] });
  await expect(backend.resolveBackend('webgpu')).rejects.toThrow(`got "webgpu" (${reason}); use 'auto'`);
});

test('says of a GPU that computes wrongly why it runs elsewhere', async () => {
  const { findGpu } = await import('#gpu');
  const found = (await findGpu()) as { readonly gpu: GPU };
  const adapter = (await found.gpu.requestAdapter())!;
  vi.resetModules();
  backend = await import('../../src/backend/resolve.js');
  const requestDevice = async (): Promise<GPUDevice> => {
    const device = await adapter.requestDevice();
    device.queue.writeBuffer = () => undefined;
    return device;
  };
  stubGpu({ info: h200, features: new Set(), limits: {}, requestDevice });
  const reason = 'the device nvidia hopper, NVIDIA H200 computes wrongly';
  expect(await backend.resolveBackend('auto')).toMatchObject({ name: 'wasm', notes: [`not on webgpu: ${reason}`] });
});

test('has nothing to say where there is no GPU', async () => {
  stubGpu(null);
  expect(await backend.resolveBackend('auto')).toMatchObject({ name: 'wasm', notes: [] });
  await expect(backend.resolveBackend('webgpu')).rejects.toThrow('no adapter was found');
});
