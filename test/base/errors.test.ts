import { describe, expect, test } from 'vitest';
import { InputError, listed } from '../../src/base/errors.js';

const complaint = { where: 'data', expected: 'two columns', got: '3', remedy: 'leave one out' };

describe('InputError', () => {
  test('says where, what was expected, what was got and what to do', () => {
    expect(new InputError('shape', complaint).message).toBe('data: expected two columns, got 3; leave one out');
  });

  test('is an Error with a name and a code', () => {
    const error = new InputError('shape', complaint);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('InputError');
    expect(error.code).toBe('shape');
    expect(String(error)).toBe(`InputError: ${error.message}`);
  });

  test('is one line, whatever it quotes', () => {
    const { message } = new InputError('file', { ...complaint, got: 'a\n  b\r\n\n c\n' });
    expect(message).toBe('data: expected two columns, got a b c ; leave one out');
  });

  test('keeps its cause', () => {
    const cause = new Error('below');
    expect(new InputError('file', complaint, { cause }).cause).toBe(cause);
    expect(new InputError('file', complaint).cause).toBeUndefined();
  });
});

describe('listed', () => {
  test.each([
    ['nothing', listed([]), ''],
    ['one item', listed(['a']), 'a'],
    ['strings and numbers', listed(['a', 2, 'c']), 'a, 2, c'],
    ['as many as fit', listed([1, 2, 3, 4, 5, 6, 7, 8]), '1, 2, 3, 4, 5, 6, 7, 8'],
    ['the rest counted', listed([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), '1, 2, 3, 4, 5, 6, 7, 8 and 2 more'],
    ['another limit', listed(['a', 'b', 'c'], 1), 'a and 2 more'],
  ])('%s', (_, got, expected) => {
    expect(got).toBe(expected);
  });
});
