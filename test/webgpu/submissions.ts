import { vi } from 'vitest';
import { remember } from '../../kernels/webgpu/speed.js';

/** What work gives that is cut as on a device of one speed, however long it takes. */
export async function atOneSpeed<T>(device: GPUDevice, work: () => Promise<T>): Promise<T> {
  remember(device, 1e9, 0.01); // a device that seems slow is handed less at once
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1); // and what takes no time says nothing of its speed
  try {
    return await work();
  } finally {
    clock.mockRestore();
  }
}

/** How often work is handed to the device meanwhile. */
export async function submissionsOf(device: GPUDevice, work: () => Promise<unknown>): Promise<number> {
  const submit = vi.spyOn(device.queue, 'submit');
  try {
    await atOneSpeed(device, work);
    return submit.mock.calls.length;
  } finally {
    submit.mockRestore();
  }
}
