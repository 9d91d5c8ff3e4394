/** A word as a POSIX shell takes it for one. */
export function shellWord(word: string): string {
  return /^[\w.,:@%+/-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Characters that a terminal would act on or hide rather than show. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name as options that take lists of names take it: in double quotes, as JSON has them, where it needs them. */
export function listWord(name: string): string {
  if (name !== '' && name === name.trim() && !/[",]/.test(name) && name.search(UNSEEN) < 0) return name;
  return JSON.stringify(name).replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Names as one shell word that options such as --columns take. */
export function pastedList(names: readonly string[]): string {
  return shellWord(names.map(listWord).join(','));
}
