/** Iterations that are asked for item by item, by a number: one that was lost is begun again, and goes on where it was. */
export class Cursors<T> {
  private readonly open = new Map<string, { readonly items: AsyncIterator<T>; next: number }>();

  /** The item of a number, null where there are no more. */
  async next(name: string, number: number, begin: () => AsyncIterable<T>): Promise<T | null> {
    let cursor = this.open.get(name);
    if (cursor?.next !== number) {
      await cursor?.items.return?.();
      cursor = { items: begin()[Symbol.asyncIterator](), next: 0 };
      this.open.set(name, cursor);
    }
    for (;;) {
      const found = await this.advance(name, cursor);
      if (found.done === true) return null;
      if (cursor.next++ === number) return found.value;
    }
  }

  dispose(): void {
    for (const { items } of this.open.values()) void items.return?.();
    this.open.clear();
  }

  private async advance(name: string, { items }: { readonly items: AsyncIterator<T> }): Promise<IteratorResult<T>> {
    try {
      const found = await items.next();
      if (found.done === true) this.open.delete(name);
      return found;
    } catch (error) {
      this.open.delete(name);
      throw error;
    }
  }
}
