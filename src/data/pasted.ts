import { printable, printableJson } from '../base/printable.js';

/**
 * A word as a POSIX shell takes it for one. What can't be printed is written in `$'…'`, which bash, zsh and ksh know.
 */
export function shellWord(word: string): string {
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

/** A name as options that take lists of names take it: where it needs that, in double quotes as JSON has them. */
export function listWord(name: string): string {
  const plain = name !== '' && name === name.trim() && !/[",]/.test(name) && printable(name) === name;
  return plain ? name : printableJson(name);
}

/** Names as one shell word that options such as --columns take. */
export function pastedList(names: readonly string[]): string {
  return shellWord(names.map(listWord).join(','));
}
