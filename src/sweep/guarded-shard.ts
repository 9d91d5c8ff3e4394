import type { Gpu } from '../../kernels/webgpu/device.js';
import { guarded } from '../../kernels/webgpu/scope.js';
import type { Moments, PlanModel } from '../moments.js';
import type { NearestCentres, RowOptions, RowOutputs, Shard, SweepOptions } from './shard.js';

/** A shard on a GPU whose answers are not believed before the device was asked whether anything went wrong. */
export class GuardedShard implements Shard {
  constructor(
    private readonly gpu: Gpu,
    private readonly inner: Shard,
  ) {}

  get n(): number {
    return this.inner.n;
  }

  get d(): number {
    return this.inner.d;
  }

  sweep(model: PlanModel, options?: SweepOptions): Promise<Moments> {
    return guarded(this.gpu, () => this.inner.sweep(model, options));
  }

  async *rows(model: PlanModel, options?: RowOptions): AsyncIterable<RowOutputs> {
    const blocks = this.inner.rows(model, options)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await guarded(this.gpu, () => blocks.next());
        if (step.done) return;
        yield step.value;
      }
    } finally {
      await blocks.return?.();
    }
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    return guarded(this.gpu, () => this.inner.take(indices));
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres {
    const { gpu } = this;
    gpu.check();
    const nearest = this.inner.nearestCentres(metric, signal);
    return {
      potentials: (candidates) => guarded(gpu, () => nearest.potentials(candidates)),
      add: (centre) => guarded(gpu, () => nearest.add(centre)),
      draw: (uniform) => guarded(gpu, () => nearest.draw(uniform)),
      dispose: () => nearest.dispose(),
    };
  }

  dispose(): void {
    this.inner.dispose();
  }
}
