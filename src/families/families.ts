import type { Family } from './family.js';
import { gaussian } from './gaussian.js';
import { gaussianEntries } from './gaussian-file.js';

/** A family as a model file names it. */
export interface KnownFamily {
  /** The family of these options; throws `InputError` for others than it has. */
  readonly make: (options: Readonly<Record<string, string>>) => Family;
  /** The entries of a model file that hold its parameters. */
  readonly entries: readonly string[];
}

/** Every family, by its name. */
export const families: Readonly<Record<string, KnownFamily>> = {
  gaussian: { make: (options) => gaussian(options), entries: gaussianEntries },
};
