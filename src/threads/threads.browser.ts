import type { Thread, ThreadEvents } from './thread.js';

/** Whether the thread that asks may stand still until others have done something: a page must not. */
export const mayWait: boolean = false;

/** How many threads this page may run: more than one only where memory can be shared. */
export function threadLimit(): { readonly count: number; readonly reason: string } {
  if (globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined') {
    return { count: navigator.hardwareConcurrency, reason: '' };
  }
  return { count: 1, reason: 'one thread: the page is not cross-origin isolated' };
}

/** Starts a thread on a script that expects its port as `port`. */
export function startThread(code: string, { onAnswer, onLost }: ThreadEvents): Thread {
  const url = URL.createObjectURL(new Blob(['const port = self;\n', code], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }: MessageEvent<unknown>) => onAnswer(data);
  worker.onerror = ({ message }) => onLost(message || 'it failed to start');
  return {
    post: (message) => worker.postMessage(message),
    hold: () => undefined,
    stop() {
      worker.terminate();
      URL.revokeObjectURL(url);
      return Promise.resolve();
    },
  };
}
