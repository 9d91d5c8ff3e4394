/**
 * How fast a device has been so far, for the length of dispatches. Drivers reset a device whose dispatch takes seconds,
 * and an abort must be heard soon. Only the cutting of work depends on it, no result does.
 */

/** Floating point operations per second that no GPU is slower than, to begin with. */
const SLOWEST = 1e11;
/** Longest dispatch wanted, and longest work handed over at once, seconds. */
const DISPATCH = 0.03;
const SUBMISSION = 0.25;

const speeds = new WeakMap<GPUDevice, number>();

/** Operations that a dispatch, or a submission, may have. */
export function dispatchOperations(device: GPUDevice): number {
  return DISPATCH * (speeds.get(device) ?? SLOWEST);
}

export function submissionOperations(device: GPUDevice): number {
  return SUBMISSION * (speeds.get(device) ?? SLOWEST);
}

/** Remembers that so many operations took so many seconds; short work says little. */
export function remember(device: GPUDevice, operations: number, seconds: number): void {
  if (seconds > 0.002) speeds.set(device, operations / seconds);
}
