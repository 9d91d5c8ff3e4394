import { InputError } from '../../base/errors.js';
import { literal } from './duckdb.js';

/** Whether a path names a file on another machine that can be read: s3://, http:// or https://. */
export function isAddress(path: string): boolean {
  return /^(s3|https?):\/\//i.test(path);
}

/** Throws `InputError('unsupported')` for an address by which nothing can be read. */
export function refuseAddress(path: string): void {
  if (isAddress(path) || !/^[a-z][a-z\d+.-]*:\/\//i.test(path)) return;
  throw new InputError('unsupported', {
    where: path,
    expected: 'a file on this machine, or at an address that begins with s3:// or https://',
    got: 'an address of another kind',
    remedy: /^file:/i.test(path) ? 'write its path, without file://' : 'download it first',
  });
}

/** Readers of DuckDB's own, by formats. */
const READERS: Readonly<Record<string, string>> = {
  csv: 'read_csv',
  tsv: 'read_csv',
  txt: 'read_csv',
  json: 'read_json',
};

/** Throws `InputError('unsupported')` for a file at an address that is not Parquet: others are read from this machine. */
export function requireParquetAt(address: string, format: string | undefined): void {
  if (!isAddress(address) || format === 'parquet') return;
  const reader = format === undefined ? 'read_parquet' : READERS[format];
  const query = reader && `"FROM ${reader}(${literal(address)})"`;
  throw new InputError('unsupported', {
    where: address,
    expected: 'a file that ends in .parquet at an address',
    got: format === undefined ? 'another name' : `a file of ${format}`,
    remedy: query ? `read it by DuckDB's rules, as ${query}, or download it first` : 'download it first',
  });
}
