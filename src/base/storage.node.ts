import { randomUUID } from 'node:crypto';
import {
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from './errors.js';

/** Links that a path may lead over, as Linux has it. */
const MOST_LINKS = 40;

/** Reads a text file; throws `InputError('file')` where it can't be read. */
export async function readText(path: string | URL): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new InputError(
      'file',
      {
        where: String(path),
        expected: 'a file that can be read',
        got: systemReason(cause),
        remedy: 'check the path and its permissions',
      },
      { cause },
    );
  }
}

/** Writes a file of text or bytes whole or not at all: beside its place first, then renamed into it. Links are followed. */
export async function writeText(path: string | URL, text: string | Uint8Array): Promise<void> {
  const named = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : String(path);
  let draft: string | undefined;
  try {
    const place = await placeOf(named);
    draft = draftPath(place);
    await (await createFor(place, draft)).close();
    await writeFile(draft, text);
    await rename(draft, place);
  } catch (cause) {
    if (draft !== undefined) await rm(draft, { force: true }).catch(() => undefined); // tell what went wrong first
    throw new InputError(
      'file',
      {
        where: named,
        expected: 'a place that can be written to',
        got: systemReason(cause),
        remedy: 'check that its folder exists and may be written to',
      },
      { cause },
    );
  }
}

/** Removes what writers of a file that were killed have left beside its place. */
export async function removeDrafts(path: string | URL): Promise<void> {
  const named = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : String(path);
  const place = await placeOf(named).catch(() => undefined); // whoever writes there says why that can't be
  if (place === undefined) return;
  const [folder, name] = [dirname(place), basename(place)];
  const left = (await readdir(folder).catch(() => [])).filter(
    (other) => other.startsWith(`${name}.`) && /^[\da-f-]{36}\.tmp$/.test(other.slice(name.length + 1)),
  );
  for (const draft of left) await rm(join(folder, draft), { force: true }).catch(() => undefined);
}

/** The file that a path leads to, links followed; there need be none yet. Rejects as the system does. */
export async function placeOf(path: string): Promise<string> {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const folder = await realpath(dirname(place));
    const target = await readlink(place).catch(() => undefined);
    if (target === undefined) return join(folder, basename(place));
    place = resolve(folder, target);
  }
  throw Object.assign(new Error(`too many links from ${path}`), { code: 'ELOOP' });
}

/** A name beside a place for what is not yet to be seen there. */
export function draftPath(place: string): string {
  return `${place}.${randomUUID()}.tmp`;
}

/** Creates the file that will take a place, with the permissions and, where it may, the owner of what is there. */
export async function createFor(place: string, path: string): Promise<FileHandle> {
  const there = await stat(place).catch(() => undefined);
  const mode = there && there.mode & 0o7777;
  const handle = await open(path, 'wx+', mode);
  if (there) await handle.chown(there.uid, there.gid).catch(() => undefined); // only root may always
  if (mode !== undefined) await handle.chmod(mode).catch(() => undefined); // what the umask took off
  return handle;
}

/** What the system says of a failure: its code, as in ENOSPC. */
export function systemReason(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
