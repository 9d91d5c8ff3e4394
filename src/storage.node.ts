import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { InputError } from './errors.js';

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
        got: (cause as NodeJS.ErrnoException).code ?? String(cause),
        remedy: 'check the path and its permissions',
      },
      { cause },
    );
  }
}

/** Writes a text file whole or not at all: beside its place first, then renamed into it. */
export async function writeText(path: string | URL, text: string): Promise<void> {
  const place = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : String(path);
  const draft = `${place}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, place);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined); // what went wrong first is what to tell
    throw new InputError(
      'file',
      {
        where: place,
        expected: 'a place that can be written to',
        got: (cause as NodeJS.ErrnoException).code ?? String(cause),
        remedy: 'check that its folder exists and may be written to',
      },
      { cause },
    );
  }
}
