import { Acceleration } from '../base/anderson.js';
import { largest } from '../base/numbers.js';
import type { Ending, Evaluation, Iteration, SinkhornStatus } from './iteration.js';

/** Differences that acceleration remembers, and what makes their normal equations definite. */
const MEMORY = 8;
const RIDGE = 1e-12;
/** So many iterations without an error less than this share of the best are a stall. */
const STALL = 20;
const IMPROVEMENT = 0.9;

/** One problem on its way. */
export class Runner {
  ending: Ending | undefined;
  private best: { error: number; x: Float64Array; kept: readonly Float64Array[] } | undefined;
  private since = 0;
  private last: number | undefined;
  /** The next error, if it falls as this one did. */
  private expected = Infinity;
  readonly acceleration: Acceleration | undefined;

  constructor(
    private readonly batch: number,
    private readonly iteration: Iteration,
  ) {
    const weights = this.part(iteration.weights);
    this.acceleration = iteration.accelerate ? new Acceleration({ weights, memory: MEMORY, ridge: RIDGE }) : undefined;
  }

  part(values: Float64Array): Float64Array {
    const length = values.length / this.iteration.batches;
    return values.subarray(this.batch * length, (this.batch + 1) * length);
  }

  /** Where to go from x, of this error, when the plain iteration goes to what it reached. */
  next(x: Float64Array, reached: Float64Array, error: number): Float64Array {
    return this.acceleration?.next(x, reached, error) ?? reached;
  }

  /** At the last ε: remembers the best, and ends where there is nothing more to gain; if rough, where it is aborted. */
  judge(x: Float64Array, { errors, kept }: Evaluation, iterations: number, epsilon: number, rough: boolean): void {
    const error = errors[this.batch];
    this.expected = this.last === undefined ? error : error * Math.min(1, error / this.last);
    this.last = error;
    this.since++;
    if (!this.best || error < this.best.error) {
      if (!this.best || error < IMPROVEMENT * this.best.error) this.since = 0;
      this.best = { error, x: this.part(x), kept: kept.map((values) => this.part(values)) };
    }
    if (rough) {
      if (this.iteration.signal?.aborted) this.end('aborted', iterations);
      return;
    }
    const enough = iterations >= (this.iteration.minIterations ?? 0);
    if (enough && this.best.error <= this.iteration.tolerance) this.end('converged', iterations);
    else if (enough && this.since >= STALL && this.best.error <= this.floor(epsilon)) this.end('precision', iterations);
    else if (this.iteration.signal?.aborted) this.end('aborted', iterations);
    else if (iterations >= this.iteration.maxIterations) this.end('maxIterations', iterations);
  }

  /** Whether rough evaluations, whose rounding makes this error, have given what they can, or will with the next. */
  outgrown(rounding: number): boolean {
    const { best, expected, since, iteration } = this;
    if (!best || expected <= Math.max(iteration.tolerance, rounding)) return true;
    return since >= STALL && best.error <= 16 * rounding;
  }

  /** What was the best by other evaluations need not be so by those to come. */
  forget(): void {
    this.best = undefined;
    this.since = 0;
  }

  /** The error that rounding of potentials may make: masses are exponentials of them over ε. */
  private floor(epsilon: number): number {
    const size = Math.max(...[this.best?.x ?? [], ...(this.best?.kept ?? [])].map(largest));
    return (16 * this.iteration.roundoff * size) / epsilon;
  }

  private end(status: SinkhornStatus, iterations: number): void {
    const { error, x, kept } = this.best as NonNullable<typeof this.best>;
    this.ending = { status, iterations, error, x, kept };
  }
}
