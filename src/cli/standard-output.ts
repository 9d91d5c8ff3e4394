import { writeSync } from 'node:fs';
import { InputError } from '../base/errors.js';
import { printableLines } from '../base/printable.js';
import { systemReason } from '../base/storage.node.js';
import { beforeEnd } from './last-words.js';

/** Whoever read standard output has closed it, as in `otmix … | head`: no failure, but nothing more is to be written. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

let broken: ReaderGone | InputError | undefined;
process.stdout.on('error', (cause: NodeJS.ErrnoException) => (broken ??= failureOf(cause)));

/** Writes text or bytes as they are to standard output, once there is room; throws {@link ReaderGone} or `InputError('file')`. */
export async function write(text: string | Uint8Array): Promise<void> {
  if (broken) throw broken;
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (cause) => {
      if (cause) reject((broken ??= failureOf(cause)));
      else resolve();
    });
  });
}

/** Prints lines for people: names in them can do nothing to a terminal. */
export function print(text: string): Promise<void> {
  return write(printableLines(text));
}

/** Has text printed should the process end before its turn comes; answers what takes that back. */
export function owe(text: () => string): () => void {
  return beforeEnd(() => writeSync(1, text()));
}

function failureOf(cause: NodeJS.ErrnoException): ReaderGone | InputError {
  if (cause.code === 'EPIPE' || cause.code === 'ERR_STREAM_DESTROYED') return new ReaderGone('', { cause });
  const where = 'standard output';
  const remedy = 'make space or write elsewhere';
  const complaint = { where, expected: 'a place that can be written to', got: systemReason(cause), remedy };
  return new InputError('file', complaint, { cause });
}
