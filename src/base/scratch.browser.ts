import { InputError } from './errors.js';
import type { ScratchFile, ScratchPlace } from './scratch.js';

/** Browsers have no files: throws `InputError('unsupported')`. */
export function scratchFile(_place?: ScratchPlace): ScratchFile {
  throw noFiles('spill');
}

/** Throws `InputError('unsupported')` for a limit that only files could keep. */
export function requireScratch(where: string): void {
  throw noFiles(where);
}

/** As much as is asked for: browsers do not tell. */
export function freeMemory(): number {
  return Infinity;
}

/** As much as is asked for: it is never asked for. */
export function freeRoom(_folder?: string): number {
  return Infinity;
}

function noFiles(where: string): InputError {
  return new InputError('unsupported', {
    where,
    expected: 'Node, where rows beyond memory lie in a file',
    got: 'a browser',
    remedy: 'leave the option out, and fit rows that fit the memory of the page',
  });
}
