import { vi } from 'vitest';
import { remember } from '../../kernels/webgpu/speed.js';

/** How often work is handed to the device meanwhile, however long that takes. */
export async function submissionsOf(device: GPUDevice, work: () => Promise<unknown>): Promise<number> {
  remember(device, 1e9, 0.01); // a device that seems slow is handed less at once
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1); // and what takes no time says nothing of its speed
  const submit = vi.spyOn(device.queue, 'submit');
  try {
    await work();
    return submit.mock.calls.length;
  } finally {
    submit.mockRestore();
    clock.mockRestore();
  }
}
