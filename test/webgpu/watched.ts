/** A device whose buffers are counted, and that can be made to refuse what it is asked for. */

type Asked = 'buffers' | 'pipelines';

export interface Watched {
  /** Buffers made and not destroyed. */
  alive(): number;
  /** Bytes of storage buffers that were alive at once, at the most. */
  most(): number;
  /** From now on the `nth` request for a buffer or a pipeline is refused, and no other. */
  refuse(asked: Asked, nth: number): void;
  /** Leaves the device as it was. */
  restore(): void;
}

export function watch(device: GPUDevice): Watched {
  const { createBuffer, createComputePipelineAsync } = device;
  let [alive, held, most] = [0, 0, 0];
  const left = { buffers: Infinity, pipelines: Infinity };
  device.createBuffer = (descriptor) => {
    // What is mapped for reading may be no storage: the device says so in its error scope, as
    // it would say that memory ended.
    const usage = --left.buffers === 0 ? GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE : descriptor.usage;
    const buffer = createBuffer.call(device, { ...descriptor, usage });
    const { destroy } = buffer;
    const bytes = descriptor.usage & GPUBufferUsage.STORAGE ? descriptor.size : 0;
    alive++;
    most = Math.max(most, (held += bytes));
    buffer.destroy = () => {
      alive--;
      held -= bytes;
      buffer.destroy = destroy;
      destroy.call(buffer);
    };
    return buffer;
  };
  device.createComputePipelineAsync = (descriptor) =>
    --left.pipelines === 0
      ? Promise.reject(new Error('no pipeline'))
      : createComputePipelineAsync.call(device, descriptor);
  return {
    alive: () => alive,
    most: () => most,
    refuse(asked, nth) {
      left[asked] = nth;
    },
    restore: () => Object.assign(device, { createBuffer, createComputePipelineAsync }),
  };
}
