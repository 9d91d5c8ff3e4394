import { yieldToEvents } from '../base/event-loop.js';
import type { Ending, Evaluation, Iteration, RoughIteration } from './iteration.js';
import { Runner } from './runner.js';

export { worstOf } from './iteration.js';
export type {
  SinkhornStatus,
  Evaluation,
  IterationProgress,
  Iteration,
  Evaluate,
  RoughIteration,
  Ending,
} from './iteration.js';

/** Until this error, or for so many iterations, an ε on the way is kept to. */
const STAGE_ERROR = 0.2;
const STAGE_ITERATIONS = 10;

/**
 * Iterates all problems to their ends, from `start` `[B, length]`. They go through decreasing values of ε (Schmitzer
 * 2019, section 3.2), a few iterations at each. At the last one they go on until the errors are within the tolerance.
 * Rough evaluations serve as long as they make a difference; what is returned comes of exact ones, unless it was
 * aborted.
 */
export async function iterate(iteration: Iteration, start: Float64Array): Promise<Ending[]> {
  const { epsilons } = iteration;
  const last = epsilons.at(-1);
  if (last === undefined) throw new Error('iterate: expected at least one epsilon, got none');
  const problems = new Problems(iteration, start);
  for (const epsilon of epsilons.slice(0, -1)) await problems.approach(epsilon);
  return problems.finish(last);
}

/** All problems of an iteration, which take their steps together. */
class Problems {
  private readonly runners: readonly Runner[];
  /** Undefined once only exact evaluations will do. */
  private rough: RoughIteration | undefined;
  private iterations = 0;

  constructor(
    private readonly iteration: Iteration,
    private x: Float64Array,
  ) {
    this.runners = Array.from({ length: iteration.batches }, (_, batch) => new Runner(batch, iteration));
    this.rough = iteration.rough;
  }

  /** A few iterations at an ε on the way. */
  async approach(epsilon: number): Promise<void> {
    if (this.hurried) return;
    this.restart();
    for (let within = 1; ; within++) {
      const evaluation = await this.evaluate(epsilon);
      this.advance(evaluation, epsilon);
      const near = Math.max(...evaluation.errors) <= STAGE_ERROR;
      if (this.hurried || within >= STAGE_ITERATIONS || near) return;
    }
  }

  /** Iterations at the last ε, which has the last word, be it for one iteration. */
  async finish(epsilon: number): Promise<Ending[]> {
    this.restart();
    for (;;) {
      const evaluation = await this.evaluate(epsilon);
      this.judge(evaluation, epsilon);
      this.advance(evaluation, epsilon);
      const endings = this.runners.flatMap(({ ending }) => ending ?? []);
      if (endings.length === this.runners.length) return endings;
    }
  }

  /** Whether what is left is for the last ε. */
  private get hurried(): boolean {
    const { maxIterations, signal } = this.iteration;
    return this.iterations >= maxIterations - 1 || signal?.aborted === true;
  }

  private restart(): void {
    for (const { acceleration } of this.runners) acceleration?.restart();
  }

  /** Rough as long as that serves; the last iteration is exact. */
  private async evaluate(epsilon: number): Promise<Evaluation> {
    const { iteration, x } = this;
    await yieldToEvents();
    if (this.iterations >= iteration.maxIterations - 1) this.rough = undefined;
    const attempt = await this.rough?.evaluate(x, epsilon);
    // Float32 may not have the range.
    if (!attempt?.reached.every(Number.isFinite)) this.rough = undefined;
    const evaluation = attempt && this.rough ? attempt : await iteration.evaluate(x, epsilon);
    this.iterations++;
    return evaluation;
  }

  /** Ends what is done, and rough evaluations where they can do no more. */
  private judge(evaluation: Evaluation, epsilon: number): void {
    const { rough, iterations, x } = this;
    const going = this.runners.filter(({ ending }) => !ending);
    for (const runner of going) runner.judge(x, evaluation, iterations, epsilon, rough !== undefined);
    if (!rough || !going.every((runner) => runner.ending ?? runner.outgrown(rough.error(epsilon)))) return;
    this.rough = undefined;
    going.forEach((runner) => runner.forget());
  }

  /** On to the next points; reports. */
  private advance({ reached, errors }: Evaluation, epsilon: number): void {
    const { runners, x, iterations, iteration } = this;
    const next = Float64Array.from(x);
    for (const [batch, runner] of runners.entries()) {
      if (runner.ending) continue;
      runner.part(next).set(runner.next(runner.part(x), runner.part(reached), errors[batch]));
    }
    this.x = next;
    const remaining = runners.filter(({ ending }) => !ending).length;
    iteration.onProgress?.({ iteration: iterations, epsilon, error: Math.max(...errors), remaining });
  }
}
