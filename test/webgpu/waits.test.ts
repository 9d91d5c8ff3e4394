import { expect, test, vi } from 'vitest';
import { openGpu } from '../../kernels/webgpu/device.js';
import { programOf } from '../../kernels/webgpu/program.js';

/** So much that the driver takes a while to compile it. */
const code = `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1) fn main() { ${'x[0] = sin(x[1]) + x[2];'.repeat(50)} }`;

test('Dawn, waiting, asks once a millisecond, and other callbacks of setImmediate come before timers', async () => {
  const gpu = await openGpu();
  const asked = vi.spyOn(globalThis, 'setImmediate');
  try {
    const from = performance.now();
    await programOf(gpu.device, { label: 'a long one', code, bindings: ['write'] });
    const milliseconds = performance.now() - from;
    expect(asked.mock.calls.length).toBeGreaterThan(0);
    expect(asked.mock.calls.length).toBeLessThan(5 + 2 * milliseconds); // timers round
  } finally {
    asked.mockRestore();
    gpu.release();
  }
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    setTimeout(() => resolve(void order.push('timer')), 20);
    setImmediate((word: string) => void order.push(word), 'immediate');
  });
  expect(order).toEqual(['immediate', 'timer']);
});
