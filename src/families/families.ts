import * as all from './all.js';
import type { Family } from './family.js';

/** Makes a family of options as a model file has them; throws `InputError` for others than it has. */
export type FamilyMaker = (options?: Readonly<Record<string, string>>) => Family;

/** Every family, by its name. */
export const families: Readonly<Record<string, FamilyMaker>> = { ...all };
