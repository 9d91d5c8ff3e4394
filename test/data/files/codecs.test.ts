import { describe, expect, it } from 'vitest';
import { decodeLz4 } from '../../../src/data/files/codecs.js';

/** A frame by hand: magic, flags, largest block, header checksum (unverified), blocks, end mark. */
function frame(
  blocks: readonly { bytes: readonly number[]; stored?: boolean }[],
  flags = 0x60,
  extra: readonly number[] = [],
) {
  const body = blocks.flatMap(({ bytes, stored }) => [
    bytes.length & 255,
    bytes.length >> 8,
    0,
    stored ? 0x80 : 0,
    ...bytes,
  ]);
  return new Uint8Array([0x04, 0x22, 0x4d, 0x18, flags, 0x40, ...extra, 0, ...body, 0, 0, 0, 0]);
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const ascii = (string: string) => Array.from(string, (char) => char.charCodeAt(0));

describe('decodeLz4', () => {
  it('copies stored blocks', () => {
    expect(
      text(
        decodeLz4(
          frame([
            { bytes: ascii('hello '), stored: true },
            { bytes: ascii('world'), stored: true },
          ]),
        ),
      ),
    ).toBe('hello world');
  });

  it('copies literals and matches, also ones that overlap themselves', () => {
    const bytes = [0x30, ...ascii('abc')]; // three literals
    expect(text(decodeLz4(frame([{ bytes }])))).toBe('abc');
    const repeated = [0x35, ...ascii('abc'), 3, 0, 0x10, ...ascii('!')]; // then nine bytes from three back
    expect(text(decodeLz4(frame([{ bytes: repeated }])))).toBe('abcabcabcabc!');
  });

  it('reads long lengths', () => {
    const literals = ascii('x'.repeat(300));
    const bytes = [0xff, 255, 30, ...literals, 1, 0, 255, 1, 0x10, ...ascii('!')];
    expect(text(decodeLz4(frame([{ bytes }])))).toBe(`${'x'.repeat(300 + 15 + 255 + 1 + 4)}!`);
  });

  it('looks back into earlier blocks', () => {
    const blocks = [{ bytes: ascii('abcd'), stored: true }, { bytes: [0x00, 4, 0, 0x10, ...ascii('!')] }];
    expect(text(decodeLz4(frame(blocks, 0x40)))).toBe('abcdabcd!');
  });

  it('skips content size and dictionary id', () => {
    const size = [5, 0, 0, 0, 0, 0, 0, 0];
    expect(text(decodeLz4(frame([{ bytes: ascii('hello'), stored: true }], 0x68, size)))).toBe('hello');
    expect(text(decodeLz4(frame([{ bytes: ascii('hello'), stored: true }], 0x69, [...size, 1, 2, 3, 4])))).toBe(
      'hello',
    );
  });

  it('decodes an empty frame', () => {
    expect(decodeLz4(frame([]))).toHaveLength(0);
  });

  it.each([
    ['another magic word', new Uint8Array(20), /not an LZ4 frame/],
    ['a match before the start', frame([{ bytes: [0x10, 97, 9, 0, 0x10, 33] }]), /bad match/],
    ['a match with itself', frame([{ bytes: [0x10, 97, 0, 0, 0x10, 33] }]), /bad match/],
    ['literals beyond the block', frame([{ bytes: [0xf0, 100, 97] }]), /bad length/],
    ['a length that does not end', frame([{ bytes: [0xf0, 255, 255] }]), /bad length/],
    ['no end', frame([{ bytes: ascii('hello'), stored: true }]).subarray(0, 14), /Offset is outside|cut short/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeLz4(bytes)).toThrow(message);
  });
});
