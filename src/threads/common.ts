import { simdModule, type SimdBuild } from '../../kernels/simd/module.js';
import { taskForce, type TaskForce } from './pool.js';
import { IDLE_FOR } from './start.js';

/** Threads of this process that are held or were lately, by their build and number. */
const common = new Map<string, CommonThreads>();

/**
 * So many threads, which all of a process hold together: tasks of several holders are done in turn. Who holds them lets go
 * by `stop`; they end when nobody has held them for `IDLE_FOR`.
 */
export async function holdThreads(threads: number, build: SimdBuild): Promise<TaskForce> {
  const module = await simdModule(build);
  const key = `${build} ${threads}`;
  let held = common.get(key);
  if (held === undefined || held.force.isLost) {
    held = new CommonThreads(taskForce(threads, module), () => {
      if (common.get(key) === held) common.delete(key);
    });
    common.set(key, held);
  }
  return held.hold();
}

class CommonThreads {
  private holders = 0;
  private ending: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly force: TaskForce,
    private readonly onEnd: () => void,
  ) {}

  hold(): TaskForce {
    const { force } = this;
    clearTimeout(this.ending);
    this.holders++;
    let isHeld = true;
    return {
      threads: force.threads,
      get started() {
        return force.started;
      },
      get isLost() {
        return force.isLost;
      },
      startAll: () => force.startAll(),
      run: (...asked) => force.run(...asked),
      stop: () => {
        if (isHeld) this.letGo();
        isHeld = false;
      },
    };
  }

  private letGo(): void {
    if (--this.holders > 0) return;
    if (IDLE_FOR === 0 || this.force.isLost) {
      this.end();
      return;
    }
    this.ending = setTimeout(() => this.end(), IDLE_FOR);
    (this.ending as { unref?: () => void }).unref?.(); // only Node's keep a process alive
  }

  private end(): void {
    this.force.stop();
    this.onEnd();
  }
}
