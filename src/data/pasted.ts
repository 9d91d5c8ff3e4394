import { printable, printableJson } from '../printable.js';

/** A word as a POSIX shell takes it for one. */
export function shellWord(word: string): string {
  return /^[\w.,:@%+/-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
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
