/** What values of columns must be, as a gate says it. */
import type { Rule } from '../base/check.js';
import { listed } from '../base/errors.js';

/** Levels that a message names. */
const SHOWN = 8;

export const counts: Rule = {
  expected: 'counts: whole numbers ≥ 0',
  holds: (value) => Number.isInteger(value) && value >= 0,
  remedy: 'round it, or choose a family of real numbers',
};

export const durations: Rule = {
  expected: 'numbers ≥ 0',
  holds: (value) => value >= 0 && value < Infinity,
  remedy: 'leave the row out, or choose a family of real numbers',
};

export const positive: Rule = {
  expected: 'numbers > 0',
  holds: (value) => value > 0 && value < Infinity,
  remedy: 'leave the row out, add what it was rounded by, or choose exponential, which takes 0',
};

export const shares: Rule = {
  expected: 'numbers between 0 and 1, neither included',
  holds: (value) => value > 0 && value < 1,
  remedy: 'move 0 and 1 inwards by what they were rounded by',
};

export const binary: Rule = {
  expected: '0 or 1',
  holds: (value) => value === 0 || value === 1,
  remedy: 'choose categorical for more levels than two',
};

/** Some levels. */
export function levelsRule(levels: readonly (number | string)[]): Rule {
  const known = new Set(levels);
  return {
    expected: `one of the levels ${listed(levels.slice(0, SHOWN))}${levels.length > SHOWN ? ', …' : ''}`,
    holds: (value) => known.has(value),
    remedy: 'leave the row out, or fit again with such rows',
  };
}

/** Of parameters. */
export const probability: Rule = { expected: 'numbers from 0 to 1', holds: (value) => value >= 0 && value <= 1 };
export const positiveProbability: Rule = {
  expected: 'numbers over 0 and up to 1',
  holds: (value) => value > 0 && value <= 1,
};
export const positiveNumber: Rule = { expected: 'numbers > 0', holds: (value) => value > 0 && value < Infinity };
