import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../cluster/package-root.js';
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
  try {
    const script = join(packageRoot(), 'dist', 'node', 'fit', 'fitter.node.js');
    return existsSync(script) ? script : undefined;
  } catch {
    return undefined;
  }
}
