import { describe, expect, test } from 'vitest';
import { bytes, counts, integer, names, number, numbers, oneOf, someOf, temperature } from '../../src/cli/parsers.js';

describe('parsers of options', () => {
  test.each([
    ['5', [5]],
    ['2,4,8', [2, 4, 8]],
    ['1:4', [1, 2, 3, 4]],
    ['1:16:3', [1, 4, 7, 10, 13, 16]],
    ['8,2:6:2,2', [2, 4, 6, 8]],
  ])('counts %s', (text, expected) => expect(counts('-k')(text)).toEqual(expected));

  test.each(['', '0', '1:', '3:1', '1:9:0', '1:2:3:4', '1.5', 'a', '1:100000'])('counts %j is refused', (text) =>
    expect(() => counts('-k')(text)).toThrow(/^-k: expected .*, got /),
  );

  test('names are split at commas outside quotes', () => {
    expect(names('--columns')('a, b c ,d')).toEqual(['a', 'b c', 'd']);
    expect(names('--columns')('"a, ""b""",c')).toEqual(['a, "b"', 'c']);
    for (const text of ['', 'a,', ',a', 'a,,b']) expect(() => names('--columns')(text)).toThrow('leave none empty');
  });

  test('temperatures are numbers or schedules', () => {
    expect([temperature('-e')('0.5'), temperature('-e')('4:5')]).toEqual([0.5, { from: 4, steps: 5 }]);
    for (const text of ['', '-1', '4:', '4:1.5', '0:3', '1:2:3'])
      expect(() => temperature('-e')(text)).toThrow('FROM:STEPS');
  });

  test('sizes are bytes, or have a unit of 1000 or 1024', () => {
    expect(['1e9', '512MiB', '2 GB', '1.5k', '0'].map(bytes('--memory'))).toEqual([1e9, 2 ** 29, 2e9, 1500, 0]);
    for (const text of ['', 'much', '-1', '5 apples', '1e99', '1.2.3'])
      expect(() => bytes('--memory')(text)).toThrow('bytes as in 512MiB, 2GB or 1e9');
  });

  test('numbers are finite, not negative and not empty', () => {
    expect([number('-t')('1e-6'), integer('-s')('-5'), numbers('-w')('.2,.8')]).toEqual([1e-6, -5, [0.2, 0.8]]);
    for (const text of ['', ' ', 'NaN', 'Infinity', '-1'])
      expect(() => number('-t')(text)).toThrow('a finite number ≥ 0');
    expect(() => integer('-s', 1)('0')).toThrow('-s: expected a whole number ≥ 1, got "0"; correct it');
  });

  test('words are chosen from what there is', () => {
    expect(oneOf('-c', ['a', 'b'])('b')).toBe('b');
    expect([someOf('-c', ['a', 'b'])('all'), someOf('-c', ['a', 'b', 'c'])('c, a')]).toEqual([['a', 'b'], ['a', 'c']]); // prettier-ignore
    for (const text of ['', 'd', 'a,d']) expect(() => someOf('-c', ['a', 'b'])(text)).toThrow('all, or some of a, b');
  });
});
