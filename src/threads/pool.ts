import { startThread, threadLimit } from '#threads';
import { workerCode } from '../../kernels/simd/generated.js';
import { TaskRunner, type Task } from '../../kernels/simd/tasks.js';
import type { Answer, Setting } from '../../kernels/simd/worker.js';
import { yieldToEvents } from '../base/event-loop.js';
import type { Thread } from './thread.js';

/** Carries tasks out over a fixed set of rows, on one thread or many: the results are the same, bit for bit. */
export interface TaskForce {
  readonly threads: number;
  /** Rejects with the signal's reason once it is aborted, and where a thread is lost. */
  run(task: Task, signal?: AbortSignal): Promise<void>;
  stop(): void;
}

/** How many threads to use of those asked for, and why fewer if so. */
export function threadsFor(asked: number | undefined): { readonly count: number; readonly reason: string } {
  const limit = threadLimit();
  if (asked === undefined) return limit;
  // More threads than processors is the caller's choice, but not more than there is shared memory for.
  return limit.reason === '' ? { count: asked, reason: '' } : { count: 1, reason: asked > 1 ? limit.reason : '' };
}

/** Threads that share the rows of `setting`; one thread is the caller's own. */
export function taskForce(threads: number, setting: Setting): TaskForce {
  return threads > 1 ? new ThreadPool(threads, setting) : new OwnThread(setting);
}

/** The calling thread, which lets others have their turn between groups of rows. */
class OwnThread implements TaskForce {
  readonly threads = 1;
  private readonly runner: TaskRunner;

  constructor({ module, d, blocks }: Setting) {
    this.runner = new TaskRunner(module, d, blocks);
  }

  async run(task: Task, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    for (const _ of this.runner.run(task)) await yieldToEvents(signal);
  }

  stop(): void {
    // Nothing to end.
  }
}

interface Member {
  readonly thread: Thread;
  /** Settles the answer it owes. */
  settle: ((error?: Error) => void) | undefined;
}

class ThreadPool implements TaskForce {
  private readonly members: Member[] = [];
  private lost: Error | undefined;

  constructor(
    readonly threads: number,
    setting: Setting,
  ) {
    try {
      for (let i = 0; i < threads; i++) this.members.push(this.start());
    } catch (error) {
      this.stop(); // one that did not start, as where the system allows no more, leaves those that did
      throw error;
    }
    this.ready = this.ask(setting);
    // Whoever runs the first task hears of it; nobody else should.
    this.ready.catch(() => undefined);
  }

  private readonly ready: Promise<void>;

  async run(task: Task, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const stop = (): void => void Atomics.store(task.control, 1, 1);
    signal?.addEventListener('abort', stop);
    try {
      await this.ready;
      await this.ask(task);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    signal?.throwIfAborted();
  }

  stop(): void {
    const ended = new Error('the fit has ended');
    this.lost ??= ended;
    for (const { thread, settle } of this.members) {
      settle?.(ended);
      void thread.stop();
    }
  }

  /** Sends a message to all and waits for every answer. */
  private async ask(message: Setting | Task): Promise<void> {
    if (this.lost) throw this.lost;
    for (const { thread } of this.members) thread.hold(true);
    try {
      await Promise.all(this.members.map((member) => answerOf(member, message)));
    } finally {
      for (const { thread } of this.members) thread.hold(false);
    }
  }

  private start(): Member {
    const onAnswer = (answer: unknown): void => {
      const { error } = answer as Answer;
      // The others still owe answers, which must not be taken for those to a later task: there is none.
      if (error !== undefined) this.lost ??= new Error(`a worker thread failed: ${error}`);
      member.settle?.(this.lost);
    };
    const onLost = (reason: string): void => {
      this.lost ??= new Error(`a worker thread was lost (${reason}); try again, or with threads: 1`);
      member.settle?.(this.lost);
    };
    const member: Member = { thread: startThread(workerCode, { onAnswer, onLost }), settle: undefined };
    return member;
  }
}

function answerOf(member: Member, message: Setting | Task): Promise<void> {
  return new Promise((resolve, reject) => {
    member.settle = (error) => {
      member.settle = undefined;
      if (error) reject(error);
      else resolve();
    };
    member.thread.post(message);
  });
}
