/**
 * Families of columns as text: `gaussian(tied):age+income,poisson:visits,categorical:*`.
 *
 *     families = entry {"," entry}
 *     entry    = name ["(" [option {"," option}] ")"] [":" ("*" | column {"+" column})]
 *
 * White space around names, options and columns does not count. Columns with any of `,:+*()"` in them, and options with
 * any of `,()"`, stand in double quotes, where a quote is doubled. `*` is all columns that no other entry names; an entry
 * without columns stands alone and has all. `ignore:id` leaves columns out.
 */
import { InputError } from '../base/errors.js';
import { IGNORE, familyNamed, kebab } from './family-names.js';

/** A family, its options as they are written, and its columns: all that no other entry names, or, undefined, all. */
export interface FamilyEntry {
  readonly family: string;
  readonly options: readonly string[];
  readonly columns: readonly string[] | '*' | undefined;
}

/** What ends a name or a column, and what ends an option. */
const SIGNS = ',:+*()"';
const OPTION_SIGNS = ',()"';
const QUOTED = `put names with any of ${SIGNS} in double quotes`;

/**
 * Reads families of columns. `known` has the families’ names in camelCase, as the entries have them then. Throws
 * `InputError('option')` for other text, for a column named twice, and for several families of which not each has columns.
 */
export function parseFamilies(text: string, known: readonly string[], where = '--family'): FamilyEntry[] {
  const reader = new Reader(text, where);
  const entries: FamilyEntry[] = [];
  do {
    const name = reader.bare(SIGNS);
    if (name === '') throw reader.unexpected('the name of a family', `choose among ${known.map(kebab).join(', ')}`);
    const family = familyNamed(name, known, where);
    const options = reader.takes('(') ? optionsOf(reader) : [];
    entries.push({ family, options, columns: reader.takes(':') ? columnsOf(reader) : undefined });
  } while (reader.takes(','));
  if (!reader.ended) throw reader.unexpected('a comma between families, : before columns and + between them', QUOTED);
  requireApart(entries, where);
  return entries;
}

/** Text that `parseFamilies` reads as these entries. */
export function printFamilies(entries: readonly FamilyEntry[]): string {
  return entries.map(printed).join(',');
}

function printed({ family, options, columns }: FamilyEntry): string {
  const brackets = options.length > 0 ? `(${options.map((option) => quoted(option, OPTION_SIGNS)).join(',')})` : '';
  if (columns === undefined) return kebab(family) + brackets;
  return `${kebab(family)}${brackets}:${columns === '*' ? '*' : columns.map((name) => quoted(name, SIGNS)).join('+')}`;
}

function quoted(text: string, signs: string): string {
  const plain = text !== '' && text === text.trim() && !Array.from(signs).some((sign) => text.includes(sign));
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}

function optionsOf(reader: Reader): string[] {
  const options: string[] = [];
  if (reader.takes(')')) return options;
  do options.push(reader.item(OPTION_SIGNS, 'an option'));
  while (reader.takes(','));
  if (!reader.takes(')')) throw reader.unexpected('a closing bracket', 'add ) after the options');
  return options;
}

function columnsOf(reader: Reader): string[] | '*' {
  if (reader.takes('*')) return '*';
  const columns: string[] = [];
  do columns.push(reader.item(SIGNS, 'a column'));
  while (reader.takes('+'));
  return columns;
}

/** Throws `InputError('option')` for entries that no data could meet. */
export function requireApart(entries: readonly FamilyEntry[], where: string): void {
  const wrong = (expected: string, got: string, remedy: string): InputError =>
    new InputError('option', { where, expected, got, remedy });
  const bare = entries.find(({ columns }) => columns === undefined);
  if (bare && entries.length > 1) {
    const name = kebab(bare.family);
    throw wrong(
      'columns for each of several families',
      `none for ${name}`,
      `write ${name}:* for those that no other has`,
    );
  }
  const starred = entries.filter(({ columns }) => columns === '*').map((entry) => kebab(entry.family));
  if (starred.length > 1) throw wrong('* once', `it for ${starred.join(' and ')}`, 'name the columns of all but one');
  if (!entries.some(({ family }) => family !== IGNORE)) {
    throw wrong('a family', entries.length > 0 ? `${IGNORE} alone` : 'none', 'say which family the other columns have');
  }
  const named = entries.flatMap(columnsNamed);
  const twice = named.find((name, at) => named.indexOf(name) < at);
  if (twice !== undefined) throw wrong('each column once', `${JSON.stringify(twice)} twice`, 'leave one out');
}

/** The columns that an entry names one by one. */
export function columnsNamed({ columns }: FamilyEntry): readonly string[] {
  return typeof columns === 'object' ? columns : [];
}

/** Reads text from left to right. */
class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly where: string,
  ) {}

  get ended(): boolean {
    return this.rest() === '';
  }

  /** Goes over a sign, if it comes next. */
  takes(sign: string): boolean {
    const next = this.rest().startsWith(sign);
    if (next) this.at++;
    return next;
  }

  /** What comes before any of some signs, white space around it taken off. */
  bare(signs: string): string {
    const from = this.at;
    while (this.at < this.text.length && !signs.includes(this.text[this.at])) this.at++;
    return this.text.slice(from, this.at).trim();
  }

  /** The same, or what stands in quotes. */
  item(signs: string, what: string): string {
    if (this.takes('"')) return this.quoted();
    const item = this.bare(signs);
    if (item === '') throw this.unexpected(what, QUOTED);
    return item;
  }

  private quoted(): string {
    const [all = '', inner = ''] = /^((?:[^"]|"")*)"/.exec(this.text.slice(this.at)) ?? [];
    if (all === '') throw this.unexpected('a closing quote', 'add " after the name, and double the quotes in it');
    this.at += all.length;
    return inner.replaceAll('""', '"');
  }

  /** The error of text that goes on otherwise than it should. */
  unexpected(expected: string, remedy: string): InputError {
    const [rest, before] = [this.rest(), this.text.slice(0, this.at).trim()];
    const got = rest === '' ? 'the end' : JSON.stringify(rest);
    const place = before === '' ? '' : ` after ${JSON.stringify(before)}`;
    return new InputError('option', { where: this.where, expected, got: got + place, remedy });
  }

  /** What is left, from the next sign that is no white space on. */
  private rest(): string {
    const rest = this.text.slice(this.at).trimStart();
    this.at = this.text.length - rest.length;
    return rest;
  }
}
