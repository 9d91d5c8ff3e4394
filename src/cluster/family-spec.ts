/** A family as text, for a worker that makes it again. */
import { InputError } from '../base/errors.js';
import { families } from '../families/families.js';
import { gapped, type Family, type Levels } from '../families/family.js';
import type { Noise } from '../families/noise.js';
import { withNoise } from '../families/noise-family.js';

/** What makes a family, adapted to columns as far as that is known. */
export interface FamilySpec {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** What a survey found, `[d]`. */
  readonly levels?: readonly Levels[] | undefined;
  readonly noise?: Noise | undefined;
  /** Whether rows may lack values. */
  readonly gaps?: boolean;
}

/** The family of a specification; throws `InputError('unsupported')` of one that this package does not have. */
export function familyOfSpec({ name, options, columns, levels, noise, gaps = false }: FamilySpec): Family {
  if (!Object.hasOwn(families, name)) throw unknownFamily(name);
  const plain = families[name](options);
  const named = plain.forColumns?.(columns) ?? plain;
  const adapted = levels && named.survey ? named.survey.adapted(levels) : named;
  const noisy = noise ? withNoise(adapted, noise) : adapted;
  return gaps ? gapped(noisy, 'fit') : noisy;
}

/** Throws `InputError('unsupported')` for a family that workers can't make. */
export function requireKnown({ name, options }: Pick<Family, 'name' | 'options'>): void {
  if (!Object.hasOwn(families, name)) throw unknownFamily(name);
  families[name](options);
}

function unknownFamily(name: string): InputError {
  return new InputError('unsupported', {
    where: 'cluster',
    expected: 'a family of this package, which workers can make',
    got: name,
    remedy: 'fit families of your own without cluster',
  });
}
