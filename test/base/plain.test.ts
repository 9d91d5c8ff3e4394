import { expect, test } from 'vitest';
import { Digest, digestOf } from '../../src/base/digest.js';
import { fromPlainText, plainText } from '../../src/base/plain.js';

test('plain values come back to the last bit, whatever numbers they have', () => {
  const value = {
    text: 'ε "quoted"\n',
    numbers: [0, -0, NaN, Infinity, -Infinity, 0.1, 5e-324, Number.MAX_VALUE],
    nested: { truth: true, nothing: null, list: [[1], []] },
    doubles: Float64Array.of(-0, NaN, 1 / 3, -Infinity),
    singles: Float32Array.of(0.1, -0),
    indices: Int32Array.of(-1, 2 ** 31 - 1),
    bytes: Uint8Array.of(0, 255),
    part: new Float64Array(30_000).map((_, at) => Math.sin(at)).subarray(7, 20_007),
    empty: new Float64Array(0),
  };
  const back = fromPlainText(plainText({ ...value, absent: undefined })) as typeof value;
  expect(Object.keys(back)).toEqual(Object.keys(value)); // an entry that is undefined is left out
  expect(back).toEqual(value);
  expect(back.numbers.map((number) => Object.is(number, -0))).toEqual([false, true, ...Array<boolean>(6).fill(false)]);
  expect(Object.is(back.doubles[0], -0)).toBe(true);
  expect(back.part).toHaveLength(20_000);
});

test('what is not plain is told, rather than lost', () => {
  expect(() => plainText({ call: () => 1 })).toThrow('plain values were expected, got function');
  expect(() => plainText([new Map()])).toThrow('plain values were expected, got Map');
});

test('a digest tells order, length and every bit', () => {
  const of = (...values: number[]): string => {
    const digest = new Digest();
    values.forEach((value) => digest.add(value));
    return digest.text;
  };
  const some = [of(1, 2), of(2, 1), of(1, 2, 0), of(1), of(), of(0), of(-0), of(1, 2 + 2 ** -51), of(NaN)];
  const texts = ['', 'a', 'ab', 'ba', 'abc', 'a\u0000'].map(digestOf);
  for (const list of [some, texts]) expect(new Set(list).size).toBe(list.length);
  expect(of(1, 2)).toMatch(/^[\da-f]{16}$/);
  expect(of(NaN)).toBe(of(Math.sqrt(-1)));
});
