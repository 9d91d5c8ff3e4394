/** Formats of data by the name that `--format` has for them, and the extension that the reader of files knows them by. */
export const formats = { csv: '.csv', tsv: '.tsv', json: '.json', parquet: '.parquet', arrow: '.arrow', npy: '.npy' };
export type FormatName = keyof typeof formats;

/** What bytes are: data of a format, compressed bytes, or what can't be read. */
export type Content =
  | { readonly kind: 'data'; readonly format: FormatName }
  | { readonly kind: 'gzip' | 'zstd' }
  | { readonly kind: 'other'; readonly name: string };

/** How files begin (their formats' specifications). */
const beginnings: readonly (readonly [bytes: string, content: Content])[] = [
  ['PAR1', { kind: 'data', format: 'parquet' }],
  ['ARROW1', { kind: 'data', format: 'arrow' }],
  ['\xff\xff\xff\xff', { kind: 'data', format: 'arrow' }], // Arrow's stream
  ['\x93NUMPY', { kind: 'data', format: 'npy' }],
  ['\x1f\x8b', { kind: 'gzip' }],
  ['\x28\xb5\x2f\xfd', { kind: 'zstd' }],
  ['\xff\xfe', { kind: 'data', format: 'csv' }], // UTF-16, whose zeros are no sign of binary data
  ['\xfe\xff', { kind: 'data', format: 'csv' }],
  ['PK\x03\x04', { kind: 'other', name: 'a zip archive or a spreadsheet' }],
  ['BZh', { kind: 'other', name: 'bytes compressed by bzip2' }],
  ['\xfd7zXZ', { kind: 'other', name: 'bytes compressed by xz' }],
  ['%PDF', { kind: 'other', name: 'a PDF document' }],
  ['\x89HDF', { kind: 'other', name: 'an HDF5 file' }],
  ['SQLite format 3', { kind: 'other', name: 'an SQLite database' }],
];

/** Tells from its first bytes what a stream is; text is CSV unless it begins as JSON does. */
export function sniff(head: Uint8Array): Content {
  const text = Buffer.from(head).toString('latin1');
  const known = beginnings.find(([bytes]) => text.startsWith(bytes));
  if (known) return known[1];
  if (text.includes('\0')) return { kind: 'other', name: 'binary data of an unknown format' };
  return { kind: 'data', format: /^(\xef\xbb\xbf)?\s*[[{]/.test(text) ? 'json' : 'csv' };
}
