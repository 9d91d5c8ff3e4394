/** What passes between the host and a device. */
export interface Traffic {
  /** How often work was handed over. */
  readonly submissions: number;
  /** How often the host waited for the device: for something to read, or for work to be done. */
  readonly waits: number;
  /** Bytes that the host read, and wrote. */
  readonly read: number;
  readonly written: number;
}

/** Counts what passes meanwhile between the host and a device, whoever uses it. Of one work at a time. */
export async function trafficOf(device: GPUDevice, work: () => Promise<unknown>): Promise<Traffic> {
  const { queue } = device;
  const counted = { submissions: 0, waits: 0, read: 0, written: 0 };
  const buffers = GPUBuffer.prototype;
  const undo = [
    watched(queue, 'submit', () => counted.submissions++),
    watched(queue, 'onSubmittedWorkDone', () => counted.waits++),
    watched(queue, 'writeBuffer', (...[, , data, , size]) => (counted.written += size ?? data.byteLength)),
    watched(buffers, 'mapAsync', (mode) => (counted.waits += mode === 1 ? 1 : 0)), // GPUMapMode.READ
    watched(buffers, 'getMappedRange', function (this: GPUBuffer, _offset, size) {
      const bytes = size ?? this.size;
      if (this.usage & 1)
        counted.read += bytes; // GPUBufferUsage.MAP_READ
      else counted.written += bytes; // mapped when it was made, to be filled
    }),
  ];
  try {
    await work();
    return counted;
  } finally {
    for (const one of undo) one();
  }
}

/** Has a method say what it is called with; returns what makes it as it was. */
function watched<T extends object, Name extends keyof T>(
  object: T,
  name: Name,
  see: T[Name] extends (...given: infer Given) => unknown ? (this: T, ...given: Given) => unknown : never,
): () => void {
  const own = Object.getOwnPropertyDescriptor(object, name);
  const method = object[name] as (...given: unknown[]) => unknown;
  Object.defineProperty(object, name, {
    configurable: true,
    writable: true,
    value(this: T, ...given: unknown[]) {
      (see as (this: T, ...given: unknown[]) => unknown).apply(this, given);
      return method.apply(this, given);
    },
  });
  return () => {
    if (own) Object.defineProperty(object, name, own);
    else Reflect.deleteProperty(object, name);
  };
}
