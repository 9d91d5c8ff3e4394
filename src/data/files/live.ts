import { InputError } from '../../base/errors.js';
import type { Source } from '../source.js';
import { openDelimited } from '../text/open.js';
import type { TextOptions } from '../text/options.js';
import { batches } from './batches.js';
import { chooseColumns, oddColumns, type OddColumn } from './columns.js';
import type { SourceOptions } from './open.js';
import type { Table } from './table.js';

/** Lines from which is found how a text is written, where batches are no smaller; and bytes at the most. */
const LINES = 100;
const BYTES = 2 ** 20;
const NEWLINE = 10;

/** Text in cells that comes as it is written, for ever: its rows can be read but once. */
export interface LiveText {
  /** Its rows as numbers, in batches of so many; the last has what is left at the end. Throws as `openSource` does. */
  open(options: SourceOptions): Promise<Source>;
  /** Its columns that are neither numbers nor text. */
  odd(): OddColumn[];
}

/**
 * Waits for the first lines of a stream, and finds from these how it is written. `rows`: of a batch. Throws
 * `InputError('format')` where it ends before its first row, or is no text in cells.
 */
export async function liveText(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  rows: number,
  text: TextOptions,
): Promise<LiveText> {
  const pieces = stream[Symbol.asyncIterator]();
  const lines = 1 + Math.min(LINES, rows);
  const head = await beginning(pieces, lines);
  if (head.length === 0) {
    const remedy = 'check the command that writes it';
    throw new InputError('format', { where: name, expected: 'rows of text in cells', got: 'nothing', remedy });
  }
  const first = firstLines(head, lines);
  let known = false;
  // The first reading is to know how it is written; the next is of all.
  const bytes = (): AsyncIterable<Uint8Array> => {
    const all = known ? following(head, pieces) : following(first);
    known = true;
    return all;
  };
  const found = await openDelimited({ name, format: 'csv', bytes }, text);
  // Without `checkNumbers`, which would read all.
  const table: Table = { name, columns: found.columns, blocks: (...asked) => found.blocks(...asked) };
  return {
    odd: () => oddColumns(table),
    async open(options) {
      const choice = await chooseColumns(table, options);
      return {
        name,
        columns: choice.features.map((index) => table.columns[index].name),
        batches: (signal, batching) => batches(table, choice, { ...batching, most: rows, signal }),
      };
    },
  };
}

/** Bytes until there are so many lines, or all. */
async function beginning(pieces: AsyncIterator<Uint8Array>, most: number): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let [lines, length] = [0, 0];
  while (lines < most && length < BYTES) {
    const next = await pieces.next();
    if (next.done) break;
    for (const byte of next.value) if (byte === NEWLINE) lines++;
    read.push(next.value);
    length += next.value.length;
  }
  const head = new Uint8Array(length);
  let at = 0;
  for (const piece of read) {
    head.set(piece, at);
    at += piece.length;
  }
  return head;
}

async function* following(head: Uint8Array, pieces?: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  if (!pieces) return;
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
}

/** So many whole lines, or as many as there are; all where there is none. */
function firstLines(bytes: Uint8Array, most: number): Uint8Array {
  let end = 0;
  for (let line = 0, at = 0; line < most && at >= 0; line++) {
    at = bytes.indexOf(NEWLINE, end);
    if (at >= 0) end = at + 1;
  }
  return bytes.subarray(0, end || bytes.length);
}
