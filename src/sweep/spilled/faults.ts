import { RecordError } from '../../../kernels/simd/records.js';
import { InputError } from '../../base/errors.js';
import type { TaskForce } from '../../threads/pool.js';

/** What work comes to; a record that is not what was written is an `InputError('file')`. */
export function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw clearly(error);
  }
}

/** The same of the tasks of a task force. */
export function tellingForce(force: TaskForce): TaskForce {
  return {
    threads: force.threads,
    get started() {
      return force.started;
    },
    get isLost() {
      return force.isLost;
    },
    startAll: () => force.startAll(),
    async run(...asked) {
      try {
        await force.run(...asked);
      } catch (error) {
        throw clearly(error);
      }
    },
    stop: () => force.stop(),
  };
}

/** What to throw for an error of reading; others are as they are. */
export function clearly(error: unknown): unknown {
  if (!(error instanceof RecordError)) return error;
  return new InputError(
    'file',
    {
      where: 'spill',
      expected: 'rows in their file as they were written',
      got: error.message,
      remedy: 'check that disk, or name a folder on another with spill (--spill DIR)',
    },
    { cause: error },
  );
}
