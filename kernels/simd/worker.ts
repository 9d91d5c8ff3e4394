/**
 * What a worker thread runs, in Node and in browsers. The build bundles it into a text (scripts/build-kernels.mjs), so
 * that it loads wherever the package does, whatever bundler has had it. `port` is put in front of it.
 */
import { TaskRunner, type Task } from './tasks.js';

/** A thread's first message. */
export interface Setting {
  readonly module: WebAssembly.Module;
  /** `[0]`: 1 once the thread has started, for those who would rather look than wait for an answer. */
  readonly started: Int32Array;
}

/** What it answers to every task, with what went wrong if something did. */
export interface Answer {
  readonly error?: string;
}

interface Port {
  postMessage(answer: Answer): void;
  on?(type: 'message', listener: (message: Setting | Task) => void): void;
  onmessage?: ((event: { data: Setting | Task }) => void) | null;
}

declare const port: Port;

let runner: TaskRunner | undefined;

function receive(message: Setting | Task): void {
  try {
    if ('module' in message) {
      runner = new TaskRunner(message.module);
      Atomics.store(message.started, 0, 1);
      return;
    }
    for (const _ of runner?.run(message) ?? []) continue;
    port.postMessage({});
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
}

if (port.on) port.on('message', receive);
else port.onmessage = ({ data }) => receive(data);
