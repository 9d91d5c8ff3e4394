import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { pairParts, type PairTask } from '../../kernels/simd/pairs.js';
import { taskForce, type TaskForce } from '../threads/pool.js';

/** So many threads with a build of the SIMD kernel. */
export interface Threads {
  readonly threads: number;
  readonly build: SimdBuild;
}

/** Threads that start with the first task and end when the problem is settled. A task that comes later has its own. */
export class Crew {
  private force: Promise<TaskForce> | undefined;
  private settled = false;

  /** For tasks on so many rows at the most, one after another. */
  constructor(
    private readonly given: Threads,
    private readonly rows: number,
  ) {}

  async run(task: PairTask): Promise<void> {
    if (!this.settled) {
      this.force ??= this.start();
      return (await this.force).run(task);
    }
    const force = await this.start();
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

  private async start(): Promise<TaskForce> {
    const module = await simdModule(this.given.build);
    return taskForce(Math.min(this.given.threads, pairParts(this.rows)), { module, d: 1, blocks: [] });
  }
}
