import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect } from 'vitest';

/** The worker threads that a test started. */
export interface Workers {
  readonly started: Worker[];
  /** Called with each as it starts. */
  onStart: (worker: Worker) => void;
  /** Resolves once every one has emitted 'exit': so many, if that is given. */
  ended(count?: number): Promise<void>;
}

/** Resolves once the process has heard of all workers that were started: it does one tick later. */
export async function heard(): Promise<void> {
  await new Promise(setImmediate);
}

/** Collects the worker threads of each test of this file. */
export function collectWorkers(): Workers {
  const exits: Promise<void>[] = [];
  const workers: Workers = { started: [], onStart: () => undefined, ended };
  async function ended(count?: number): Promise<void> {
    await heard();
    // Without a worker that ran, that all have ended says nothing.
    if (count !== undefined) expect(workers.started).toHaveLength(count);
    await Promise.all(exits);
  }
  const collect = (worker: Worker): void => {
    workers.started.push(worker);
    exits.push(new Promise((resolve) => worker.once('exit', () => resolve())));
    workers.onStart(worker);
  };
  beforeEach(() => {
    workers.started.length = exits.length = 0;
    workers.onStart = () => undefined;
    process.on('worker', collect);
  });
  afterEach(async ({ task }) => {
    try {
      await heard();
      // A test that failed may have left some behind, which is no fault of the next one's.
      if (task.result?.state === 'fail') await Promise.all(workers.started.map((worker) => worker.terminate()));
      await ended(); // or the next test would hear of them
    } finally {
      process.off('worker', collect);
    }
  });
  return workers;
}
