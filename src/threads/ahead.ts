import type { TaskForce } from './pool.js';

/** Numbers from which on no fit of them is done before threads have started: a pass over so many takes milliseconds. */
export const ENOUGH = 2 ** 20;

/** Threads for rows that are still read: they start meanwhile, once there are enough. */
export class ThreadsAhead {
  private held: Promise<TaskForce> | undefined;
  private numbers = 0;

  constructor(private readonly hold: () => Promise<TaskForce>) {}

  /** So many numbers more have come. */
  count(numbers: number): void {
    this.numbers += numbers;
    if (this.held || this.numbers < ENOUGH) return;
    this.held = this.hold();
    this.held.then((force) => force.startAll()).catch(() => undefined); // whoever takes them is told
  }

  /** The threads, which are the caller's to stop. */
  take(): Promise<TaskForce> {
    const taken = this.held ?? this.hold();
    this.held = undefined;
    return taken;
  }

  /** Lets go of those that nobody has taken. */
  discard(): void {
    this.held?.then(
      (force) => force.stop(),
      () => undefined,
    );
    this.held = undefined;
  }
}
