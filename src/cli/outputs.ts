import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { exists, expand, isQuery } from '../data/files/paths.js';
import { queryFiles } from '../data/files/query.js';
import { InputError } from '../base/errors.js';
import { placeOf, systemReason } from '../base/storage.node.js';
import type { ResultFlags } from './flags.js';
import { requireRowFormat } from './rows.js';

/**
 * Where outputs may go, links resolved, by the option that names them: checked before any work is done for them. Throws
 * `InputError` for a place that cannot be written to, that is an input, or that is named twice.
 */
export async function outputPlaces<T extends string>(
  paths: Readonly<Partial<Record<T, string | undefined>>>,
  inputs: readonly string[],
): Promise<Partial<Record<T, string>>> {
  const taken = new Map<string, string>();
  for (const path of inputs) taken.set(await realpath(path).catch(() => path), 'an input'); // a pipe has none
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

/** The file that rows go to; undefined for standard output. Throws `InputError('option')` for an unknown format. */
export function rowPlace(out: string | undefined): string | undefined {
  if (out === undefined || out === '-') return undefined;
  requireRowFormat('--out', out);
  return out;
}

/** Throws `InputError('option')` where a name promises another format than a model or a report has. */
export function requireResultFormats({ out, report }: ResultFlags): void {
  requireExtension('--out', out, ['.json'], 'a model is JSON');
  requireExtension('--report', report, ['.html', '.htm'], 'a report is HTML, which a browser prints as PDF');
}

/** Throws `InputError('option')` where a name ends in another way than files of its format do. */
export function requireExtension(flag: string, path = '', known: readonly string[], why: string): void {
  const [extension = ''] = /\.[a-z][a-z\d]*$/i.exec(basename(path)) ?? [];
  if (path !== '-' && (extension === '' || known.includes(extension.toLowerCase()))) return;
  const expected = `a file that ends in ${known.join(' or ')}`;
  throw refusal('option', flag, expected, path, `${why}: rename it`);
}

/** Why a place can't be written to, by the system's code. */
const reasons: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'whose folder does not exist',
  ENOTDIR: 'whose folder is a file',
  ELOOP: 'a link that leads to itself',
  ENAMETOOLONG: 'whose name is too long',
  EROFS: 'on a file system that is read-only',
};

async function writable(flag: string, path: string): Promise<string> {
  const remedy = 'name a file in a folder that exists and may be written to';
  try {
    if (path === '') throw refusal('file', flag, 'a path', 'none', remedy);
    const place = await placeOf(path);
    const folder = dirname(place);
    const there = await stat(place).catch(() => undefined);
    if (there && !there.isFile()) {
      const got = `${path}, ${there.isDirectory() ? 'a directory' : 'a device or a pipe'}`;
      throw refusal('file', flag, 'a file', got, remedy);
    }
    if (there) await access(place, constants.W_OK);
    else if (!(await stat(folder)).isDirectory()) throw refusal('file', flag, 'a folder', folder, remedy);
    await access(folder, constants.W_OK); // written beside its place and renamed
    return place;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = reasons[systemReason(cause)] ?? 'without leave';
    throw refusal('file', flag, 'a place that can be written to', `${path}, ${reason}`, remedy);
  }
}

function refusal(code: 'file' | 'option', where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError(code, { where, expected, got, remedy });
}
