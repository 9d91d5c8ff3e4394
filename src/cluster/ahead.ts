/** Items that are asked for before they are wanted, a few at the most; in their order. Ends what it reads when it is ended. */
export class Ahead<T> implements AsyncIterable<T> {
  private readonly ready: IteratorResult<T>[] = [];
  private failure: { readonly error: unknown } | undefined;
  private readonly waiters: (() => void)[] = [];
  private stopped = false;
  private readonly reading: Promise<void>;

  constructor(
    private readonly items: AsyncIterator<T>,
    private readonly most: number,
  ) {
    this.reading = this.read();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const next = this.ready.shift();
      this.stir();
      if (next?.done === true) return;
      if (next) yield next.value;
      else if (this.failure) throw this.failure.error;
      else await this.change();
    }
  }

  /** Reads no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.stir();
    await this.reading;
    await this.items.return?.();
  }

  private async read(): Promise<void> {
    try {
      while (!this.stopped) {
        if (this.ready.length >= this.most) {
          await this.change();
          continue;
        }
        const next = await this.items.next();
        this.ready.push(next);
        this.stir();
        if (next.done === true) return;
      }
    } catch (error) {
      this.failure = { error };
      this.stir();
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  private stir(): void {
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}
