import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { InputError } from '../../base/errors.js';
import { resolve } from 'node:path';
import { shellWord } from '../pasted.js';
import type { TextFormat } from '../text/options.js';
import { isAddress, refuseAddress } from './addresses.js';
import { globbed } from './duckdb.js';
import { databaseFor } from './httpfs.js';
import { emptyError } from './table.js';

export type Format = TextFormat | 'json' | 'parquet' | 'arrow' | 'npy';

/** What text may be compressed with, by the end of its name. */
const COMPRESSIONS = ['', '.gz', '.zst'];

const EXTENSIONS: Readonly<Partial<Record<string, Format>>> = {
  ...Object.fromEntries(
    (['csv', 'tsv', 'txt'] as const).flatMap((format) => COMPRESSIONS.map((end) => [`.${format}${end}`, format])),
  ),
  '.json': 'json',
  '.jsonl': 'json',
  '.ndjson': 'json',
  '.parquet': 'parquet',
  '.arrow': 'arrow',
  '.feather': 'arrow',
  '.ipc': 'arrow',
  '.npy': 'npy',
};

/** Whether a specification is an SQL query rather than a path. */
export function isQuery(spec: string): boolean {
  return /^\s*(select|from|with)\s/i.test(spec);
}

/** The format a path's extension promises, whatever its case; of an address before what is asked of it. */
export function formatOf(path: string): Format | undefined {
  const file = /^https?:/i.test(path) ? path.replace(/[?#].*$/s, '') : path;
  return EXTENSIONS[extensionOf(file).toLowerCase()];
}

function extensionOf(path: string): string {
  return /\.[a-z\d]+(?:\.(?:gz|zst))?$/i.exec(path)?.[0] ?? '';
}

/** The error for a path whose extension promises nothing known. */
export function formatError(path: string): InputError {
  return new InputError('format', {
    where: path,
    expected: `a file that ends in ${Object.keys(EXTENSIONS).join(', ')}`,
    got: extensionOf(path) || 'no extension',
    remedy: `rename it, or, if it is text in cells, copy it: cp ${shellWord(path)} ${shellWord(`${path}.txt`)}`,
  });
}

/** The files a path or glob names, sorted; a path that exists is never read as a glob. Checks that each on this machine can be read. */
export async function expand(spec: string): Promise<readonly string[]> {
  refuseAddress(spec);
  const isGlob = /[*?[]/.test(spec) && !/^https?:/i.test(spec) && !(await exists(spec));
  const paths = isGlob ? await globbed(await databaseFor([spec]), spec) : [spec];
  if (paths.length === 0) {
    throw new InputError('file', {
      where: spec,
      expected: 'at least one file that matches',
      got: 'none',
      remedy: isAddress(spec) ? 'check the pattern' : `check the pattern, which starts from ${process.cwd()}`,
    });
  }
  for (const path of paths) if (!isAddress(path)) await checkFile(path);
  return paths;
}

/** A path or glob as other working directories have it; addresses stay as they are. */
export function absoluteSpec(spec: string): string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(spec) ? spec : resolve(spec);
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Throws unless the path is a file of at least one byte that this process may read. */
async function checkFile(path: string): Promise<void> {
  // A pipe without a writer would block an open that waits, and with it the end of the process.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) {
      throw new InputError('file', {
        where: path,
        expected: 'a file',
        got: 'a directory',
        remedy: `name the files in it with a glob such as ${path.replace(/[/\\]+$/, '')}/*.csv`,
      });
    }
    if (!stats.isFile()) throw pipe(path);
    if (stats.size === 0) throw emptyError(path, 'a file of 0 bytes');
  } finally {
    await handle.close();
  }
}

/** Throws `InputError('file')` for a pipe or a device, which would block whoever opens it. */
export async function refusePipe(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats && !stats.isFile() && !stats.isDirectory()) throw pipe(path);
}

function pipe(path: string): InputError {
  return new InputError('file', {
    where: path,
    expected: 'a file, which can be read several times',
    got: 'a pipe or a device',
    remedy: `write it to a file, or hand it to the command as its standard input: otmix fit - < ${path}`,
  });
}

/** The error for a file that the system would not open or read. */
export function unreadable(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  const absent = error.code === 'ENOENT' || error.code === 'ENOTDIR';
  const denied = error.code === 'EACCES' || error.code === 'EPERM';
  return new InputError(
    'file',
    {
      where: path,
      expected: 'a file that can be read',
      got: absent ? 'none there' : denied ? 'one this user may not read' : String(error.code),
      remedy: absent ? `check the path, which starts from ${process.cwd()}` : 'check the file and its permissions',
    },
    { cause: error },
  );
}
