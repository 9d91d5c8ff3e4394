import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue, encodeValue } from '../../src/cluster/codec.js';
import { FrameError, FrameReader, framed } from '../../src/cluster/frames.js';

const leaf = fc.oneof(
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.float32Array({ maxLength: 5 }),
  fc.float64Array({ maxLength: 5 }),
  fc.int32Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 9 }),
);
const key = fc.oneof(fc.string(), fc.constantFrom('$', 'k')).filter((name) => name !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
  ),
}));

test('what is decoded has the bits that were encoded', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(decodeValue(encodeValue(one))).toStrictEqual(one);
    }),
    { numRuns: 60 },
  );
});

test('bytes that were cut or changed are a FrameError, or some value, and nothing else', () => {
  fc.assert(
    fc.property(value, fc.nat(), fc.nat({ max: 255 }), fc.boolean(), (one, at, byte, cut) => {
      const bytes = encodeValue(one);
      const place = at % bytes.length;
      const damaged = cut ? bytes.slice(0, place) : bytes.slice();
      if (!cut) damaged[place] = byte;
      try {
        decodeValue(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
    { numRuns: 100 },
  );
});

test('a message of another version says so', () => {
  const bytes = encodeValue(1);
  bytes[3] = 9;
  expect(() => decodeValue(bytes)).toThrow('a message of version 9, where 1 was expected');
});

test('what messages have no place for is refused', () => {
  expect(() => encodeValue({ run: () => 1 })).toThrow('a function has no place in messages');
  expect(() => encodeValue(new BigInt64Array(1))).toThrow('a typed array that has no place in messages');
});

test('frames come out as they went in, however their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (bodies, steps) => {
        const bytes = framed(...bodies);
        const reader = new FrameReader();
        const found: Uint8Array[] = [];
        for (let at = 0, step = 0; at < bytes.length; step++) {
          const to = at + steps[step % steps.length];
          found.push(...reader.push(bytes.slice(at, to)));
          at = to;
        }
        reader.end();
        expect(found).toEqual(bodies);
      },
    ),
  );
});

test('text where frames should be is named, and so is a frame that is cut short', () => {
  expect(() => [...new FrameReader().push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))]).toThrow(
    'something else writes here',
  );
  const reader = new FrameReader();
  expect([...reader.push(framed(Uint8Array.of(1, 2, 3)).slice(0, 5))]).toEqual([]);
  expect(() => reader.end()).toThrow('a frame that is cut short');
});
