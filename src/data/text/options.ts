import { InputError } from '../../base/errors.js';

/** How text is to be read; what is left out is found from the text. */
export interface TextOptions {
  /** Whether the first line names the columns; without it the rules of `header.ts` decide. */
  readonly header?: boolean;
  /** The decimal sign: `.`, or `,` as in 3,14. */
  readonly decimal?: '.' | ',';
  /** What groups digits by three, one character, as in 1,234,567; by default nothing does. */
  readonly thousands?: string;
  /** More spellings of a missing value, as in -999, beside those of `missing.ts`. */
  readonly na?: readonly string[];
}

/** What a name promises: cells between tabs, between signs to be found, or those or blanks. */
export type TextFormat = 'csv' | 'tsv' | 'txt';

/** Throws `InputError('option')` for an option outside its domain, or signs that contradict each other. */
export function checkTextOptions({ decimal = '.', thousands, na, header }: TextOptions): void {
  const wrong = (where: string, expected: string, got: unknown, remedy: string): InputError =>
    new InputError('option', { where, expected, got: JSON.stringify(got) ?? String(got), remedy });
  if (header !== undefined && typeof header !== 'boolean') {
    throw wrong('header', 'true or false', header, 'leave it out to have it found');
  }
  if (!['.', ','].includes(decimal)) throw wrong('decimal', 'a point or a comma', decimal, "use '.' or ','");
  if (thousands !== undefined && (typeof thousands !== 'string' || !/^[^\d+\-eE"\n\r]$/u.test(thousands))) {
    throw wrong('thousands', 'one character that groups digits', thousands, "use ',' for numbers such as 1,234,567");
  }
  if (thousands === decimal) {
    const other = decimal === '.' ? ',' : '.';
    throw wrong('thousands', `another sign than the decimal ${decimal}`, thousands, `add --decimal ${other}`);
  }
  if (na !== undefined && !(Array.isArray(na) && na.every((spelling) => typeof spelling === 'string'))) {
    throw wrong('na', 'spellings of a missing value', na, "give strings, as in ['-999']");
  }
}
