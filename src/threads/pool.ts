import { startThread, threadLimit } from '#threads';
import { workerCode } from '../../kernels/simd/generated.js';
import { RecordError } from '../../kernels/simd/records.js';
import { partsOf, TaskRunner, type Task } from '../../kernels/simd/tasks.js';
import type { Answer, Setting } from '../../kernels/simd/worker.js';
import { yieldToEvents } from '../base/event-loop.js';
import { START_AFTER } from './start.js';
import type { Thread } from './thread.js';

/** Carries tasks out, one after the other, on one thread or many: the results are the same, bit for bit. */
export interface TaskForce {
  /** As many as there may be. */
  readonly threads: number;
  /** How many have started beside the caller's own. */
  readonly started: number;
  /** Whether a thread was lost or all were stopped: every further task is refused. */
  readonly isLost: boolean;
  /** Starts the others at once, for work that is sure to last. */
  startAll(): void;
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

/**
 * Up to so many threads with a build of the kernel. The caller's own works alone until that has taken `startAfter`
 * milliseconds; then the others start, and join in as they come up.
 */
export function taskForce(threads: number, module: WebAssembly.Module, startAfter = START_AFTER): TaskForce {
  return new Threads(threads, module, startAfter);
}

/** A task of so few parts is the caller's own for as many milliseconds as handing it over may take. */
const FEW_PARTS = 8;
const HANDING_OVER = 0.4;

interface Member {
  readonly thread: Thread;
  /** As `Setting` has it. */
  readonly started: Int32Array;
  /** Settles the answer it owes. */
  settle: ((error?: Error) => void) | undefined;
}

class Threads implements TaskForce {
  private readonly own: TaskRunner;
  private readonly members: Member[] = [];
  private lost: Error | undefined;
  /** Milliseconds that the caller's own thread has worked. */
  private worked = 0;
  /** When the task that came last will be done. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly threads: number,
    private readonly module: WebAssembly.Module,
    private readonly startAfter: number,
  ) {
    this.own = new TaskRunner(module);
  }

  get started(): number {
    return this.members.filter(hasStarted).length;
  }

  get isLost(): boolean {
    return this.lost !== undefined;
  }

  startAll(): void {
    if (this.lost || this.threads === 1) return;
    this.worked = Math.max(this.worked, this.startAfter);
    this.start(this.threads);
  }

  run(task: Task, signal?: AbortSignal): Promise<void> {
    const run = this.last.then(() => this.inTurn(task, signal));
    this.last = run.catch(() => undefined);
    return run;
  }

  stop(): void {
    const ended = new Error('the fit has ended');
    this.lost ??= ended;
    for (const { thread, settle } of this.members) {
      settle?.(ended);
      void thread.stop();
    }
  }

  private async inTurn(task: Task, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const stop = (): void => void Atomics.store(task.control, 1, 1);
    signal?.addEventListener('abort', stop);
    try {
      await this.share(task, signal);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    signal?.throwIfAborted();
  }

  /** Those that have started take parts of the task; until all have that it keeps busy, so does the own thread. */
  private async share(task: Task, signal?: AbortSignal): Promise<void> {
    const most = Math.min(this.threads, partsOf(task));
    const asked = new Set<Member>();
    const answers: Promise<void>[] = [];
    const ask = (): void => {
      if (this.lost) throw this.lost;
      for (const member of this.members.slice(0, most)) {
        if (asked.has(member) || !hasStarted(member)) continue;
        asked.add(member);
        const answer = answerOf(member, task);
        answer.catch(() => undefined); // not unhandled while the own thread still works: awaited below
        answers.push(answer);
      }
    };
    try {
      if (most > 1 && this.lost) throw this.lost;
      if (most > 1 && partsOf(task) > FEW_PARTS) ask();
      if (asked.size < most) await this.join(task, most, ask, signal);
      await Promise.all(answers);
    } catch (error) {
      Atomics.store(task.control, 1, 1); // for those who work on it
      await Promise.allSettled(answers);
      throw error;
    }
  }

  /** Works on a task on the own thread, meanwhile starting the others where that pays. */
  private async join(task: Task, most: number, ask: () => void, signal?: AbortSignal): Promise<void> {
    let since = performance.now();
    const begun = since;
    const alone = partsOf(task) > FEW_PARTS ? 0 : HANDING_OVER;
    if (most > 1) this.start(most);
    for (const wait of this.own.run(task)) {
      if (wait) await wait;
      const now = performance.now();
      this.worked += now - since;
      if (most > 1) {
        this.start(most);
        if (now - begun >= alone) ask();
      }
      await yieldToEvents(signal);
      since = performance.now();
    }
    this.worked += performance.now() - since;
  }

  /** Starts threads, where the own one has worked for so long that they pay. */
  private start(most: number): void {
    if (this.worked < this.startAfter) return;
    while (this.members.length < most) this.members.push(this.member());
  }

  private member(): Member {
    const onAnswer = (answer: unknown): void => {
      const { error, record } = answer as Answer;
      // The others still owe answers, which must not be taken for those to a later task: there is none.
      if (error !== undefined) this.lost ??= new Error(`a worker thread failed: ${error}`);
      member.settle?.(record === undefined ? this.lost : new RecordError(record));
    };
    const onLost = (reason: string): void => {
      this.lost ??= new Error(`a worker thread was lost (${reason}); try again, or with threads: 1`);
      member.settle?.(this.lost);
    };
    const started = new Int32Array(new SharedArrayBuffer(4));
    const member: Member = { thread: startThread(workerCode, { onAnswer, onLost }), started, settle: undefined };
    member.thread.post({ module: this.module, started } satisfies Setting);
    member.thread.hold(false);
    return member;
  }
}

function hasStarted({ started }: Member): boolean {
  return Atomics.load(started, 0) !== 0;
}

/** Keeps the process alive while a thread owes an answer. */
async function answerOf(member: Member, task: Task): Promise<void> {
  const { thread } = member;
  thread.hold(true);
  try {
    await new Promise<void>((resolve, reject) => {
      member.settle = (error) => {
        member.settle = undefined;
        if (error) reject(error);
        else resolve();
      };
      thread.post(task);
    });
  } finally {
    thread.hold(false);
  }
}
