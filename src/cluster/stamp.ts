import { stat } from 'node:fs/promises';
import { InputError } from '../base/errors.js';
import { isAddress } from '../data/files/addresses.js';
import { literal } from '../data/files/duckdb.js';
import { databaseFor } from '../data/files/httpfs.js';
import { unreadable } from '../data/files/paths.js';
import { asking } from '../data/files/scan.js';

/** By what a file is known to be the same. */
export interface Stamp {
  /** Bytes. */
  readonly size: number;
  /** When it was last written, ms since 1970, or an entity tag. */
  readonly version: number | string;
}

/** The stamp of a file; throws `InputError('file')` where it can't be read. */
export async function stampOf(path: string): Promise<Stamp> {
  if (isAddress(path)) return stampAt(path);
  const stats = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return { size: stats.size, version: Math.floor(stats.mtimeMs) };
}

/** The stamp of a file at an address, of which nothing else is read. */
async function stampAt(address: string): Promise<Stamp> {
  const database = await databaseFor([address]);
  const sql = `SELECT size, epoch_ms(last_modified) FROM read_blob(${literal(address)})`;
  const [[size, written]] = await asking({ name: address, kind: 'file' }, () => database.rows(sql));
  return { size: Number(size), version: written === null ? 'unknown' : Number(written) };
}

/** Throws `InputError('file')` that names a file which is not the one that it was. */
export async function requireSame({ path, size, version }: Stamp & { readonly path: string }): Promise<void> {
  const now = await stampOf(path);
  if (now.size === size && now.version === version) return;
  throw new InputError('file', {
    where: path,
    expected: `the file that the fit began with (${size} bytes, written ${told(version)})`,
    got: `another (${now.size} bytes, written ${told(now.version)})`,
    remedy: 'leave data as they are while a fit runs, and fit again; machines must see the same files',
  });
}

function told(version: number | string): string {
  return typeof version === 'number' ? new Date(version).toISOString() : version;
}
