import type { ScratchPlace } from '../../base/scratch.js';

/** Bytes in files, and in which folder. */
export interface SpillSize {
  readonly bytes: number;
  readonly folder: string;
  /** Whether some of the rows are elsewhere. */
  readonly part?: boolean;
}

/** What rows may take of memory, and where they go beyond. */
export interface SpillLimit extends ScratchPlace {
  /** Bytes that encoded rows may take in memory: in the host's, or, where it was asked for, in the device's that sweeps them. */
  readonly memory: number;
  /** Whether somebody asked for that limit. */
  readonly asked?: boolean | undefined;
  /** How many rows there will be, where that is known: if they have no room, none is held. */
  readonly rows?: number | undefined;
  /** Told once rows have been written to files. */
  readonly onSpilled?: ((size: SpillSize) => void) | undefined;
}

/** Bytes of a row and its weight. */
export function bytesOfRow(d: number): number {
  return (d + 1) * Float32Array.BYTES_PER_ELEMENT;
}

/** Whether all rows of so many bytes each, of which so many have come, are expected to have room in memory. */
export function expectsRoom(bytes: number, rows: number, { memory, rows: all = 0 }: SpillLimit): boolean {
  return Math.max(all, rows) * bytes <= memory;
}

/** What the user should know of rows in files, a sentence. */
export function spillNote({ bytes, folder, part = false }: SpillSize): string {
  const size = bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const rows = part ? 'the rows beyond those that have room' : 'the rows';
  return `${rows} lie in a file without a name, ${size} in ${folder}: they have no room in the memory allowed`;
}
