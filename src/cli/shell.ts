import { printable } from '../printable.js';

/**
 * The command line that a shell takes apart into these words. Words that hold what can't be printed are written as
 * `$'…'`, which bash, zsh and ksh know.
 */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  if (/^[\w%+,./:@=-]+$/.test(word)) return word;
  const odd = (letter: string): boolean => letter !== '\n' && printable(letter) !== letter;
  const letters = Array.from(word);
  if (!letters.some(odd)) return `'${word.replaceAll("'", String.raw`'\''`)}'`;
  const escaped = letters.map((letter) => (odd(letter) ? bytesOf(letter) : letter.replace(/[\\']/, '\\$&')));
  return `$'${escaped.join('')}'`;
}

/** As bytes and not as a character of Unicode, which a shell writes as its locale has it. */
function bytesOf(letter: string): string {
  return Array.from(new TextEncoder().encode(letter), (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
