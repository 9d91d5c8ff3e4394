import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { InputError } from '../base/errors.js';
import { version } from '../base/version.js';
import { ClusterError } from './cluster-error.js';
import { FrameReader, framed } from './frames.js';
import type { ClusterOptions } from './options.js';
import { packageRoot } from '../base/package-root.node.js';
import { workerCommand } from './package-root.js';
import type { Call, Parcel, Transport } from './transport.js';

/** Seconds after which a silent worker is given up. */
const DEADLINE = 600;
/** How long the driver may take to end what it has started, ms. */
const LAST = 15_000;

/** Workers by Ray, through a Python process that talks to it. Throws `InputError('backend')` where they can't be had. */
export async function ray(cluster: ClusterOptions, units: number, signal?: AbortSignal): Promise<Transport> {
  const driver = new RayDriver(cluster, units);
  const stop = (): void => void driver.close();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await driver.ready;
    signal?.throwIfAborted();
    return driver;
  } catch (error) {
    await driver.close();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** What the driver says. */
interface Said {
  readonly op: 'ready' | 'refused' | 'answers' | 'failed';
  readonly id?: number;
  readonly message?: string;
  readonly workers?: number;
  readonly threads?: number;
  readonly ray?: string;
  /** How many frames follow: the answers, in the order of questions. */
  readonly frames?: number;
}

interface Waiting {
  readonly resolve: (answers: readonly Uint8Array[]) => void;
  readonly reject: (error: unknown) => void;
}

class RayDriver implements Transport {
  workers = 0;
  threads: number | undefined;
  notes: readonly string[] = [];
  readonly ready: Promise<void>;
  private readonly child: ChildProcess;
  private readonly reader = new FrameReader();
  private readonly waiting = new Map<number, Waiting>();
  private readonly put = new Set<string>();
  private readonly ended: Promise<void>;
  private control: Said | undefined;
  private answers: Uint8Array[] = [];
  private lost: Error | undefined;
  private calls = 0;
  private started: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(cluster: ClusterOptions, units: number) {
    const python = cluster.python ?? process.env.OTMIX_PYTHON ?? 'python3';
    const { address = 'auto', workers, gpus, deadline = DEADLINE } = cluster;
    const options = { address, workers, gpus, deadline, units, version, command: workerCommand(cluster) };
    // In a group of its own, so that Ctrl-C is for this process to decide on.
    this.child = spawn(python, ['-u', '-m', 'otmix_ray', JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONPATH: join(packageRoot(), 'python'), RAY_DEDUP_LOGS: '0' },
      detached: true,
    });
    this.child.stdin?.on('error', () => undefined); // told by its end
    this.child.stdout?.on('data', (bytes: Uint8Array) => this.take(bytes));
    this.ready = new Promise((resolve, reject) => (this.started = { resolve, reject }));
    this.ended = new Promise((resolve) => {
      this.child.on('error', (error) => {
        this.end(noPython(python, error));
        resolve();
      });
      this.child.on('close', (status) => {
        this.end(new ClusterError(`what talks to Ray ended with status ${status}`));
        resolve();
      });
    });
  }

  call(worker: number, { questions, part, kept }: Call): Promise<readonly Uint8Array[]> {
    if (this.lost) return Promise.reject(this.lost);
    for (const parcel of part ? [...kept, part] : kept) this.bring(parcel);
    const id = this.calls++;
    const names = kept.map(({ name }) => name);
    this.say({ op: 'call', id, worker, count: questions.length, part: part?.name, kept: names }, ...questions);
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  drop(name: string): void {
    if (this.put.delete(name) && !this.lost) this.say({ op: 'drop', name });
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), LAST);
    await this.ended;
    clearTimeout(timer);
  }

  /** Puts a parcel where all workers have it. */
  private bring({ name, bytes }: Parcel): void {
    if (this.put.has(name)) return;
    this.put.add(name);
    this.say({ op: 'put', name }, bytes);
  }

  private say(control: object, ...payload: readonly Uint8Array[]): void {
    const length = payload.reduce((sum, one) => sum + one.length, 0);
    const head = framed(new TextEncoder().encode(JSON.stringify(control)));
    const size = new Uint8Array(4);
    new DataView(size.buffer).setUint32(0, length, true);
    for (const bytes of [head, size, ...payload]) this.child.stdin?.write(bytes);
  }

  private take(bytes: Uint8Array): void {
    try {
      for (const frame of this.reader.push(bytes)) {
        if (this.control) this.answers.push(frame);
        else this.control = JSON.parse(new TextDecoder().decode(frame)) as Said;
        if (this.answers.length < (this.control.frames ?? 0)) continue;
        const { control, answers } = this;
        this.control = undefined;
        this.answers = [];
        this.heard(control, answers);
      }
    } catch (error) {
      this.end(new ClusterError(`what talks to Ray can't be understood: ${String(error)}`));
      this.child.kill('SIGKILL');
    }
  }

  private heard(
    { op, id = -1, message = '', workers = 0, threads, ray: version = '' }: Said,
    answers: readonly Uint8Array[],
  ): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    switch (op) {
      case 'ready':
        this.workers = workers;
        this.threads = threads;
        this.notes = [`rows were read and swept by ${workers} worker${workers > 1 ? 's' : ''} of Ray ${version}`];
        this.started?.resolve();
        return;
      case 'refused':
        this.end(refusal(message));
        return;
      case 'answers':
        waiting?.resolve(answers);
        return;
      case 'failed':
        waiting?.reject(new ClusterError(message));
        return;
      default:
        op satisfies never;
    }
  }

  private end(error: Error): void {
    this.lost ??= error;
    this.started?.reject(this.lost);
    for (const { reject } of this.waiting.values()) reject(this.lost);
    this.waiting.clear();
  }
}

function noPython(python: string, error: Error): InputError {
  return new InputError('backend', {
    where: 'cluster',
    expected: 'a Python that has Ray',
    got: `${python} that can't be started (${error.message})`,
    remedy:
      "install Python 3.10 to 3.13 and then Ray: python3 -m pip install 'ray>=2.40', or name one with OTMIX_PYTHON",
  });
}

/** What the driver refused, whose line has all parts of a message. */
function refusal(message: string): InputError {
  const error = new InputError('backend', { where: 'cluster', expected: '', got: '', remedy: '' });
  error.message = `cluster: ${message}`;
  return error;
}
