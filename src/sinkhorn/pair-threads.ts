import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { pairParts, type PairTask } from '../../kernels/simd/pairs.js';
import { taskForce, type TaskForce } from '../threads/pool.js';

/** So many threads with a build of the SIMD kernel. */
export interface Threads {
  readonly threads: number;
  readonly build: SimdBuild;
  /** How many pairs there must be for others than the caller's own thread to be started; default 0. */
  readonly start?: number;
}

/** Tasks that are reckoned with when one comes: a few iterations. */
const TASKS = 16;

/**
 * Carries tasks out, one after another. Threads start as soon as they save more time than that takes, and end when the
 * problem is settled; a task that comes later has its own.
 */
export class Crew {
  private readonly own: Promise<TaskForce>;
  private force: Promise<TaskForce> | undefined;
  private settled = false;
  private pairs = 0;

  /** For tasks on so many rows at the most. */
  constructor(
    private readonly given: Threads,
    private readonly rows: number,
  ) {
    this.own = this.started(1);
    this.own.catch(() => undefined); // whoever runs the first task hears of it
  }

  async run(task: PairTask): Promise<void> {
    const pairs = task.logSums.length * task.offsets.length;
    const { start = 0 } = this.given;
    const soon = this.settled ? pairs : (this.pairs += pairs) + TASKS * pairs;
    if (soon < start) return (await this.own).run(task);
    if (!this.settled) {
      this.force ??= this.started(this.given.threads);
      return (await this.force).run(task);
    }
    const force = await this.started(this.given.threads);
    try {
      await force.run(task);
    } finally {
      force.stop();
    }
  }

  settle(): void {
    this.settled = true;
    // Threads that did not start have told the task that wanted them.
    this.force?.then((force) => force.stop()).catch(() => undefined);
    this.force = undefined;
  }

  private async started(threads: number): Promise<TaskForce> {
    const module = await simdModule(this.given.build);
    return taskForce(Math.min(threads, pairParts(this.rows)), { module, d: 1, blocks: [] });
  }
}
