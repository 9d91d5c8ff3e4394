import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { exists, expand, isQuery } from '../data/files/paths.js';
import { queryFiles } from '../data/files/query.js';
import { InputError } from '../errors.js';

/**
 * Where outputs may go, links resolved, by the option that names them: checked before any work is done for them. Throws
 * `InputError` for a place that cannot be written to, that is an input, or that is named twice.
 */
export async function outputPlaces<T extends string>(
  paths: Readonly<Partial<Record<T, string | undefined>>>,
  inputs: readonly string[],
): Promise<Partial<Record<T, string>>> {
  const taken = new Map<string, string>();
  for (const path of inputs) taken.set(await realpath(path), 'an input');
  const places: Partial<Record<T, string>> = {};
  for (const [flag, path] of Object.entries(paths) as [T, string | undefined][]) {
    if (path === undefined) continue;
    const place = await writable(flag, path);
    const use = taken.get(place);
    if (use !== undefined)
      throw refusal('option', flag, 'a file of its own', `${path}, ${use} as well`, 'name another');
    taken.set(place, `the place of ${flag}`);
    places[flag] = place;
  }
  return places;
}

/** The files that a source reads, as far as its text tells; throws `InputError('file')` for a path that is none. */
export async function inputFiles(spec: string): Promise<readonly string[]> {
  return isQuery(spec) && !(await exists(spec)) ? queryFiles(spec) : expand(spec);
}

async function writable(flag: string, path: string): Promise<string> {
  const remedy = 'name a file in a folder that exists and may be written to';
  const folder = dirname(resolve(path));
  try {
    if (path === '') throw refusal('file', flag, 'a path', 'none', remedy);
    const place = await realpath(path).catch(async () => join(await realpath(folder), basename(path)));
    const there = await stat(place).catch(() => undefined);
    if (there && !there.isFile()) {
      const got = `${path}, ${there.isDirectory() ? 'a directory' : 'a device or a pipe'}`;
      throw refusal('file', flag, 'a file', got, remedy);
    }
    if (there) await access(place, constants.W_OK);
    else if (!(await stat(folder)).isDirectory()) throw refusal('file', flag, 'a folder', folder, remedy);
    await access(dirname(place), constants.W_OK); // written beside its place and renamed
    return place;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'whose folder does not exist' : 'without leave';
    throw refusal('file', flag, 'a place that can be written to', `${path}, ${reason}`, remedy);
  }
}

function refusal(code: 'file' | 'option', where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError(code, { where, expected, got, remedy });
}
