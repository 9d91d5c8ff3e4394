/**
 * The prior of a fit as text: `none`, `default`, or some of its options with what they are set to.
 *
 *     prior  = "none" | "default" | option {"," option}
 *     option = name "=" value        value = "default" | "none" | number {":" number}
 *
 * as in `weights=2,rows=1` or `mean=3.5:71,scale=.4:4.7:4.7:62`: a matrix is written row by row.
 */
import { InputError } from '../base/errors.js';
import type { PriorChoice, PriorOptions } from '../fit/prior.js';
import { invalid, type Parser } from './parsers.js';

const FLAG = '--prior';
/** What each option looks like, as help and messages have it. */
const examples: Readonly<Record<keyof PriorOptions, string>> = {
  weights: 'weights=2',
  components: 'components=none',
  rows: 'rows=1',
  shrinkage: 'shrinkage=0.01',
  mean: 'mean=3.5:71',
  dof: 'dof=4',
  scale: 'scale=0.4:62',
};
/** Options that are one number. */
const SINGLE: readonly string[] = ['rows', 'shrinkage', 'dof'];

/** Reads what `--prior` says; throws `InputError('option')` for what is none. */
export const prior: Parser<PriorChoice> = (text) => {
  const word = text.trim();
  if (word === 'none' || word === 'default') return word;
  const options: Partial<Record<keyof PriorOptions, unknown>> = {};
  for (const part of word.split(',')) {
    const [name, value, ...rest] = part.split('=').map((piece) => piece.trim());
    if (!isName(name) || rest.length > 0) throw unreadable(text);
    if (name in options) throw wrong(`${name} once`, `it twice in ${JSON.stringify(text)}`, 'leave one out');
    options[name] = valueOf(name, value ?? '');
  }
  return options as PriorOptions;
};

function isName(name: string): name is keyof PriorOptions {
  return Object.hasOwn(examples, name);
}

function valueOf(name: keyof PriorOptions, text: string): unknown {
  const expecting = (expected: string): InputError =>
    wrong(`${expected} for ${name}`, JSON.stringify(text), `write ${FLAG} ${examples[name]}`);
  if (name === 'components') {
    if (text === 'default' || text === 'none') return text;
    throw expecting('default or none');
  }
  const numbers = text.split(':').map((piece) => (piece.trim() === '' ? NaN : Number(piece)));
  if (!numbers.every(Number.isFinite)) throw expecting(SINGLE.includes(name) ? 'a number' : 'numbers between colons');
  if (!SINGLE.includes(name)) return numbers.length > 1 || name === 'mean' ? numbers : numbers[0];
  if (numbers.length > 1) throw expecting('one number');
  return numbers[0];
}

function unreadable(text: string): InputError {
  const some = Object.values(examples).join(', ');
  return invalid(FLAG, `none, default, or some of ${some}`, text, `write ${FLAG} default, or ${FLAG} weights=2,rows=1`);
}

function wrong(expected: string, got: string, remedy: string): InputError {
  return new InputError('option', { where: FLAG, expected, got, remedy });
}
