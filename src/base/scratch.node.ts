import { closeSync, openSync, statfsSync, unlinkSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { InputError } from './errors.js';
import type { ScratchFile } from './scratch.js';
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
 * or the process exits, and what killed processes left goes with the next that comes. Throws `InputError('file')`.
 */
export function scratchFile(folder: string = tmpdir()): ScratchFile {
  try {
    const path = `${ownName('spill', folder)}${count++}`;
    return new Scratch(openSync(path, 'wx+', 0o600), folder, unlinked(path) ? undefined : path);
  } catch (cause) {
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
        if (cause) reject(this.noRoom(cause, position + at));
        else resolve(written);
      });
    });
  }

  private noRoom(cause: Error, bytes: number): InputError {
    return new InputError(
      'file',
      {
        where: `spill ${this.folder}`,
        expected: 'room for the rows beyond memory',
        got: `${systemReason(cause)} after ${Math.floor(bytes / 2 ** 20)} MiB`,
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
