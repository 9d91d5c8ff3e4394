type SignalName = 'SIGINT' | 'SIGTERM';
const signalNames: readonly SignalName[] = ['SIGINT', 'SIGTERM'];

/** Why a command's signal was aborted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly signalName: SignalName) {
    super(signalName);
  }

  /** What a shell reports of a process that a signal ended. */
  get exitStatus(): number {
    return this.signalName === 'SIGINT' ? 130 : 143;
  }
}

const controller = new AbortController();

/**
 * The signal that Ctrl-C (and SIGTERM) aborts: commands end with what they have. Pressing it once more quits at once.
 */
export function catchInterrupts(): AbortSignal {
  for (const name of signalNames) {
    process.on(name, () => {
      if (controller.signal.aborted) die(name);
      controller.abort(new Interrupted(name));
      if (process.stderr.isTTY) process.stderr.write('\nstopping; press Ctrl-C again to quit at once\n');
    });
  }
  return controller.signal;
}

/** The interruption of this process, if there was one. */
export function interruption(): Interrupted | undefined {
  return controller.signal.aborted ? (controller.signal.reason as Interrupted) : undefined;
}

/** What `work` comes to, or the signal's reason as soon as there is one, whatever `work` is waiting for. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Ends the process although something of it may still be waiting, which an exit waits for: a signal then kills it. */
export function leave(status: number): never {
  for (const name of signalNames) process.removeAllListeners(name);
  process.exit(status);
}

/** Ends the process as if the signal had not been caught. */
function die(name: SignalName): void {
  process.emit('exit', new Interrupted(name).exitStatus); // a signal that kills does not have what waits for the end done
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}
