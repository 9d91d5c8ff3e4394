/** What passes between the host and a device. */
export interface Traffic {
  /** How often work was handed over. */
  readonly submissions: number;
  /** How often the host waited for the device: for something to read, or for work to be done. */
  readonly waits: number;
  /** Of these, those at whose end the device had nothing left to do: nothing was handed over since they began. */
  readonly stalls: number;
  /** Dispatches that were recorded while the device had nothing to do: at the beginning, and after each stall. */
  readonly idly: number;
  /** Bytes that the host read, and wrote. */
  readonly read: number;
  readonly written: number;
}

/** Counts what passes meanwhile between the host and a device, whoever uses it. Of one work at a time. */
export async function trafficOf(device: GPUDevice, work: () => Promise<unknown>): Promise<Traffic> {
  const { queue } = device;
  const counted = { submissions: 0, waits: 0, stalls: 0, idly: 0, read: 0, written: 0 };
  let idle = true;
  const waitedFor = (wait: Promise<unknown>): void => {
    const { submissions } = counted;
    counted.waits++;
    const stalled = (): void => {
      if (idle || counted.submissions > submissions) return;
      idle = true;
      counted.stalls++;
    };
    wait.then(stalled, () => undefined);
  };
  const buffers = GPUBuffer.prototype;
  const undo = [
    watched(queue, 'submit', () => {
      counted.submissions++;
      idle = false;
    }),
    watched(queue, 'onSubmittedWorkDone', (done) => waitedFor(done)),
    watched(queue, 'writeBuffer', (_, ...[, , data, , size]) => (counted.written += size ?? data.byteLength)),
    watched(buffers, 'mapAsync', (mapped, mode) => {
      if (mode === 1) waitedFor(mapped); // GPUMapMode.READ
    }),
    watched(buffers, 'getMappedRange', function (this: GPUBuffer, _, _offset, size) {
      const bytes = size ?? this.size;
      if (this.usage & 1)
        counted.read += bytes; // GPUBufferUsage.MAP_READ
      else counted.written += bytes; // mapped when it was made, to be filled
    }),
    watched(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => (counted.idly += idle ? 1 : 0)),
  ];
  try {
    await work();
    return counted;
  } finally {
    for (const one of undo) one();
  }
}

/** Has a method say what it returns and was called with; returns what makes it as it was. */
function watched<T extends object, Name extends keyof T>(
  object: T,
  name: Name,
  see: T[Name] extends (...given: infer Given) => infer Result
    ? (this: T, result: Result, ...given: Given) => unknown
    : never,
): () => void {
  const own = Object.getOwnPropertyDescriptor(object, name);
  const method = object[name] as (...given: unknown[]) => unknown;
  Object.defineProperty(object, name, {
    configurable: true,
    writable: true,
    value(this: T, ...given: unknown[]) {
      const result = method.apply(this, given);
      (see as (this: T, ...seen: unknown[]) => unknown).call(this, result, ...given);
      return result;
    },
  });
  return () => {
    if (own) Object.defineProperty(object, name, own);
    else Reflect.deleteProperty(object, name);
  };
}
