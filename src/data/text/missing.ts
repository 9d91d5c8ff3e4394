import type { Spelling } from './numbers.js';

/**
 * Spellings of a missing value, whatever their case: those of R, pandas, SQL, databases' dumps, spreadsheets (#N/A) and
 * statistics offices (-, ., .., ?). In numeric columns nothing else could be meant by them. Errors of spreadsheets, such
 * as #DIV/0!, are none of them.
 */
export const MISSING: readonly string[] = [
  '',
  ...['na', 'n/a', 'n.a.', '<na>', '#na', '#n/a', '#n/a n/a', 'nan', '-nan', '+nan', '1.#qnan', '-1.#ind'],
  ...['null', '<null>', '(null)', 'none', 'nil', '\\n', '-', '--', '–', '—', '.', '..', '?'],
];

/** Which cells are missing: those spelled so, and numbers equal to a spelling that is a number. */
export interface Missing {
  readonly spelled: ReadonlySet<string>;
  readonly numbers: readonly number[];
  /** The user's own spellings: with the empty cell all that is missing in a column of text, where NA may be a word. */
  readonly own: ReadonlySet<string>;
}

/** How numbers and missing values are spelled in a text. */
export interface Rules {
  readonly spelling: Spelling;
  readonly missing: Missing;
}

/** The rule for {@link MISSING} and the user's own spellings, which count in any case of their letters too. */
export function missingRule(na: readonly string[], spelling: Spelling): Missing {
  const own = na.map((spelling) => spelling.trim().toLowerCase());
  const numbers = na.map((text) => spelling.parse(text)).filter((value): value is number => value !== undefined);
  return { spelled: new Set([...MISSING, ...own]), numbers, own: new Set(own) };
}

/** Whether a cell is missing; blanks around it do not count. */
export function isMissing(text: string, { spelling, missing: { spelled, numbers } }: Rules): boolean {
  if (spelled.has(text.trim().toLowerCase())) return true;
  const value = numbers.length > 0 ? spelling.parse(text) : undefined;
  return value !== undefined && numbers.includes(value);
}
