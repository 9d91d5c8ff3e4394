import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/base/errors.js';
import { printable, printableJson, printableLines } from '../../src/base/printable.js';
import { shortened } from '../../src/report/numbers.js';

/** A title of the terminal, a bell, C1's CSI, turned text, a zero width, a line separator, a tag, half a pair. */
const hostile = 'a\u001b]0;t\u0007\u009b\u202eb\u200b\u2028\u{e0041}\ud800';
const shown = 'a\\x1b]0;t\\x07\\x9b\\u202eb\\u200b\\u2028\\u{e0041}\\ud800';

describe('printable', () => {
  test('escapes what acts or hides, and nothing that is written', () => {
    expect(printable(hostile)).toBe(shown);
    for (const text of ['größe, 年齢 ± ∓', 'نامه\u200cای', '👩\u200d👩\u200d👧']) expect(printable(text)).toBe(text);
  });

  test('leaves line breaks where asked', () => {
    expect(printableLines('a\nb\u0007\n')).toBe('a\nb\\x07\n');
  });

  test('keeps the value of JSON', () => {
    const text = printableJson({ [hostile]: hostile });
    expect(JSON.parse(text)).toEqual({ [hostile]: hostile });
    expect(printable(text)).toBe(text);
  });
});

test('an error and a shortened name show unprintable characters escaped', () => {
  const { message } = new InputError('value', { where: hostile, expected: 'a', got: 'b', remedy: 'c' });
  expect(message).toBe(`${shown}: expected a, got b; c`);
  expect(shortened(`${hostile}\n x`, 99)).toBe(`${shown.replace('\\u2028', ' ')} x`);
});
