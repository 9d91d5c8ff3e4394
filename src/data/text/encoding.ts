import { InputError } from '../../base/errors.js';

/** Byte order marks of encodings that are not read. */
const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['UTF-32LE', [0xff, 0xfe, 0, 0]],
  ['UTF-32BE', [0, 0, 0xfe, 0xff]],
  ['UTF-16LE', [0xff, 0xfe]],
  ['UTF-16BE', [0xfe, 0xff]],
];

/** Length of the byte order mark of UTF-8 at the start of bytes, 0 or 3. Throws `format` for one of another encoding. */
export function byteOrderMark(bytes: Uint8Array, name: string): 0 | 3 {
  const found = MARKS.find(([, mark]) => mark.every((byte, index) => bytes[index] === byte));
  if (found) throw encodingFault(name, found[0]);
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Throws `format` for bytes that no text holds. `line` is that of the first of them. */
export function requireText(bytes: Uint8Array, name: string, line: number): void {
  const at = bytes.indexOf(0);
  if (at < 0) return;
  throw encodingFault(name, `a zero byte in line ${line + lineEnds(new TextDecoder().decode(bytes.subarray(0, at)))}`);
}

/** The error for what is no text in UTF-8. */
export function encodingFault(where: string, got: string): InputError {
  return new InputError('format', { where, expected: 'text in UTF-8', got, remedy: 'save it as text in UTF-8' });
}

/** Line ends in a text: LF, CRLF and CR. */
export function lineEnds(text: string): number {
  return text.match(/\r\n?|\n/g)?.length ?? 0;
}
