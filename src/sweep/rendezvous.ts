import type { Moments, PlanModel } from '../moments.js';
import type { FittedRows, RowOptions, RowOutputs, Shard, SweepOptions, SweepRequest } from './shard.js';

interface Waiting extends SweepRequest {
  readonly resolve: (moments: Moments) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Where the sweeps of several courses meet: once every course has asked for one, all are made at once. Whatever else a
 * course does with the rows it does alone, and the others wait for it at their next sweeps.
 */
export class Rendezvous implements FittedRows {
  readonly n: number;
  readonly d: number;
  private waiting: Waiting[] = [];
  private broken: { readonly reason: unknown } | undefined;
  /** When who came last will be done with the rows. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly shard: Shard,
    /** Courses that may still ask. */
    private courses: number,
    /** Stops all. */
    private readonly signal?: AbortSignal,
  ) {
    this.n = shard.n;
    this.d = shard.d;
  }

  /** A sweep, made when all others have asked for theirs. */
  sweep(model: PlanModel, { signal: _, ...options }: SweepOptions = {}): Promise<Moments> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ model, options, resolve, reject });
      this.meet();
    });
  }

  async *rows(model: PlanModel, options?: RowOptions): AsyncIterable<RowOutputs> {
    const done = await this.turn();
    try {
      yield* this.shard.rows(model, options);
    } finally {
      done();
    }
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    return this.alone(() => this.shard.take(indices));
  }

  /** Work on the shard itself, which nobody else uses meanwhile; it must not ask for a sweep here. Its error ends all. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.turn();
    try {
      if (this.broken) throw this.broken.reason;
      return await work();
    } catch (error) {
      this.break(error); // now, or the next would have begun before the course tells
      throw error;
    } finally {
      done();
    }
  }

  /** To be called by each course that asks for nothing more. */
  leave(): void {
    this.courses--;
    this.meet();
  }

  /** Ends all courses: their sweeps reject with the reason. */
  break(reason: unknown): void {
    this.broken ??= { reason };
    this.meet();
  }

  /** Resolves when all who came before are done with the rows, with what tells those who come after. */
  private async turn(): Promise<() => void> {
    const before = this.last;
    let done = (): void => undefined;
    this.last = new Promise((resolve) => (done = resolve));
    await before;
    return done;
  }

  private meet(): void {
    const { waiting, broken } = this;
    if (waiting.length === 0 || (waiting.length < this.courses && !broken)) return;
    this.waiting = [];
    if (broken) for (const { reject } of waiting) reject(broken.reason);
    else void this.serve(waiting);
  }

  private async serve(waiting: readonly Waiting[]): Promise<void> {
    try {
      const moments = await this.sweepAll(waiting);
      for (const [index, { resolve }] of waiting.entries()) resolve(moments[index]);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }

  private async sweepAll(waiting: readonly Waiting[]): Promise<Moments[]> {
    const { shard, signal } = this;
    if (shard.joint && waiting.length > 1) return shard.joint.sweep(waiting, signal);
    const moments: Moments[] = [];
    for (const { model, options } of waiting) moments.push(await shard.sweep(model, { ...options, signal }));
    return moments;
  }
}
