import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemReason } from './storage.node.js';

/** What lies in folders for temporary files: rows beyond memory, what DuckDB spills, a stream that is read again. */
type Kind = 'spill' | 'duckdb' | 'stream';

/** Names carry the process and when that began, which tells it from an earlier one of the same number. */
const STARTED = Math.round(performance.timeOrigin);
const NAME = /^otmix-(?:spill|duckdb|stream)-(\d+)-(\d+)-[0-9A-Za-z]+$/;
/** Folders that have been looked through. */
const tidied = new Set<string>();

/**
 * The start of a name that nobody but this process gives; the caller adds letters or digits. With the first in a folder
 * goes what processes left there that were killed. Throws the system's error where the folder can't be read.
 */
export function ownName(kind: Kind, folder: string): string {
  if (!tidied.has(folder)) removeLeft(folder);
  tidied.add(folder);
  return join(folder, `otmix-${kind}-${process.pid}-${STARTED}-`);
}

/** A new folder of this process and this user alone. Who asks for it removes it, however the process ends but by SIGKILL. */
export function ownFolder(kind: Kind): string {
  return mkdtempSync(ownName(kind, tmpdir()));
}

/** Removes what processes left that are no more. */
function removeLeft(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, pid, started] = NAME.exec(name) ?? [];
    if (pid === undefined || isThere(Number(pid), Number(started))) continue;
    try {
      const path = join(folder, name);
      if (isOurs(lstatSync(path).uid)) rmSync(path, { recursive: true });
    } catch {
      continue; // another process was faster
    }
  }
}

/** Whether this user owns what has this owner; systems that have no numbers for users keep such folders apart. */
function isOurs(owner: number): boolean {
  return process.getuid === undefined || owner === process.getuid();
}

/** Whether a process still runs. */
function isThere(pid: number, started: number): boolean {
  if (pid === process.pid) return started === STARTED;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemReason(error) !== 'ESRCH';
  }
}
