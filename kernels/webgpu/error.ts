/** What kind of failure a {@link GpuError} reports. */
export type GpuErrorCode =
  | 'absent' // there is no WebGPU here, or no adapter or device
  | 'lost' // the device is gone: reset, unplugged, destroyed
  | 'memory' // the device has not the memory, or a buffer exceeds its limits
  | 'validation'; // the device refused what it was asked to do, a fault of ours or of the driver

const remedies: Readonly<Record<GpuErrorCode, string>> = {
  absent: "use backend 'auto' or 'wasm', or see what `otmix doctor` says",
  lost: "fit again; if it is lost again, update the GPU's driver or use backend 'wasm'",
  memory: "free the GPU for it, fit fewer rows, columns or components, or use backend 'wasm'",
  validation: "please report this, and use backend 'wasm' until it is mended",
};

/** A failure of the GPU: one line that says what happened and what to do. */
export class GpuError extends Error {
  override readonly name = 'GpuError';

  constructor(
    readonly code: GpuErrorCode,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`webgpu: ${what}; ${remedies[code]}`.replace(/\s*\n\s*/g, ' '), options);
  }
}

/** What a device reported, of `what` it was asked to do. */
export function reported(error: GPUError, what: string): GpuError {
  const message = error.message.trim();
  const options = { cause: error };
  if (isMemory(error)) return new GpuError('memory', `the device has no memory for ${what} (${message})`, options);
  return new GpuError('validation', `the device refused ${what} (${message})`, options);
}

/** A buffer over a limit is refused as invalid before any memory is asked for: to the user it is the same. */
function isMemory(error: GPUError): boolean {
  if (error.constructor.name === 'GPUOutOfMemoryError') return true;
  return /out of memory|exceeds the max (buffer|.*binding) size/i.test(error.message);
}
