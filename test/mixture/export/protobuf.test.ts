/** Bytes as https://protobuf.dev/programming-guides/encoding gives them, and as any reader would read them. */
import { expect, test } from 'vitest';
import { bytes, encoded, integer, message, repeated, string } from '../../../src/mixture/export/protobuf.js';
import { fieldsOf } from './reader.js';

const hex = (fields: Parameters<typeof encoded>[0]): string => Buffer.from(encoded(fields)).toString('hex');

test("writes the guide's examples", () => {
  expect(hex([integer(1, 150)])).toBe('089601');
  expect(hex([string(2, 'testing')])).toBe('120774657374696e67');
  expect(hex([message(3, [integer(1, 150)])])).toBe('1a03089601');
});

test('writes whole numbers below 0 as 64 bits', () => {
  expect(hex([integer(1, -1)])).toBe('08ffffffffffffffffff01');
});

test('writes fields of high numbers, long ones and many, and UTF-8', () => {
  const long = new Uint8Array(300).fill(7);
  const fields = [bytes(2000, long), ...repeated(9, [0, 1, 2 ** 40], integer).map((part) => [part]), string(5, 'Θ')];
  const read = fieldsOf(encoded(fields));
  expect(read.get(2000)).toEqual([Buffer.from(long)]);
  expect(read.get(9)).toEqual([0n, 1n, 2n ** 40n]);
  expect(String(read.get(5)?.[0])).toBe('Θ');
});
