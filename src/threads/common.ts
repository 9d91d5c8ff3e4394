import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { taskForce, type TaskForce } from './pool.js';

/** Threads that several hold together: there from when the first takes hold of them, stopped when the last lets go. */
export class CommonThreads {
  private force: Promise<TaskForce> | undefined;
  private holders = 0;

  constructor(
    private readonly threads: number,
    private readonly build: SimdBuild,
  ) {}

  /** Who holds them lets go by `stop`. */
  async hold(): Promise<TaskForce> {
    this.holders++;
    this.force ??= simdModule(this.build).then((module) => taskForce(this.threads, module));
    try {
      const force = await this.force;
      let held = true;
      const stop = (): void => {
        if (held) this.letGo(force);
        held = false;
      };
      return {
        threads: force.threads,
        get started() {
          return force.started;
        },
        run: (...asked) => force.run(...asked),
        stop,
      };
    } catch (error) {
      this.letGo();
      throw error;
    }
  }

  private letGo(force?: TaskForce): void {
    if (--this.holders > 0) return;
    this.force = undefined;
    force?.stop();
  }
}
