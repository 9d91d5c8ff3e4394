/** Why a command's signal was aborted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(readonly signalName: 'SIGINT' | 'SIGTERM') {
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
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const reason = new Interrupted(name);
      if (controller.signal.aborted) process.exit(reason.exitStatus);
      controller.abort(reason);
      if (process.stderr.isTTY) process.stderr.write('\nstopping; press Ctrl-C again to quit at once\n');
    });
  }
  return controller.signal;
}

/** The interruption of this process, if there was one. */
export function interruption(): Interrupted | undefined {
  return controller.signal.aborted ? (controller.signal.reason as Interrupted) : undefined;
}
