import type { Gpu } from '../../kernels/webgpu/device.js';

/** Where time went on the device, by its own clock. */
export interface DeviceTime {
  /** Sum over the compute passes; NaN where the device has no timestamps or there were too many passes. */
  readonly seconds: number;
  /** The same by program label; empty unless programs were told apart. */
  readonly programs: Readonly<Record<string, number>>;
}

/** `passes`: compute passes as they are. `programs`: a pass of its own for each dispatch, which costs some overlap. */
export type Grain = 'passes' | 'programs';

/** Most that WebGPU allows in a query set: two for each pass. */
const QUERIES = 4096;

/** Labels of the buffers of rows and of their weights (kernels/webgpu/chunks.ts). */
const ROWS: readonly string[] = ['x', 'v'];

/** GPUBufferUsage. */
const [MAP_READ, COPY_SRC, COPY_DST, QUERY_RESOLVE] = [1, 4, 8, 512];

/**
 * Watches one device from outside: the bytes of its buffers by label, and timestamps around its compute passes. The
 * kernels know nothing of it; whoever opens the device puts it on before anything else is made there.
 */
export class Probe {
  private readonly sizes = new Map<GPUBuffer, readonly [label: string, bytes: number]>();
  private readonly queries: GPUQuerySet | undefined;
  private readonly device: GPUDevice;
  /** A buffer that the device made for the probe itself. */
  private readonly makeBuffer: GPUDevice['createBuffer'];
  private grain: Grain | undefined;
  private labels: string[] = [];
  private peak = 0;

  constructor(gpu: Gpu) {
    const { device } = gpu;
    this.device = device;
    this.queries = gpu.features.timestamps ? device.createQuerySet({ type: 'timestamp', count: QUERIES }) : undefined;
    this.makeBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => this.watched(this.makeBuffer(descriptor), descriptor);
    const makeEncoder = device.createCommandEncoder.bind(device);
    device.createCommandEncoder = (descriptor) => this.timed(makeEncoder(descriptor));
  }

  /** Most bytes that buffers other than the rows' have had at once since the last call. */
  takePeak(): number {
    const { peak } = this;
    this.peak = this.besides();
    return peak;
  }

  /** Bytes of the rows and their weights now. */
  get rowBytes(): number {
    return [...this.sizes.values()].reduce((sum, [label, bytes]) => sum + (ROWS.includes(label) ? bytes : 0), 0);
  }

  /** Runs work that ends with a readback and tells how long the device computed for it. */
  async time(work: () => Promise<unknown>, grain: Grain = 'passes'): Promise<DeviceTime> {
    this.grain = grain;
    this.labels = [];
    try {
      await work();
    } finally {
      this.grain = undefined;
    }
    if (!this.queries || this.labels.length === 0 || 2 * this.labels.length > QUERIES) {
      return { seconds: NaN, programs: {} };
    }
    const ticks = await this.ticks(this.queries, 2 * this.labels.length);
    const programs: Record<string, number> = {};
    let seconds = 0;
    for (const [index, label] of this.labels.entries()) {
      const lasted = Number(ticks[2 * index + 1] - ticks[2 * index]) / 1e9;
      seconds += lasted;
      if (grain === 'programs') programs[label] = (programs[label] ?? 0) + lasted;
    }
    return { seconds, programs };
  }

  private besides(): number {
    return [...this.sizes.values()].reduce((sum, [label, bytes]) => sum + (ROWS.includes(label) ? 0 : bytes), 0);
  }

  private watched(buffer: GPUBuffer, { label = '', size }: GPUBufferDescriptor): GPUBuffer {
    this.sizes.set(buffer, [label, size]);
    this.peak = Math.max(this.peak, this.besides());
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      this.sizes.delete(buffer);
      destroy();
    };
    return buffer;
  }

  private timed(encoder: GPUCommandEncoder): GPUCommandEncoder {
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (descriptor) => {
      if (!this.grain) return begin(descriptor);
      if (this.grain === 'programs') return oneByOne((label) => begin(this.writes(label)));
      return begin(this.writes(''));
    };
    return encoder;
  }

  /** A pass descriptor with the next two queries. */
  private writes(label: string): GPUComputePassDescriptor {
    const at = 2 * this.labels.push(label) - 2;
    if (!this.queries || at + 1 >= QUERIES) return {};
    return {
      timestampWrites: { querySet: this.queries, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 },
    };
  }

  private async ticks(queries: GPUQuerySet, count: number): Promise<BigUint64Array> {
    const size = 8 * count;
    const resolved = this.makeBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    const readback = this.makeBuffer({ size, usage: MAP_READ | COPY_DST });
    try {
      const encoder = this.device.createCommandEncoder();
      encoder.resolveQuerySet(queries, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readback, 0, size);
      this.device.queue.submit([encoder.finish()]);
      await readback.mapAsync(MAP_READ);
      return new BigUint64Array(readback.getMappedRange().slice(0));
    } finally {
      resolved.destroy();
      readback.destroy();
    }
  }
}

/** What our kernels use of a compute pass, each dispatch in a pass of its own. */
function oneByOne(begin: (label: string) => GPUComputePassEncoder): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline | undefined;
  const groups = new Map<number, [GPUBindGroup | null, Iterable<number>]>();
  const pass: Partial<Record<keyof GPUComputePassEncoder, unknown>> = {
    setPipeline: (next: GPUComputePipeline) => void (pipeline = next),
    setBindGroup: (index: number, group: GPUBindGroup | null, offsets: Iterable<number> = []) =>
      void groups.set(index, [group, offsets]),
    dispatchWorkgroups(...grid: [number, number?, number?]) {
      if (!pipeline) throw new Error('probe: expected a pipeline before the dispatch, got none; set it first');
      const one = begin(pipeline.label);
      one.setPipeline(pipeline);
      for (const [index, [group, offsets]] of groups) one.setBindGroup(index, group, [...offsets]);
      one.dispatchWorkgroups(...grid);
      one.end();
    },
    end: () => undefined,
  };
  return pass as unknown as GPUComputePassEncoder;
}
