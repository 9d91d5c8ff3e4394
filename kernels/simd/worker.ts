/**
 * What a worker thread runs, in Node and in browsers. The build bundles it into a text (scripts/build-kernels.mjs), so
 * that it loads wherever the package does, whatever bundler has had it. `port` is put in front of it.
 */
import { RecordError } from './records.js';
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
  /** The same of a record that could not be read or written: the thread is as good as before. */
  readonly record?: string;
}

interface Port {
  postMessage(answer: Answer): void;
  on?(type: 'message', listener: (message: Setting | Task) => void): void;
  onmessage?: ((event: { data: Setting | Task }) => void) | null;
}

declare const port: Port;

let runner: TaskRunner | undefined;

async function receive(message: Setting | Task): Promise<void> {
  try {
    if ('module' in message) {
      runner = new TaskRunner(message.module);
      Atomics.store(message.started, 0, 1);
      return;
    }
    for (const wait of runner?.run(message) ?? []) if (wait) await wait;
    port.postMessage({});
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    port.postMessage(error instanceof RecordError ? { record: text } : { error: text });
  }
}

if (port.on) port.on('message', (message) => void receive(message));
else port.onmessage = ({ data }) => void receive(data);
