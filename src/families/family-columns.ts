import { InputError, listed } from '../base/errors.js';
import { mostSimilar } from '../base/similar.js';
import { IGNORE, kebab } from './family-names.js';
import { columnsNamed, requireApart, type FamilyEntry } from './family-text.js';

/** A family, its options as they are written, and the names of its columns in their order. */
export interface ColumnFamily {
  readonly family: string;
  readonly options: readonly string[];
  readonly columns: readonly string[];
}

/** Most column names that a remedy lists. */
const LISTED = 50;

/**
 * The columns of each family, of the data's distinct names; those to ignore are left out. Throws `InputError('option')`
 * for a column that the data don't have, that is there twice or that has no family, and for a family without columns.
 */
export function resolveFamilies(
  entries: readonly FamilyEntry[],
  names: readonly string[],
  where = '--family',
): ColumnFamily[] {
  requireApart(entries, where);
  const named = new Set(entries.flatMap(columnsNamed));
  const known = new Set(names);
  for (const name of named) if (!known.has(name)) throw unknownColumn(name, names, named, where);
  const left = names.filter((name) => !named.has(name));
  const resolved = entries.map(({ family, options, columns }) => ({
    family,
    options,
    columns: columns === '*' || columns === undefined ? left : columns,
  }));
  const covered = new Set(resolved.flatMap(({ columns }) => columns));
  if (covered.size < names.length) throw withoutFamily(left, where);
  const families = resolved.filter(({ family }) => family !== IGNORE);
  const empty = families.find(({ columns }) => columns.length === 0);
  if (empty) throw withoutColumns(empty, names, where);
  return families;
}

function unknownColumn(name: string, names: readonly string[], named: ReadonlySet<string>, where: string): InputError {
  const free = names.filter((one) => !named.has(one));
  const likely = mostSimilar(name, free) ?? mostSimilar(name, names);
  return new InputError('option', {
    where,
    expected: 'columns of the data',
    got: JSON.stringify(name),
    remedy: likely === undefined ? `name some of ${listed(names, LISTED)}` : `did you mean ${JSON.stringify(likely)}?`,
  });
}

function withoutFamily(left: readonly string[], where: string): InputError {
  const them = left.length > 1 ? 'them' : 'it';
  return new InputError('option', {
    where,
    expected: 'a family for each column',
    got: `none for ${listed(left.map((name) => JSON.stringify(name)))}`,
    remedy: `name ${them} too, or ${where === 'product' ? `give data without ${them}` : `leave ${them} out with ${IGNORE}:*`}`,
  });
}

function withoutColumns({ family }: ColumnFamily, names: readonly string[], where: string): InputError {
  const none = names.length === 0;
  return new InputError('option', {
    where,
    expected: `columns for ${kebab(family)}`,
    got: none ? 'data without columns' : `none: other entries name all ${names.length}`,
    remedy: none ? 'give data that have some' : `leave ${kebab(family)}:* out`,
  });
}
