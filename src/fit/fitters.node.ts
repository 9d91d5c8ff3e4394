import { Worker } from 'node:worker_threads';
import { builtScript } from '../base/package-root.node.js';
import type { Thread, ThreadEvents } from '../threads/thread.js';

/** Starts a thread that fits models; undefined where its script is not at hand, as in a bundle of the caller's. */
export function startFitter({ onAnswer, onLost }: ThreadEvents): Thread | undefined {
  const script = scriptOf();
  if (script === undefined) return undefined;
  const worker = new Worker(script, { execArgv: [] });
  worker.on('message', onAnswer);
  worker.on('error', (error) => onLost(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (status) => onLost(`it exited with status ${status}`));
  return {
    post: (message) => worker.postMessage(message),
    hold: (working) => (working ? worker.ref() : worker.unref()),
    async stop() {
      await worker.terminate();
    },
  };
}

function scriptOf(): string | undefined {
  return builtScript('fit', 'fitter.node.js');
}
