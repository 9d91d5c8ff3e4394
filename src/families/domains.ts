/** What values of columns must be, as a gate says it. */
import type { Rule } from '../base/check.js';

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

/** Numbers of levels, from 0. */
export function levels(count: number): Rule {
  return {
    expected: `levels from 0 to ${count - 1}`,
    holds: (value) => Number.isInteger(value) && value >= 0 && value < count,
    remedy: 'give each level a number',
  };
}
