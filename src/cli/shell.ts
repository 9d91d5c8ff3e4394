import { shellWord } from '../data/pasted.js';

/** The command line that a shell takes apart into these words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
