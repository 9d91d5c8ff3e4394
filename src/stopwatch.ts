/** Adds up seconds by phase. A phase within another counts by itself, and not to the other. */
export class Stopwatch {
  readonly seconds: Record<string, number> = {};

  async time<T>(phase: string, work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const before = this.counted();
    try {
      return await work();
    } finally {
      const within = this.counted() - before;
      this.seconds[phase] = (this.seconds[phase] ?? 0) + (performance.now() - started) / 1000 - within;
    }
  }

  private counted(): number {
    return Object.values(this.seconds).reduce((sum, seconds) => sum + seconds, 0);
  }
}
