/** Commands on their way to a device: one encoder for as much work as it does in a fraction of a second. */
import type { Gpu } from './device.js';
import { guarded } from './scope.js';
import { remember, submissionOperations } from './speed.js';

/** The first submission's share of what others may have: the device begins with it while the rest is recorded. */
const FIRST = 1 / 64;

/** When the work of each device was last known to be done. */
const ended = new WeakMap<GPUDevice, number>();

export class Recorder {
  private encoder: GPUCommandEncoder;
  private pass: GPUComputePassEncoder | undefined;
  private operations = 0;
  private total = 0;
  private started = 0;
  /** The submission before the last: when it is done, at most one waits. */
  private earlier: Promise<undefined> | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly signal?: AbortSignal | undefined,
  ) {
    this.encoder = gpu.device.createCommandEncoder();
  }

  /** For dispatches. */
  get compute(): GPUComputePassEncoder {
    this.pass ??= this.encoder.beginComputePass();
    return this.pass;
  }

  /** For copies and clears. */
  get commands(): GPUCommandEncoder {
    this.pass?.end();
    this.pass = undefined;
    return this.encoder;
  }

  /** Says that so many operations were recorded; hands them over when they are many, and stops where that is wanted. */
  async recorded(operations: number): Promise<void> {
    this.operations += operations;
    const isFirst = this.total === 0;
    if (this.operations < submissionOperations(this.gpu.device) * (isFirst ? FIRST : 1)) return;
    this.submit();
    if (isFirst) return;
    const latest = this.gpu.device.queue.onSubmittedWorkDone();
    latest.catch(() => undefined); // told by the next wait
    const { earlier } = this;
    this.earlier = latest;
    if (earlier) await guarded(this.gpu, () => earlier);
    this.throwIfAborted();
  }

  /** Stops where that is wanted. */
  throwIfAborted(): void {
    this.signal?.throwIfAborted();
  }

  /** Hands over what was recorded. */
  submit(): void {
    if (this.started === 0) this.started = performance.now();
    this.gpu.device.queue.submit([this.commands.finish()]);
    this.encoder = this.gpu.device.createCommandEncoder();
    this.total += this.operations;
    this.operations = 0;
  }

  /**
   * To be called when all that was submitted is known to be done: the device's speed is what it did since the first
   * submission, or since what others had submitted before was done. That counts what the host did between submissions too, and rows on their way up, where the device had
   * to wait for them. The device then seems slower than it is, which makes dispatches shorter than need be and never
   * longer. The host or the bus decides there how long a sweep takes anyway. Ways to sum are tried before the first
   * submission.
   */
  done(): void {
    const { device } = this.gpu;
    const now = performance.now();
    remember(device, this.total, (now - Math.max(this.started, ended.get(device) ?? 0)) / 1000);
    ended.set(device, now);
  }
}
