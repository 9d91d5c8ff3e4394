/** Milliseconds between two announcements. */
const PAUSE = 1000;

/** Tells assistive technology what goes on, in a live region: the latest text, at most once a second. */
export class Announcer {
  private next = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = -Infinity;

  constructor(private readonly region: HTMLElement) {}

  say(text: string): void {
    this.next = text;
    this.timer ??= setTimeout(() => this.speak(), Math.max(0, this.last + PAUSE - performance.now()));
  }

  private speak(): void {
    this.timer = undefined;
    this.last = performance.now();
    this.region.replaceChildren(this.next); // a new node, so that the same error twice is told twice
  }
}
