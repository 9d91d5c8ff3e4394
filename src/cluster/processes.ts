import { spawn, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { ClusterError } from './cluster-error.js';
import { FrameReader } from './frames.js';
import type { Call, Transport } from './transport.js';

/** Workers as child processes of this one, on this machine: nothing restarts one that dies. */
export function processes(count: number, command: readonly string[]): Transport {
  const workers = Array.from({ length: count }, () => new WorkerProcess(command));
  return {
    workers: count,
    threads: Math.max(1, Math.floor(availableParallelism() / count)),
    notes: [],
    call: (worker, call) => workers[worker].call(call),
    drop: () => undefined,
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

interface Waiting {
  readonly wanted: number;
  readonly answers: Uint8Array[];
  readonly resolve: (answers: readonly Uint8Array[]) => void;
  readonly reject: (error: unknown) => void;
}

class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly reader = new FrameReader();
  private readonly waiting: Waiting[] = [];
  private readonly kept = new Set<string>();
  private readonly ended: Promise<void>;
  private lost: Error | undefined;

  constructor([program, ...args]: readonly string[]) {
    this.child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdin?.on('error', () => undefined); // told by its end
    this.child.stdout?.on('data', (bytes: Uint8Array) => this.take(bytes));
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => this.end(`it could not be started: ${error.message}`));
      this.child.on('close', (status, signal) => {
        this.end(signal ? `it was ended by ${signal}` : `it exited with status ${status}`);
        resolve();
      });
      this.child.on('error', () => resolve());
    });
  }

  call({ questions, part, kept }: Call): Promise<readonly Uint8Array[]> {
    if (this.lost) return Promise.reject(this.lost);
    const missing = kept.filter(({ name }) => !this.kept.has(name));
    for (const { name } of missing) this.kept.add(name);
    const parcels = part ? [...missing, part] : missing;
    for (const bytes of [...parcels.map((parcel) => parcel.bytes), ...questions]) this.child.stdin?.write(bytes);
    return new Promise((resolve, reject) => {
      this.waiting.push({ wanted: questions.length, answers: [], resolve, reject });
    });
  }

  /** Lets it end by itself, and sees to it that it does. */
  async close(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 5000);
    await this.ended;
    clearTimeout(timer);
  }

  private take(bytes: Uint8Array): void {
    try {
      for (const frame of this.reader.push(bytes)) {
        if (frame.length === 0) continue; // it is alive
        const [first] = this.waiting;
        first.answers.push(frame);
        if (first.answers.length < first.wanted) continue;
        this.waiting.shift();
        first.resolve(first.answers);
      }
    } catch (error) {
      this.end(String(error));
      this.child.kill('SIGKILL');
    }
  }

  private end(reason: string): void {
    this.lost ??= new ClusterError(`a worker was lost: ${reason}`);
    for (const { reject } of this.waiting.splice(0)) reject(this.lost);
  }
}
