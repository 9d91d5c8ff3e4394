import { InputError } from '../../base/errors.js';
import { checkTextOptions, type TextOptions } from '../text/options.js';
import { delimitedRelation, openDelimitedFile } from './delimited.js';
import type { Database } from './duckdb.js';
import { jsonRelations, openJson } from './json.js';
import type { Format } from './paths.js';
import type { Relation } from './relation.js';
import type { AnyTable } from './table.js';

/** Formats that are text. */
export type TextFileFormat = Extract<Format, 'csv' | 'tsv' | 'txt' | 'json'>;

/** Text files, a table each, in the order given. */
export async function openText(
  paths: readonly string[],
  format: TextFileFormat,
  options: TextOptions,
): Promise<AnyTable[]> {
  if (format === 'json') return openJson(paths);
  const tables: AnyTable[] = [];
  for (const path of paths) tables.push(await openDelimitedFile(path, format, options));
  return tables;
}

/** Text files as a query reads them: as {@link openText} does. */
export async function textRelations(
  database: Database,
  paths: readonly string[],
  format: TextFileFormat,
  options: TextOptions,
): Promise<Relation[]> {
  if (format === 'json') return jsonRelations(database, paths);
  const relations: Relation[] = [];
  for (const path of paths) relations.push(await delimitedRelation(database, path, format, options));
  return relations;
}

/** Throws `option` for options of text that are none, or that are given for data of another format. */
export function requireTextOptions(spec: string, format: Format | 'query' | undefined, options: TextOptions): void {
  checkTextOptions(options);
  const [where] = Object.keys(options);
  if (where === undefined || ['csv', 'tsv', 'txt', 'query'].includes(format ?? '')) return;
  throw new InputError('option', {
    where,
    expected: 'text in cells with it: .csv, .tsv or .txt',
    got: spec,
    remedy: 'leave it out',
  });
}
