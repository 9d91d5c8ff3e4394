/**
 * Seconds that a bench may take. A piece of work begins where the longest of its kind so far would still end in time; the
 * others are left out, by name. A piece that has begun ends.
 */
export class Budget {
  /** What was left out. */
  readonly omitted: string[] = [];
  private readonly began: number;
  private readonly longest = new Map<string, number>();

  /** `now`: seconds by a clock. */
  constructor(
    private readonly seconds: number,
    private readonly now = (): number => performance.now() / 1000,
  ) {
    this.began = now();
  }

  /** Seconds that are left. */
  get left(): number {
    return this.seconds - (this.now() - this.began);
  }

  /** What comes of a piece; undefined where it is left out. */
  async spend<T>(kind: string, name: string, work: () => Promise<T>): Promise<T | undefined> {
    const longest = this.longest.get(kind) ?? 0;
    if (this.left <= longest) {
      this.omitted.push(`${kind}: ${name}`);
      return undefined;
    }
    const began = this.now();
    try {
      return await work();
    } finally {
      this.longest.set(kind, Math.max(longest, this.now() - began));
    }
  }
}
