import { printable } from './printable.js';

/** What kind of mistake an {@link InputError} reports. */
export type InputErrorCode =
  | 'option' // an option outside its domain, or two that contradict each other
  | 'shape' // data whose rows, columns or lengths do not fit
  | 'value' // a number that cannot be used: missing, NaN, infinite, negative weight
  | 'file' // a file that cannot be opened, read or written
  | 'format' // a file whose contents are not what its name or version promises
  | 'backend' // a backend that is unknown, absent or failed
  | 'unsupported'; // something this version does not do

/** The four parts of every message to a user: where, what was expected, what was got, what to do. */
export interface Complaint {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  readonly remedy: string;
}

/** A user's mistake: one line that says where, what was expected, what was got and what to do, unprintable characters escaped. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(
    readonly code: InputErrorCode,
    complaint: Complaint,
    options?: ErrorOptions,
  ) {
    const { where, expected, got, remedy } = complaint;
    super(printable(`${where}: expected ${expected}, got ${got}; ${remedy}`.replace(/\s*\n\s*/g, ' ')), options);
  }
}

/** Writes a list for a message: at most `most` items, the rest counted. */
export function listed(items: readonly (string | number)[], most = 8): string {
  const head = items.slice(0, most).join(', ');
  return items.length > most ? `${head} and ${items.length - most} more` : head;
}
