/** A place in a text: bytes before it, and its line, from 1. */
export interface Position {
  readonly offset: number;
  readonly line: number;
}

const [LF, CR, SPACE, HASH] = [10, 13, 32, 35];

/** The delimiter that a first line `sep=;` names, as spreadsheets write and hide it, and where the text goes on. */
export function separatorLine(
  bytes: Uint8Array,
  { offset, line }: Position,
): { sign: string; after: Position } | undefined {
  const head = String.fromCharCode(...bytes.subarray(offset, offset + 10));
  const [, sign] = /^"?sep=([,;\t|])"?[\r\n]/i.exec(head) ?? [];
  return sign === undefined ? undefined : { sign, after: { offset: lineAfter(bytes, offset), line: line + 1 } };
}

/** A line that begins with #. */
export interface Hashed extends Position {
  /** Where what follows the # begins. */
  readonly content: Position;
}

/** The lines that begin with # in the block of such and blank lines with which a text begins, and where that ends. */
export function leadingBlock(bytes: Uint8Array, start: Position): { hashes: Hashed[]; after: Position } {
  const hashes: Hashed[] = [];
  let { offset, line } = start;
  while (offset < bytes.length) {
    let at = offset;
    while (bytes[at] === SPACE) at++; // a tab may delimit
    if (bytes[at] === HASH) {
      while (bytes[at] === HASH) at++;
      hashes.push({ offset, line, content: { offset: at, line } });
    } else if (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) break;
    offset = lineAfter(bytes, at);
    line++;
  }
  return { hashes, after: { offset, line } };
}

function lineAfter(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : Math.min(at + 1, bytes.length);
}
