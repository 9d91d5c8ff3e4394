/** Adds up seconds by phase. Of phases under way at once, time counts to the latest begun alone. */
export class Stopwatch {
  readonly seconds: Record<string, number> = {};
  /** Phases under way, the latest last. */
  private readonly phases: string[] = [];
  /** Until when time is counted, milliseconds. */
  private until = 0;

  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    this.count();
    this.phases.push(phase);
    try {
      return await work();
    } finally {
      this.count();
      this.phases.splice(this.phases.lastIndexOf(phase), 1);
    }
  }

  /** Seconds that somebody else has counted. */
  add(seconds: Readonly<Record<string, number>>): void {
    for (const [phase, more] of Object.entries(seconds)) this.seconds[phase] = (this.seconds[phase] ?? 0) + more;
  }

  private count(): void {
    const now = performance.now();
    const phase = this.phases.at(-1);
    if (phase !== undefined) this.seconds[phase] = (this.seconds[phase] ?? 0) + (now - this.until) / 1000;
    this.until = now;
  }
}
