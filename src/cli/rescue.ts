import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';

/**
 * Writes what its own place did not take to the first of these that does: beside it, the current folder, a private
 * temporary folder. Overwrites nothing. Answers where, or undefined where none did.
 */
export async function elsewhere(
  place: string,
  write: (path: string) => Promise<unknown>,
  temporary: () => Promise<string> = () => mkdtemp(join(tmpdir(), 'otmix-')),
): Promise<string | undefined> {
  for (const folder of [() => dirname(place), () => process.cwd(), temporary]) {
    try {
      const path = await unused(join(await folder(), basename(place)));
      await write(path).catch(async (error: unknown) => {
        await rm(path, { force: true }).catch(() => undefined);
        throw error;
      });
      return path;
    } catch {
      continue; // the next may take it
    }
  }
  return undefined;
}

/** A path that names nothing yet: the given one, or with a number before its extension. */
async function unused(path: string): Promise<string> {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${stem}-${number}${extension}`;
    if (!(await isThere(candidate))) return candidate;
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
