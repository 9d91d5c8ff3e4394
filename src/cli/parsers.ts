import { InputError } from '../base/errors.js';

/** Makes a value of an option's text; throws `InputError('option')` that names the option. */
export type Parser<T> = (text: string) => T;

/** A whole number of at least `least`. */
export function integer(flag: string, least = Number.MIN_SAFE_INTEGER): Parser<number> {
  const bound = least === Number.MIN_SAFE_INTEGER ? '' : ` ≥ ${least}`;
  return (text) => {
    const value = numberOf(text);
    if (!Number.isSafeInteger(value) || value < least) throw invalid(flag, `a whole number${bound}`, text);
    return value;
  };
}

/** A finite number that is not negative. */
export function number(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (!(value >= 0 && value < Infinity)) throw invalid(flag, 'a finite number ≥ 0', text);
    return value;
  };
}

/** A finite number over 0. */
export function positive(flag: string): Parser<number> {
  return (text) => {
    const value = numberOf(text);
    if (!(value > 0 && value < Infinity)) throw invalid(flag, 'a finite number > 0', text);
    return value;
  };
}

/** Powers of what a unit of memory is of bytes. */
const UNITS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** A number of bytes, as in 1e9, 512MiB or 2GB. */
export function bytes(flag: string): Parser<number> {
  return (text) => {
    const [, digits = '', unit = '', i] = /^\s*([\d.e+]+)\s*([kmgt]?)(i?)b?\s*$/i.exec(text) ?? [];
    const value = Math.floor(numberOf(digits) * (i ? 1024 : 1000) ** UNITS[unit.toLowerCase()]);
    if (!Number.isSafeInteger(value)) throw invalid(flag, 'bytes as in 512MiB, 2GB or 1e9', text);
    return value;
  };
}

/** Finite numbers that are not negative, between commas. */
export function numbers(flag: string): Parser<number[]> {
  const one = number(flag);
  return (text) => text.split(',').map(one);
}

/** One of a few words. */
export function oneOf<const T extends string>(flag: string, choices: readonly T[]): Parser<T> {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw invalid(flag, `one of ${choices.join(', ')}`, text, 'choose one of these');
    return choice;
  };
}

/** Some of a few words between commas, or `all` of them. */
export function someOf<const T extends string>(flag: string, choices: readonly T[]): Parser<readonly T[]> {
  return (text) => {
    const words = text.split(',').map((word) => word.trim());
    const chosen = choices.filter((choice) => words.includes(choice));
    if (text === 'all') return choices;
    if (chosen.length === words.length) return chosen;
    throw invalid(flag, `all, or some of ${choices.join(', ')}`, text, 'separate several by commas');
  };
}

/** An item of a list: in double quotes with `\\` or `""` for what is special, or plain. */
const LISTED = /(?:^|,)\s*(?:"((?:[^"\\]|\\.|"")*)"\s*(?=,|$)|([^,]*))/gs;

/** What stands in double quotes: JSON's escapes, and "" for a quote; text that is no JSON is taken as it is. */
function unquoted(text: string): string {
  const single = text.replaceAll('""', '\\"');
  try {
    return JSON.parse(`"${single.replace(/\p{Cc}/gu, (sign) => JSON.stringify(sign).slice(1, -1))}"`) as string;
  } catch {
    return text.replaceAll('""', '"');
  }
}

/** Names between commas; one that holds a comma stands in double quotes, as in JSON or CSV. */
export function names(flag: string): Parser<string[]> {
  return (text) => {
    const cells = Array.from(text.matchAll(LISTED), ([, quoted, plain]) => plain?.trim() ?? unquoted(quoted));
    if (cells.includes('')) throw invalid(flag, 'names between commas', text, 'leave none empty');
    return cells;
  };
}

/** One name, in double quotes or not. */
export function oneName(flag: string): Parser<string> {
  return (text) => {
    const [, quoted] = /^\s*"((?:[^"\\]|\\.|"")*)"\s*$/s.exec(text) ?? [];
    const name = quoted === undefined ? text : unquoted(quoted);
    if (name === '') throw invalid(flag, 'a name', text);
    return name;
  };
}

/** A temperature, or `FROM:STEPS` for a schedule that falls from FROM to 1 in STEPS stages. */
export function temperature(flag: string): Parser<number | { from: number; steps: number }> {
  return (text) => {
    const [from, steps] = text.split(':').map(numberOf);
    if (!text.includes(':') && from >= 0 && from < Infinity) return from;
    if (text.split(':').length === 2 && from > 0 && from < Infinity && Number.isInteger(steps) && steps >= 1) {
      return { from, steps };
    }
    throw invalid(flag, 'a number ≥ 0, or FROM:STEPS', text, 'use 1 for maximum likelihood, 1.5:5 to anneal');
  };
}

/** Most numbers of components in one choice. */
const MOST_COUNTS = 1000;

/** Numbers of components: `5`, `2,4,8`, `1:9` (9 included), `1:16:3`, or several of these between commas. */
export function counts(flag: string): Parser<number[]> {
  return (text) => {
    const found = new Set<number>();
    for (const part of text.split(',')) {
      const bounds = part.split(':').map(numberOf);
      const [from, to = from, step = 1] = bounds;
      const sound = bounds.length <= 3 && bounds.every((bound) => Number.isSafeInteger(bound) && bound >= 1);
      if (!sound || to < from) throw invalid(flag, 'whole numbers ≥ 1 as in 5, 2,4,8, 1:9 or 1:16:3', text);
      if ((to - from) / step > MOST_COUNTS) throw invalid(flag, `at most ${MOST_COUNTS} numbers`, text, 'take a step');
      for (let k = from; k <= to; k += step) found.add(k);
    }
    return Array.from(found).sort((a, b) => a - b);
  };
}

/** Number(…), but what is empty is no number. */
function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

/** The error for a value outside an option's domain. */
export function invalid(flag: string, expected: string, text: string, remedy = remedyFor(flag, text)): InputError {
  return new InputError('option', { where: flag, expected, got: JSON.stringify(text), remedy });
}

/** A short option takes its value after a space: what comes after `-k=` would begin with the sign. */
function remedyFor(flag: string, text: string): string {
  return /^-\w$/.test(flag) && text.startsWith('=') ? `did you mean ${flag} ${text.slice(1)}?` : 'correct it';
}
