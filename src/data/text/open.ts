import { emptyError, type Column, type Table } from '../files/table.js';
import { findDialect, type Dialect, type TextColumn } from './dialect.js';
import { cellFault, troubleOf } from './faults.js';
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
    if (dialect && (dialect.rows > 0 || !enough)) return dialect;
    if (enough) throw emptyError(input.name);
  }
}

/** A table of the numbers in a text. */
export interface TextTable extends Table {
  readonly columns: readonly (Column & {
    /** What the column is, if it is used only where it is named. */
    readonly aside?: string;
    /** The first cell that is no number, where the beginning has one, and what may be done about it. */
    readonly trouble?: { readonly got: string; readonly remedy?: string };
  })[];
}

/** A text in UTF-8 as a table of numbers; `docs/files.md` says what is read how. */
export async function openDelimited(input: TextInput, options: TextOptions = {}): Promise<TextTable> {
  const dialect = await dialectOf(input, options);
  const { columns, notes } = dialect;
  return {
    name: input.name,
    columns: columns.map(described),
    ...(notes.length > 0 && { notes }),
    blocks: (chosen) => blocks(input, dialect, chosen),
    checkNumbers(index) {
      const { name, odd } = columns[index];
      return odd ? Promise.reject(cellFault(input.name, name, odd)) : Promise.resolve();
    },
  };
}

function described({ name, kind, aside, odd }: TextColumn): TextTable['columns'][number] {
  return {
    name,
    type: kind,
    kind:
      kind === 'number' || kind === 'boolean' ? 'numeric' : kind === 'text' || kind === 'empty' ? 'text' : 'temporal',
    ...(aside !== undefined && { aside }),
    ...(odd && { trouble: troubleOf(odd) }),
  };
}

async function* blocks(
  { name, bytes }: TextInput,
  dialect: Dialect,
  chosen: readonly number[],
): AsyncGenerator<Float64Array[]> {
  const reader = new RowReader(name, dialect, chosen);
  for await (const piece of pieces(bytes())) {
    const block = reader.take(piece, false);
    if (block[0].length > 0) yield block;
  }
  const rest = reader.take(new Uint8Array(0), true);
  if (rest[0].length > 0) yield rest;
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
