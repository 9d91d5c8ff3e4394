import { InputError } from '../../base/errors.js';
import type { Column, Table } from '../files/table.js';
import { findDialect, type Dialect, type TextColumn } from './dialect.js';
import { cellComplaint, quoteFault, textNote, troubleOf } from './faults.js';
import { TYPES } from './kinds.js';
import { checkTextOptions, type TextFormat, type TextOptions } from './options.js';
import { RowReader } from './rows.js';

/** Bytes from which a dialect is found. */
const SAMPLE = 1 << 18;

/** The most bytes that the first records may take. */
const MOST = 1 << 26;

/** A text that can be read again and again. */
export interface TextInput {
  /** What messages call it. */
  readonly name: string;
  readonly format: TextFormat;
  /** Its bytes, uncompressed, from the first on. */
  readonly bytes: () => AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;
}

/** Finds from the first 256 KiB how a text is written. Throws `InputError`: `format` or `option`. */
export async function dialectOf(input: TextInput, options: TextOptions): Promise<Dialect> {
  checkTextOptions(options);
  for (let size = SAMPLE; ; size *= 4) {
    const sample = await beginning(input, size);
    const dialect = findDialect(input.name, sample, input.format, options);
    const enough = sample.complete || size >= MOST;
    if (dialect && (dialect.rows > 0 || enough)) return dialect;
    if (enough) throw quoteFault(input.name, 'unclosed', 1);
  }
}

/** A text in UTF-8 as a table of numbers; `docs/data-and-files.md` says what is read how. */
export async function openDelimited(input: TextInput, options: TextOptions = {}): Promise<Table> {
  const dialect = await dialectOf(input, options);
  const { columns, notes } = dialect;
  return {
    name: input.name,
    columns: columns.map(described),
    ...(dialect.rows === 0 && { rows: 0 }),
    ...(notes.length > 0 && { notes }),
    blocks: (chosen, signal, coders) => blocks(input, new RowReader(input.name, dialect, chosen, { coders }), signal),
    async checkNumbers(index, whole) {
      const { name, kind, odd } = columns[index];
      if (odd) throw new InputError('format', cellComplaint(input.name, name, odd));
      if (kind !== 'empty' || !whole) return;
      const cells = blocks(input, new RowReader(input.name, dialect, [index]))[Symbol.asyncIterator]();
      while (!(await cells.next()).done);
    },
  };
}

function described(column: TextColumn): Column {
  const { name, kind, aside, odd } = column;
  const note = textNote(name, column);
  return {
    name,
    type: TYPES[kind],
    ...((kind === 'text' || kind === 'empty') && { isText: true }),
    ...(kind === 'boolean' && { isTruth: true }),
    kind:
      kind === 'number' || kind === 'boolean' ? 'numeric' : kind === 'text' || kind === 'empty' ? 'text' : 'temporal',
    ...(aside !== undefined && { aside }),
    ...(odd && { trouble: troubleOf(odd) }),
    ...(note !== undefined && { note }),
  };
}

/** Numbers of some columns, in blocks; `signal` ends the reading. Throws as `RowReader` does. */
export async function* blocks(
  { bytes }: TextInput,
  reader: RowReader,
  signal?: AbortSignal,
): AsyncGenerator<Float64Array[]> {
  for await (const piece of pieces(bytes())) {
    signal?.throwIfAborted();
    yield* taken(reader, piece, false);
  }
  yield* taken(reader, new Uint8Array(0), true);
}

/** The rows that end in a piece; those before a fault come before the error. */
function* taken(reader: RowReader, piece: Uint8Array, last: boolean): Generator<Float64Array[]> {
  let fault: { readonly error: unknown } | undefined;
  try {
    reader.take(piece, last);
  } catch (error) {
    fault = { error };
  }
  if (reader.rows > 0) yield reader.taken;
  if (fault) throw fault.error;
}

/** The first bytes of a text, and whether they are all of it. */
async function beginning({ bytes }: TextInput, size: number): Promise<{ bytes: Uint8Array; complete: boolean }> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces(bytes())) {
    read.push(piece);
    length += piece.length;
    if (length > size) break;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of read) {
    all.set(piece, at);
    at += piece.length;
  }
  return length > size ? { bytes: all.subarray(0, size), complete: false } : { bytes: all, complete: true };
}

/** The pieces of a stream. Not all browsers iterate over theirs; one left early is cancelled. */
async function* pieces(stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!('getReader' in stream)) {
    yield* stream;
    return;
  }
  const reader = stream.getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await reader.cancel();
  }
}
