/** What a fit is asked to keep and to go on from. */
import { invalid, isList, requireNotNegative } from '../base/check.js';

/** Where a fit keeps how far it has come. */
export interface CheckpointOptions {
  /** A file, which is replaced whole each time. */
  readonly file: string | URL;
  /** Seconds between two, at least; default 60. 0 keeps every iteration. */
  readonly everySeconds?: number;
}

/** The options of a fit that have to do with checkpoints. */
export interface KeepingOptions {
  readonly checkpoint?: CheckpointOptions | undefined;
  readonly resume?: string | URL | undefined;
}

/** Throws `InputError('option')` for what names no file or no time. */
export function requireKeeping({ checkpoint, resume }: KeepingOptions): void {
  if (resume !== undefined) requireFile('resume', resume);
  if (checkpoint === undefined) return;
  if (typeof checkpoint !== 'object' || isList(checkpoint)) {
    throw invalid('checkpoint', '{ file, everySeconds }', checkpoint, "give { file: 'fit.checkpoint' }");
  }
  requireFile('checkpoint.file', checkpoint.file);
  if (checkpoint.everySeconds !== undefined) requireNotNegative('checkpoint.everySeconds', checkpoint.everySeconds);
}

function requireFile(where: string, file: unknown): void {
  if ((typeof file === 'string' && file !== '') || file instanceof URL) return;
  throw invalid(where, 'the path of a file, or its URL', file, "give one such as 'fit.checkpoint'");
}
