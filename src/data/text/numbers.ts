/** Blanks that may stand around a number, and group its digits where a space does. */
const SPACES = '[ \\u00a0\\u2009\\u202f]';

const [SPACE, TAB, PLUS, MINUS, ZERO, NINE, UPPER_E, LOWER_E] = [32, 9, 43, 45, 48, 57, 69, 101];

/** Powers of ten that float64 holds exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/** Digits that always fit the 53 bits of float64. */
const DIGITS = 15;

/**
 * How numbers are spelled: [sign] digits [decimal digits] [e [sign] digits], or inf, infinity; blanks around. Nothing
 * else is a number: no hexadecimal, no 1_000, no percent or currency sign. Digits are grouped by three where a sign for
 * thousands is given, and then all or none of a number's are. More digits than float64 has are rounded to the nearest.
 */
export class Spelling {
  private readonly pattern: RegExp;
  private readonly grouped: RegExp | undefined;
  private readonly point: number;

  constructor(
    readonly decimal: '.' | ',' = '.',
    readonly thousands?: string,
  ) {
    const sign = decimal === '.' ? '\\.' : ',';
    const fraction = `(?:${sign}\\d*)?`;
    const exponent = '(?:[eE][+-]?\\d+)?';
    this.pattern = new RegExp(`^[+-]?(?:\\d+${fraction}|${sign}\\d+)${exponent}$`);
    this.point = decimal.charCodeAt(0);
    if (thousands === undefined) return;
    const group = thousands === ' ' ? SPACES : thousands.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    this.grouped = new RegExp(`^[+-]?\\d{1,3}(?:${group}\\d{3})+${fraction}${exponent}$`);
  }

  /** The number that a text spells; undefined where it spells none. */
  parse(text: string): number | undefined {
    const trimmed = text.trim();
    if (/^[+-]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
    const plain = this.grouped?.test(trimmed) ? this.ungrouped(trimmed) : trimmed;
    return this.pattern.test(plain) ? Number(this.decimal === ',' ? plain.replace(',', '.') : plain) : undefined;
  }

  /** Whether a text is a number by these signs: it holds the one for thousands, where there is one. */
  spells(text: string): boolean {
    return this.thousands === undefined ? this.parse(text) !== undefined : (this.grouped?.test(text.trim()) ?? false);
  }

  private ungrouped(text: string): string {
    return this.thousands === ' '
      ? text.replace(new RegExp(SPACES, 'g'), '')
      : text.replaceAll(this.thousands ?? '', '');
  }

  /** Whether the bytes that `quick` made NaN of spell a number all the same, ungrouped and not infinite. */
  long = false;

  /**
   * The number in bytes from … to − 1 where it is short enough to be exact (at most 15 digits, a power of ten up to 22:
   * Clinger 1990, both exact, so that one operation rounds as it should); else NaN, and `long` or `parse` says more.
   */
  quick(bytes: Uint8Array, from: number, to: number): number {
    this.long = false;
    let at = from;
    while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    while (to > at && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
    const negative = bytes[at] === MINUS;
    if (negative || bytes[at] === PLUS) at++;
    let digits = 0; // after leading zeros
    let seen = 0;
    let mantissa = 0;
    let power = 0;
    let point = false;
    for (; at < to; at++) {
      const byte = bytes[at];
      if (byte >= ZERO && byte <= NINE) {
        seen++;
        if (digits > 0 || byte !== ZERO) digits++;
        mantissa = mantissa * 10 + (byte - ZERO);
        if (point) power--;
      } else if (byte === this.point && !point) point = true;
      else break;
    }
    if (seen === 0) return NaN;
    if (at < to) {
      const exponent = quickExponent(bytes, at, to);
      if (exponent === undefined) return NaN;
      power += exponent;
    }
    this.long = digits > DIGITS || power < -22 || power > 22;
    if (this.long) return NaN;
    const value = power < 0 ? mantissa / TENS[-power] : mantissa * TENS[power];
    return negative ? -value : value;
  }
}

/** The exponent in bytes from … to − 1, its e included; undefined where these are none, or more than four digits. */
function quickExponent(bytes: Uint8Array, from: number, to: number): number | undefined {
  if (bytes[from] !== LOWER_E && bytes[from] !== UPPER_E) return undefined;
  let at = from + 1;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === PLUS) at++;
  if (at >= to || to - at > 4) return undefined;
  let exponent = 0;
  for (; at < to; at++) {
    if (bytes[at] < ZERO || bytes[at] > NINE) return undefined;
    exponent = exponent * 10 + (bytes[at] - ZERO);
  }
  return negative ? -exponent : exponent;
}
