import { yieldToEvents } from '../base/event-loop.js';
import { Path } from './path.js';

/** Why the iteration of a problem ended. */
export type SinkhornStatus = 'converged' | 'maxIterations' | 'precision' | 'aborted';

/** From the best to the worst. */
const order: readonly SinkhornStatus[] = ['converged', 'precision', 'maxIterations', 'aborted'];

export function worstOf(statuses: readonly SinkhornStatus[]): SinkhornStatus {
  return order[Math.max(...statuses.map((status) => order.indexOf(status)))];
}

/** One iteration of every problem: where the plain iteration goes from x, and what x itself is worth. */
export interface Evaluation {
  /** `[B, length]` */
  readonly reached: Float64Array;
  /** L1 error of the marginals at x, as a share of the mass, `[B]`. */
  readonly errors: Float64Array;
  /** What belongs to x, each `[B, its length]`, kept for the solution. */
  readonly kept: readonly Float64Array[];
}

/** Where the iteration stands. */
export interface IterationProgress {
  readonly iteration: number;
  /** The ε of this iteration: larger ones come first where it is scaled. */
  readonly epsilon: number;
  /** The largest L1 error of the marginals, as a share of the mass, and how many problems have not converged. */
  readonly error: number;
  readonly remaining: number;
}

export interface Iteration {
  readonly batches: number;
  /** Norm in which acceleration measures residuals, `[B, length]`. */
  readonly weights: Float64Array;
  /** The values of ε to go through; only at the last one is anything converged. */
  readonly epsilons: readonly number[];
  readonly tolerance: number;
  readonly minIterations?: number;
  readonly maxIterations: number;
  readonly accelerate: boolean;
  /** Unit roundoff of the softmins. */
  readonly roundoff: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: IterationProgress) => void) | undefined;
  evaluate: Evaluate;
  /** The same, less exact and in less time: to begin with. */
  readonly rough?: RoughIteration | undefined;
}

export type Evaluate = (x: Float64Array, epsilon: number) => Promise<Evaluation>;

export interface RoughIteration {
  readonly evaluate: Evaluate;
  /** The error of the marginals that rounding may make: under it there is nothing to gain. */
  readonly error: (epsilon: number) => number;
}

/** Where the iteration of one problem ended. */
export interface Ending {
  readonly status: SinkhornStatus;
  readonly iterations: number;
  readonly error: number;
  /** `[length]` */
  readonly x: Float64Array;
  readonly kept: readonly Float64Array[];
}

/** Until this error, or for so many iterations, an ε on the way is kept to. */
const STAGE_ERROR = 0.2;
const STAGE_ITERATIONS = 10;
/** So many iterations without an error less than this share of the best are a stall. */
const STALL = 20;
const IMPROVEMENT = 0.9;

/** One problem on its way. */
class Runner {
  ending: Ending | undefined;
  private best: { error: number; x: Float64Array; kept: readonly Float64Array[] } | undefined;
  private since = 0;
  private last: number | undefined;
  /** The next error, if it falls as this one did. */
  private expected = Infinity;
  readonly path: Path;

  constructor(
    private readonly batch: number,
    private readonly iteration: Iteration,
  ) {
    this.path = new Path(this.part(iteration.weights), iteration.accelerate);
  }

  part(values: Float64Array): Float64Array {
    const length = values.length / this.iteration.batches;
    return values.subarray(this.batch * length, (this.batch + 1) * length);
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

/**
 * Iterates all problems to their ends, from `start` `[B, length]`. They go through decreasing values of ε (Schmitzer
 * 2019, section 3.2), a few iterations at each. At the last one they go on until the errors are within the tolerance.
 * Rough evaluations serve as long as they make a difference; what is returned comes of exact ones, unless it was
 * aborted.
 */
export async function iterate(iteration: Iteration, start: Float64Array): Promise<Ending[]> {
  const { batches, epsilons, maxIterations, signal } = iteration;
  let { rough } = iteration;
  const runners = Array.from({ length: batches }, (_, batch) => new Runner(batch, iteration));
  let x = start;
  let iterations = 0;
  for (const [stage, epsilon] of epsilons.entries()) {
    const last = stage === epsilons.length - 1;
    // The last ε has the last word, be it for one iteration.
    const hurry = (): boolean => iterations >= maxIterations - 1 || signal?.aborted === true;
    if (!last && hurry()) continue;
    runners.forEach(({ path }) => path.restart());
    for (let within = 1; ; within++) {
      await yieldToEvents();
      if (iterations >= maxIterations - 1) rough = undefined;
      const attempt = await rough?.evaluate(x, epsilon);
      // Float32 may not have the range.
      if (!attempt?.reached.every(Number.isFinite)) rough = undefined;
      const evaluation = attempt && rough ? attempt : await iteration.evaluate(x, epsilon);
      iterations++;
      const going = runners.filter(({ ending }) => !ending);
      if (last) for (const runner of going) runner.judge(x, evaluation, iterations, epsilon, rough !== undefined);
      const rounding = rough?.error(epsilon) ?? 0;
      if (last && rough && going.every((runner) => runner.ending ?? runner.outgrown(rounding))) {
        rough = undefined;
        going.forEach((runner) => runner.forget());
      }
      x = advance(runners, x, evaluation);
      report(iteration, runners, evaluation, iterations, epsilon);
      if (runners.every(({ ending }) => ending)) return runners.map(({ ending }) => ending as Ending);
      if (!last && (hurry() || within >= STAGE_ITERATIONS || Math.max(...evaluation.errors) <= STAGE_ERROR)) break;
    }
  }
  throw new Error('iterate: expected at least one epsilon, got none');
}

function advance(runners: readonly Runner[], x: Float64Array, { reached, errors }: Evaluation): Float64Array {
  const next = Float64Array.from(x);
  runners.forEach((runner, batch) => {
    if (runner.ending) return;
    runner.part(next).set(runner.path.next(runner.part(x), runner.part(reached), errors[batch]));
  });
  return next;
}

function report(
  { onProgress }: Iteration,
  runners: readonly Runner[],
  { errors }: Evaluation,
  iteration: number,
  epsilon: number,
): void {
  if (!onProgress) return;
  const remaining = runners.filter(({ ending }) => !ending).length;
  onProgress({ iteration, epsilon, error: Math.max(...errors), remaining });
}

function largest(values: Float64Array | readonly number[]): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
