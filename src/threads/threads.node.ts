import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Thread, ThreadEvents } from './thread.js';

/** Whether the thread that asks may stand still until others have done something. */
export const mayWait: boolean = true;

/** How many threads this machine runs at once. */
export function threadLimit(): { readonly count: number; readonly reason: string } {
  return { count: availableParallelism(), reason: '' };
}

/** Starts a thread on a script that expects its port as `port`. */
export function startThread(code: string, { onAnswer, onLost }: ThreadEvents): Thread {
  const worker = new Worker(`const port = require('node:worker_threads').parentPort;\n${code}`, {
    eval: true,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  let stopped = false;
  worker.on('message', onAnswer);
  worker.on('error', (error) => onLost(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (status) => {
    if (!stopped) onLost(`it exited with status ${status}`);
  });
  return {
    post: (message) => worker.postMessage(message),
    hold: (working) => (working ? worker.ref() : worker.unref()),
    async stop() {
      stopped = true;
      await worker.terminate();
    },
  };
}
