/** Blocks that files are read and written by past the page cache: places, lengths and memory are whole ones. */

/** Bytes of a block: the system's page, and the most that disks have. */
export const BLOCK = 4096;
/** Bytes of a page of WebAssembly. */
const PAGE = 2 ** 16;

/** The bytes of the fewest blocks that have room for so many. */
export function wholeBlocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}

/** Zeros that begin with a page of the system's. Memory of WebAssembly does; an array of JavaScript's begins anywhere. */
export function pageAligned(bytes: number): Uint8Array {
  const pages = Math.ceil(bytes / PAGE);
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages });
  return new Uint8Array(buffer, 0, bytes);
}
