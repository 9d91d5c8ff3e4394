/** Threads that fit models beside the caller's own. */
import { startFitter } from '#fitters';
import type { EndedRuns } from './fit.js';
import type { FitterAnswer, FitterWork, PlainProgress } from './fitter.js';
import type { Progress } from './options.js';
import type { Thread } from '../threads/thread.js';

/** A model whose runs have ended. */
export interface Ended {
  readonly index: number;
  readonly ended: EndedRuns;
}

/** What threads tell. */
export interface FitterEvents {
  readonly onProgress: (index: number, progress: Progress) => void;
  readonly onEnded: (index: number) => void;
}

/** Threads that take models of a selection, each those that are next. */
export class Fitters {
  private readonly threads: Thread[] = [];
  private readonly leaving: Promise<void>[] = [];
  private arrived: Ended[] = [];

  constructor(
    private readonly work: FitterWork,
    readonly events: FitterEvents,
  ) {}

  /** Starts so many, if that can be; what one can't fit is left to others. */
  start(count: number): void {
    for (let one = 0; one < count; one++) {
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => (leave = resolve));
      const onAnswer = (answer: unknown): void => this.take(answer as FitterAnswer, leave);
      const thread = startFitter({ onAnswer, onLost: leave });
      if (!thread) return;
      this.threads.push(thread);
      this.leaving.push(left);
      thread.post(this.work);
    }
  }

  /** Models whose runs have ended since this was asked last. */
  ended(): Ended[] {
    const { arrived } = this;
    this.arrived = [];
    return arrived;
  }

  /** Resolves when all have done what they could, or the signal is aborted. */
  async done(signal?: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([Promise.all(this.leaving), aborted]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }

  private take(answer: FitterAnswer, leave: () => void): void {
    switch (answer.kind) {
      case 'progress':
        this.events.onProgress(answer.index, progressOf(answer.progress));
        break;
      case 'ended':
        this.arrived.push(answer);
        this.events.onEnded(answer.index);
        break;
      case 'left':
        leave();
        break;
      default:
        answer satisfies never;
    }
  }
}

function progressOf({ model, start, ...progress }: PlainProgress): Progress {
  return { ...progress, ...(model && { model: () => model }), ...(start && { start: () => start }) };
}
