import { expect, test } from 'vitest';
import { mostSimilar } from '../../src/base/similar.js';

const names = ['age', 'income', 'region', 'visits per year', 'x1', 'x2'];

// Distances by hand: a change, a swap, an addition, a character left out, case.
test.each([
  ['agw', 'age'],
  ['icnome', 'income'],
  ['regioon', 'region'],
  ['visit per year', 'visits per year'],
  ['AGE', 'age'],
  ['X2', 'x2'],
])('%s is most like %s', (word, expected) => {
  expect(mostSimilar(word, names)).toBe(expected);
});

test.each(['x3', 'salary', '', 'a'])('%j is like none', (word) => {
  expect(mostSimilar(word, names)).toBeUndefined();
});

test('of several that are alike the first', () => {
  expect(mostSimilar('colour 3', ['colour 1', 'colour 2'])).toBe('colour 1');
});
