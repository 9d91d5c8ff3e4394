import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumOf } from '../../kernels/simd/checksum.js';

/** Words of the linear congruential generator x ← 1664525 x + 1013904223 mod 2³², which begins with 1 (Numerical Recipes). */
function bytes(count: number): Uint8Array {
  let x = 1;
  const words = Int32Array.from({ length: count / 4 }, () => (x = (Math.imul(x, 1664525) + 1013904223) | 0));
  return new Uint8Array(words.buffer);
}

function checksum(of: Uint8Array, seed: number): bigint {
  const found = checksumOf(of, seed);
  return new DataView(found.buffer, found.byteOffset, found.length).getBigUint64(0, true);
}

// By xxhash.xxh64(bytes, seed).intdigest() of the Python package xxhash 4.1.0, which wraps xxHash 0.8.4. The last lengths are
// of several pieces.
test.each([
  { count: 32, seed: 0, expected: 0xb5ca9710d7f0b5afn },
  { count: 64, seed: 0, expected: 0xa352c192c95568f0n },
  { count: 64, seed: 1, expected: 0x3ca398e667fd0669n },
  { count: 4096, seed: 7, expected: 0x836da557b97c143dn },
  { count: 65_536, seed: 2 ** 32 - 1, expected: 0xe7ac3543381f97e2n },
  { count: 65_536, seed: 2 ** 40 + 3, expected: 0x18522b369ae1a03an },
  { count: 65_536 * 2 + 96, seed: 5, expected: 0x6f7ec55dc19b6ed7n },
])('is XXH64 of $count bytes with seed $seed', ({ count, seed, expected }) => {
  expect(checksum(bytes(count), seed)).toBe(expected);
});

test('another byte, seed or order of words has another checksum', () => {
  const all = bytes(1024);
  const before = checksum(all, 3);
  fc.assert(
    fc.property(fc.nat(1023), fc.integer({ min: 1, max: 255 }), (at, flipped) => {
      const changed = all.slice();
      changed[at] ^= flipped;
      expect(checksum(changed, 3)).not.toBe(before);
    }),
  );
  expect(checksum(all, 4)).not.toBe(before);
  expect(checksum(all.slice().reverse(), 3)).not.toBe(before);
  expect(checksum(all, 3)).toBe(before);
});
