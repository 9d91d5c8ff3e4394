import { InputError } from '../base/errors.js';
import { mostSimilar } from '../base/similar.js';

/** What stands in place of a family before columns that have none. */
export const IGNORE = 'ignore';

/** What other tools call some families. */
const elsewhere: Readonly<Record<string, string>> = {
  normal: 'gaussian',
  mvn: 'gaussian',
  gmm: 'gaussian',
  binary: 'bernoulli',
  binomial: 'bernoulli',
  nominal: 'categorical',
  multinoulli: 'categorical',
  lca: 'categorical',
  nb: 'negativeBinomial',
  negbin: 'negativeBinomial',
  t: 'studentT',
  student: 'studentT',
  vmf: 'vonMisesFisher',
  movmf: 'vonMisesFisher',
};

/** A family's name in text: `student-t` of `studentT`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * The name among those known, `studentT`, of one in kebab-case, in camelCase, or written in another way in the same
 * letters. Throws `InputError('option')` with what may be meant.
 */
export function familyNamed(text: string, known: readonly string[], where: string): string {
  const names = [...known, IGNORE];
  const found = names.find((name) => letters(name) === letters(text));
  if (found !== undefined) return found;
  const meant = elsewhere[letters(text)];
  const likely = meant !== undefined && known.includes(meant) ? kebab(meant) : mostSimilar(text, names.map(kebab));
  throw new InputError('option', {
    where,
    expected: `families among ${known.map(kebab).join(', ')}`,
    got: JSON.stringify(text),
    remedy: likely === undefined ? 'choose some of these' : `did you mean ${likely}?`,
  });
}

function letters(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '');
}
