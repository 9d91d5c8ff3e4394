import { closeSync, constants, openSync, statfsSync, unlinkSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { BLOCK } from '../../kernels/simd/blocks.js';
import { InputError } from './errors.js';
import type { ScratchFile, ScratchPlace } from './scratch.js';
import { systemReason } from './storage.node.js';
import { ownName } from './temporary.node.js';

export { freeMemory } from './free-memory.node.js';

let count = 0;

/** Files are at hand. */
export function requireScratch(_where: string): void {
  // Node has them.
}

/**
 * Opens a file in a folder, by default the system's for temporary files. Its name is taken off at once, where the system
 * lets that be: whatever becomes of the process, nothing is left. Where it does not, the name goes when the file is closed
 * or the process exits, and what killed processes left goes with the next that comes. Throws `InputError('file')`, also
 * where a direct file is asked for and the system or the folder has none.
 */
export function scratchFile({ folder = tmpdir(), direct = false }: ScratchPlace = {}): ScratchFile {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | (direct ? directFlag(folder) : 0);
  try {
    const path = `${ownName('spill', folder)}${count++}`;
    const descriptor = opened(path, flags);
    return new Scratch(descriptor, folder, direct, unlinked(path) ? undefined : path);
  } catch (cause) {
    if (direct && systemReason(cause) === 'EINVAL') throw notDirect(folder, 'EINVAL', cause);
    throw new InputError(
      'file',
      {
        where: `spill ${folder}`,
        expected: 'a folder in which files can be made',
        got: systemReason(cause),
        remedy: 'make it, or name another with spill (--spill DIR)',
      },
      { cause },
    );
  }
}

/** Opens a file; a file system that makes it and refuses to open it then, as some do of direct files, has it no more. */
function opened(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o600);
  } catch (error) {
    if (systemReason(error) === 'EINVAL') unlinked(path);
    throw error;
  }
}

/** What asks the system for direct I/O, where there is such a thing. */
function directFlag(folder: string): number {
  const { O_DIRECT } = constants as { readonly O_DIRECT?: number };
  if (O_DIRECT === undefined) throw notDirect(folder, `${process.platform}, which has no O_DIRECT`);
  return O_DIRECT;
}

function notDirect(folder: string, got: string, cause?: unknown): InputError {
  return new InputError(
    'file',
    {
      where: `spill ${folder}`,
      expected: 'a folder whose files can be written and read past the page cache (O_DIRECT), as directSpill asks',
      got,
      remedy: 'leave directSpill (--direct-spill) out, or name a folder on another disk with spill (--spill DIR)',
    },
    { cause },
  );
}

/** Bytes that files in a folder may still take; no limit where the system doesn't tell, as of a folder that is not there. */
export function freeRoom(folder: string = tmpdir()): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity; // who writes there hears of it
  }
}

class Scratch implements ScratchFile {
  private isOpen = true;
  private readonly onExit = (): void => {
    if (this.path !== undefined) unlinked(this.path);
  };

  constructor(
    readonly descriptor: number,
    readonly folder: string,
    readonly direct: boolean,
    /** Where it still has a name. */
    private readonly path: string | undefined,
  ) {
    if (path !== undefined) process.once('exit', this.onExit);
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.writeSome(bytes, at, position);
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.descriptor);
    this.onExit();
    process.removeListener('exit', this.onExit);
  }

  private writeSome(bytes: Uint8Array, at: number, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      write(this.descriptor, bytes, at, bytes.length - at, position + at, (cause, written) => {
        if (cause) reject(this.refusal(cause, position + at));
        else if (this.direct && written % BLOCK > 0) reject(this.noRoom('a part of a block', position + at + written));
        else resolve(written);
      });
    });
  }

  private refusal(cause: Error, bytes: number): InputError {
    const reason = systemReason(cause);
    if (this.direct && reason === 'EINVAL') return notDirect(this.folder, reason, cause);
    return this.noRoom(reason, bytes, cause);
  }

  private noRoom(got: string, bytes: number, cause?: Error): InputError {
    return new InputError(
      'file',
      {
        where: `spill ${this.folder}`,
        expected: 'room for the rows beyond memory',
        got: `${got} after ${Math.floor(bytes / 2 ** 20)} MiB`,
        remedy: 'name a folder that has room with spill (--spill DIR), or allow more memory (--memory)',
      },
      { cause },
    );
  }
}

function unlinked(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch {
    return false; // an open file, on some systems; or it is gone already
  }
}
