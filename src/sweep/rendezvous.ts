import type { PlanModel } from './model.js';
import type { Moments } from './moments.js';
import type {
  BorrowedShard,
  NearestCentres,
  RowOptions,
  RowOutputs,
  Shard,
  SweepOptions,
  SweepRequest,
  TakeOptions,
} from './shard.js';

interface Waiting {
  readonly requests: readonly SweepRequest[];
  readonly resolve: (moments: Moments[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Where the sweeps of several jobs meet: once every job has asked for one, all are made at once. Other reads are
 * made as they come, one after the other where the shard wants that; no sweep is under way meanwhile.
 */
export class Rendezvous implements BorrowedShard {
  readonly n: number;
  readonly d: number;
  private waiting: Waiting[] = [];
  private broken: { readonly reason: unknown } | undefined;
  /** When the read that came last will be done. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly shard: Shard,
    /** Jobs that may still ask. */
    private jobs: number,
    /** Stops all. */
    private readonly signal?: AbortSignal,
  ) {
    this.n = shard.n;
    this.d = shard.d;
  }

  /** A sweep, made when all others have asked for theirs. */
  sweep(requests: readonly SweepRequest[], _options?: SweepOptions): Promise<Moments[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ requests, resolve, reject });
      this.meet();
    });
  }

  /** Whoever reads rows must read nothing else before their end: that read would wait for it. */
  async *rows(model: PlanModel, options?: RowOptions): AsyncIterable<RowOutputs> {
    const done = await this.turn();
    try {
      yield* this.shard.rows(model, options);
    } finally {
      done();
    }
  }

  take(indices: readonly number[], options?: TakeOptions): Promise<Float64Array> {
    return this.read(() => this.shard.take(indices, options));
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres {
    const nearest = this.shard.nearestCentres(metric, signal);
    return {
      potentials: (candidates) => this.read(() => nearest.potentials(candidates)),
      add: (centres) => this.read(() => nearest.add(centres)),
      draw: (uniforms) => this.read(() => nearest.draw(uniforms)),
      sums: () => nearest.sums(),
      dispose: () => nearest.dispose(),
    };
  }

  private async read<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.turn();
    try {
      if (this.broken) throw this.broken.reason;
      return await work();
    } finally {
      done();
    }
  }

  /** To be called by each job that asks for nothing more. */
  leave(): void {
    this.jobs--;
    this.meet();
  }

  /** Ends all jobs: their sweeps reject with the reason. */
  break(reason: unknown): void {
    this.broken ??= { reason };
    this.meet();
  }

  /** Resolves when all reads that came before are done, with what tells those that come after. */
  private async turn(): Promise<() => void> {
    if (this.shard.overlapping) return () => undefined;
    const before = this.last;
    let done = (): void => undefined;
    this.last = new Promise((resolve) => (done = resolve));
    await before;
    return done;
  }

  private meet(): void {
    const { waiting, broken } = this;
    if (waiting.length === 0 || (waiting.length < this.jobs && !broken)) return;
    this.waiting = [];
    if (broken) for (const { reject } of waiting) reject(broken.reason);
    else void this.serve(waiting);
  }

  private async serve(waiting: readonly Waiting[]): Promise<void> {
    try {
      const all = waiting.flatMap(({ requests }) => requests);
      const moments = await this.shard.sweep(all, { signal: this.signal });
      for (const { requests, resolve } of waiting) resolve(moments.splice(0, requests.length));
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
