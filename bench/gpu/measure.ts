import { bytesOf, type RowFormat } from '../../kernels/webgpu/rows.wgsl.js';
import type { Dataset } from '../../src/data/dataset.js';
import type { Components } from '../../src/families/components.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { PlanModel } from '../../src/sweep/model.js';
import type { Moments } from '../../src/sweep/moments.js';
import { seededRandom } from '../../src/base/random.js';
import { logVolume } from '../../src/families/scaling.js';
import { kMeansPlusPlus } from '../../src/seeding/k-means-plus-plus.js';
import { clocked, median } from '../iterations.js';
import { operations, type Size } from '../problem.js';
import type { Ceilings } from './ceilings.js';
import { balls } from './check.js';
import type { Start } from './cloud.js';
import { modelAt } from './model.js';
import type { DeviceTime, Grain, Probe } from './probe.js';

/** One line of the bench. Seconds are medians over the iterations. */
export interface GpuResult extends Size {
  /** How rows are held; float32 where it is not said. */
  readonly format?: RowFormat;
  readonly iterations: number;
  readonly seconds: {
    /** One sweep, by the device's timestamps. */
    readonly device: number;
    /** One sweep, from the call to moments on the host. */
    readonly sweep: number;
    /** One EM iteration: a sweep and the host's M-step. */
    readonly iteration: number;
    readonly seeding: number;
  };
  /** Seconds of one sweep by kernel, each dispatch in a pass of its own. */
  readonly programs: Readonly<Record<string, number>>;
  /** Of EM iterations, by the wall clock. */
  readonly rowsPerSecond: number;
  /** Counted operations a second of device time, and their share of the multiply-add peak. */
  readonly flops: number;
  readonly ofPeak: number;
  /** Bytes of rows and row weights, read once; a second of device time, and their share of the copy bandwidth. */
  readonly bytes: number;
  readonly bandwidth: number;
  readonly ofCopy: number;
  /** Most bytes of device memory besides the rows, during EM and during seeding. */
  readonly memory: { readonly em: number; readonly seeding: number };
  /** Where second moments were summed: it decides how much is computed. */
  readonly frame: string;
  /** Mean log-likelihood after the iterations, nats. */
  readonly objective: number;
}

export interface Bench {
  readonly probe: Probe;
  readonly ceilings: Ceilings;
  readonly iterations: number;
}

type Sized = Pick<GpuResult, keyof Size | 'format'>;

/**
 * EM from a start, over rows on the device: two iterations to warm up, then from the start again those that are timed.
 */
export async function measure(dataset: Dataset, size: Sized, from: Start, bench: Bench): Promise<GpuResult> {
  const { probe, ceilings, iterations } = bench;
  const { shard, scaling } = dataset;
  const { n, d, k } = size;
  probe.takePeak();
  const run = new Run(dataset, size, from, probe);
  for (let warm = 0; warm < 2; warm++) await run.step();
  run.restart();
  for (let iteration = 0; iteration < iterations; iteration++) await run.step();
  const { device, sweep, iteration } = run.medians();
  const programs = await run.evaluate();
  const em = probe.takePeak();
  const variances = scaling.scale.map(() => 1);
  const seed = (): Promise<unknown> => kMeansPlusPlus({ shard, k, variances, random: seededRandom(1) });
  await seed(); // compiles
  const seeding = await clocked(seed);
  const flops = operations(size) / device;
  const bytes = n * (bytesOf(size.format ?? 'float32') * d + 4);
  return {
    ...{ ...size, iterations, seconds: { device, sweep, iteration, seeding }, programs, rowsPerSecond: n / iteration },
    ...{ flops, ofPeak: flops / ceilings.flops, bytes, bandwidth: bytes / device },
    ...{ ofCopy: bytes / device / ceilings.copy, memory: { em, seeding: probe.takePeak() }, frame: run.frame },
    objective: -run.objective - logVolume(scaling),
  };
}

/** Seconds of a sweep by the device's timestamps: the median over the iterations, after one to warm up. */
export async function sweepSeconds(dataset: Dataset, size: Size, from: Start, bench: Bench): Promise<number> {
  const run = new Run(dataset, size, from, bench.probe);
  await run.step();
  run.restart();
  for (let iteration = 0; iteration < bench.iterations; iteration++) await run.step();
  return run.medians().device;
}

/** EM, step by step, with the times of each. */
class Run {
  frame = '';
  /** F of the last sweep, in the shard's coordinates, nats. */
  objective = 0;
  private readonly family;
  private readonly first: Components;
  private readonly regularization: Float64Array;
  private components: Components;
  private weights: Float64Array;
  private times: readonly Record<'device' | 'sweep' | 'iteration', number>[] = [];

  constructor(
    private readonly dataset: Dataset,
    { covariance, d, k }: Size,
    private readonly start: Start,
    private readonly probe: Probe,
  ) {
    const { scaling } = dataset;
    this.family = gaussian({ covariance });
    this.regularization = scaling.scale.map((scale) => 1e-6 / scale ** 2);
    const dense = { means: start.means, covariances: balls(k, d, start.variance) };
    this.first = this.components = this.family.toShard(this.family.fromParameters(dense, 'start'), scaling);
    this.weights = Float64Array.from(start.weights);
  }

  restart(): void {
    this.components = this.first;
    this.weights = Float64Array.from(this.start.weights);
    this.times = [];
  }

  async step(): Promise<void> {
    const began = performance.now();
    const model = modelAt(this.family, this.components, this.weights);
    const packing = since(began);
    const { moments, device, sweep } = await this.sweep(model);
    const summed = performance.now();
    const { regularization } = this;
    this.components = this.family.estimate(moments, model.components, { regularization }).components;
    this.weights = moments.mass.map((mass) => mass / moments.weight);
    // What the probe does between the two is no part of it.
    this.times = [...this.times, { device: device.seconds, sweep, iteration: packing + sweep + since(summed) }];
  }

  /** A last sweep, for the objective of what it ended with; resolves to its seconds by kernel. */
  async evaluate(): Promise<DeviceTime['programs']> {
    const { device } = await this.sweep(modelAt(this.family, this.components, this.weights), 'programs');
    return device.programs;
  }

  medians(): Record<'device' | 'sweep' | 'iteration', number> {
    const of = (name: 'device' | 'sweep' | 'iteration'): number => median(this.times.map((time) => time[name]));
    return { device: of('device'), sweep: of('sweep'), iteration: of('iteration') };
  }

  private async sweep(model: PlanModel, grain: Grain = 'passes') {
    const { shard } = this.dataset;
    let result: { moments: Moments; sweep: number } | undefined;
    const device = await this.probe.time(async () => {
      const began = performance.now();
      const [moments] = await shard.sweep([{ model, objectiveNear: this.objective }]);
      result = { moments, sweep: since(began) };
    }, grain);
    if (!result) throw new Error('bench: expected the moments of a sweep, got none');
    const { moments } = result;
    this.objective = moments.objective / moments.weight;
    this.frame = moments.quadratic[0].frame;
    return { ...result, device };
  }
}

const since = (began: number): number => (performance.now() - began) / 1000;
