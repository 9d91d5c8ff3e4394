import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { pairParts, type PairTask } from '../../kernels/simd/pairs.js';
import { taskForce, type TaskForce } from '../threads/pool.js';

/** So many threads with a build of the SIMD kernel. */
export interface PairThreadsOptions {
  readonly threads: number;
  readonly build: SimdBuild;
  /** How many pairs there must be for threads other than the caller's own to start. */
  readonly startFrom: number;
}

/** Tasks that are reckoned with when one comes: a few iterations. */
const TASKS = 16;

/**
 * Runs the tasks of problems, one after another. Threads start as soon as they save more time than their start takes.
 * They end when the problems are solved; a task that comes later has threads of its own.
 */
export class PairThreads {
  private readonly own: Promise<TaskForce>;
  private force: Promise<TaskForce> | undefined;
  private released = false;
  private pairs = 0;

  /** For tasks on so many rows at the most. */
  constructor(
    private readonly options: PairThreadsOptions,
    private readonly rows: number,
  ) {
    this.own = this.started(1);
    this.own.catch(() => undefined); // whoever runs the first task hears of it
  }

  async run(task: PairTask): Promise<void> {
    const pairs = task.logSums.length * task.offsets.length;
    const { startFrom } = this.options;
    const soon = this.released ? pairs : (this.pairs += pairs) + TASKS * pairs;
    if (soon < startFrom) return (await this.own).run(task);
    if (!this.released) {
      this.force ??= this.started(this.options.threads);
      return (await this.force).run(task);
    }
    const force = await this.started(this.options.threads);
    try {
      await force.run(task);
    } finally {
      force.stop();
    }
  }

  /** Ends the threads. */
  release(): void {
    this.released = true;
    // Threads that did not start have told the task that wanted them.
    this.force?.then((force) => force.stop()).catch(() => undefined);
    this.force = undefined;
  }

  private async started(threads: number): Promise<TaskForce> {
    const module = await simdModule(this.options.build);
    return taskForce(Math.min(threads, pairParts(this.rows)), module, 0);
  }
}
