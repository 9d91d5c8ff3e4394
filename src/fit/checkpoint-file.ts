/** The file of a checkpoint: a line that says what it is, and plain values with their digest. */
import { digestOf } from '../base/digest.js';
import { InputError } from '../base/errors.js';
import { fromPlainText, plainText } from '../base/plain.js';
import type { SavedEnd, SavedRun } from '../em/saved.js';
import type { DataDigest } from '../data/digests.js';

/** A run of a fit: not begun where it is left out. */
export interface RunRecord {
  readonly between?: SavedRun;
  readonly ended?: SavedEnd;
}

/** All that a checkpoint knows. */
export interface CheckpointContent {
  /** Options that decide the result, by name, as they are told to a user; the version of otmix is one. */
  readonly options: Readonly<Record<string, string>>;
  readonly data: DataDigest;
  /** Of each fit, by its number, its runs by name. */
  readonly fits: Readonly<Record<string, Readonly<Record<string, RunRecord>>>>;
}

const FORMAT = 1;
/** The first line: the format and the digest of what follows. */
const FIRST = /^otmix checkpoint (\d+) ([\da-f]{16})$/;

export function checkpointText(content: CheckpointContent): string {
  const body = plainText(content);
  return `otmix checkpoint ${FORMAT} ${digestOf(body)}\n${body}\n`;
}

/** Throws `InputError('format')` for a text that is no checkpoint, of another format, or not whole. */
export function checkpointOf(text: string, where: string): CheckpointContent {
  const wrong = (expected: string, got: string): InputError =>
    new InputError('format', { where, expected, got, remedy: 'resume from another file, or begin anew without' });
  const end = text.indexOf('\n');
  const [, format, digest] = FIRST.exec(text.slice(0, Math.max(0, end))) ?? [];
  if (digest === undefined)
    throw wrong('a checkpoint of otmix', text === '' ? 'an empty file' : 'another kind of file');
  if (format !== String(FORMAT)) throw wrong(`a checkpoint of format ${FORMAT}`, `format ${format}`);
  const body = text.slice(end + 1, -1);
  if (!text.endsWith('\n') || digestOf(body) !== digest) throw wrong('a whole checkpoint', 'one that is damaged');
  return fromPlainText(body) as CheckpointContent;
}
