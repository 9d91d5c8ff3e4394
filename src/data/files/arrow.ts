import { open, type FileHandle } from 'node:fs/promises';
import type * as Arrow from 'apache-arrow';
import type { DataType, RecordBatch, RecordBatchReader, Schema } from 'apache-arrow';
import { InputError } from '../../base/errors.js';
import {
  arrowCodes,
  arrowKind,
  arrowNumbers,
  durationUnit,
  isArrowText,
  isArrowTruth,
  isArrowVoid,
  pandasIndex,
  typeName,
  vectorAt,
} from '../arrow.js';
import type { Coder } from '../levels.js';
import { distinctNames } from '../names.js';
import { registerCodecs } from './codecs.js';
import { unreadable } from './paths.js';
import { asideIndex, counting, type Column, type Table } from './table.js';

/** Rows converted at a time. */
const ROWS = 65_536;

/** A table that also tells its columns' Arrow types. */
export interface ArrowFile extends Table {
  readonly types: readonly DataType[];
}

/** apache-arrow, loaded when first needed, able to read compressed batches. */
async function loadArrow(): Promise<typeof Arrow> {
  const arrow = await import('apache-arrow');
  registerCodecs(arrow);
  return arrow;
}

/**
 * An Arrow IPC file or stream (Feather V2 is the former), uncompressed or compressed with LZ4 or, where Node
 * has it, Zstandard. One record batch is in memory at a time. The number of rows is known of files.
 */
export async function openArrow(path: string): Promise<ArrowFile> {
  const arrow = await loadArrow();
  const { schema, counts } = await reading(path, async (reader, handle) => ({
    schema: checkedSchema(reader),
    counts: await countRows(arrow, path, reader, handle),
  }));
  const bounds = counts && boundsOf(counts);
  const rows = bounds?.at(-1);
  const { names, notes } = distinctNames(schema.fields.map((field) => field.name));
  const index = pandasIndex(schema.metadata.get('pandas'));
  return {
    name: path,
    types: schema.fields.map((field) => field.type as DataType),
    columns: schema.fields.map(({ name, type }, at) => column(names[at], type as DataType, index.has(name))),
    ...(rows !== undefined && { rows }),
    ...(notes.length > 0 && { notes }),
    blocks: (chosen, _, coders) => readBatches(path, chosen, coders),
    pieces: () =>
      Promise.resolve([
        {
          path,
          ...(bounds && { rows: bounds[bounds.length - 1], cuts: bounds.slice(0, -1) }),
          blocks: (chosen, range, _, coders) => readBatches(path, chosen, coders, range && { ...range, bounds }),
        },
      ]),
  };
}

/** Where record batches of these numbers of rows begin, and where the last ends. */
function boundsOf(counts: readonly number[]): number[] {
  const bounds = [0];
  for (const rows of counts) bounds.push(bounds[bounds.length - 1] + rows);
  return bounds;
}

/** Some columns of all record batches, or of the rows of a range. */
async function* readBatches(
  path: string,
  chosen: readonly number[],
  coders?: readonly (Coder | undefined)[],
  { from: first = 0, to: end = Infinity, bounds = [] as readonly number[] } = {},
): AsyncGenerator<Float64Array[]> {
  // Where batches begin is known of files, of which some can be read alone.
  const skipped = bounds.findLastIndex((bound, at) => at > 0 && bound <= first);
  let before = skipped > 0 ? bounds[skipped] : 0;
  for await (const batch of recordBatches(path, Math.max(0, skipped))) {
    const last = Math.min(batch.numRows, end - before);
    for (let from = Math.max(0, first - before); from < last; from += ROWS) {
      const to = Math.min(from + ROWS, last);
      yield chosen.map((at, j) => {
        const coder = coders?.[j];
        const vector = vectorAt(batch, at);
        return coder ? arrowCodes(vector, from, to, coder) : arrowNumbers(vector, from, to);
      });
    }
    before += batch.numRows;
    if (before >= end) return;
  }
}

/** apache-arrow opens a file too short for a schema without one. */
function checkedSchema({ schema }: { readonly schema?: Schema }): Schema {
  if (!schema) throw new Error('no schema');
  return schema;
}

function column(name: string, type: DataType, isIndex: boolean): Column {
  const unit = durationUnit(type);
  return {
    ...{ name, type: typeName(type), kind: arrowKind(type) },
    ...(isArrowText(type) && { isText: true }),
    ...(isArrowTruth(type) && { isTruth: true }),
    ...(isArrowVoid(type) && { isVoid: true }),
    ...(unit !== undefined && counting(name, unit)),
    ...(isIndex && asideIndex),
  };
}

/** The schema that a message holds, as Parquet files keep it; undefined where there is none that can be read. */
export async function schemaOf(message: Uint8Array): Promise<Schema | undefined> {
  const arrow = await loadArrow();
  try {
    return arrow.RecordBatchReader.from(message).open().schema;
  } catch {
    return undefined;
  }
}

/**
 * The record batches of a file, those of a file (and no stream) from a number on if that is wanted. The file is closed when
 * the iteration ends, early or not.
 */
export async function* recordBatches(path: string, from = 0): AsyncGenerator<RecordBatch> {
  const arrow = await loadArrow();
  const handle = await openChecked(path);
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    if (from === 0) for await (const batch of reader) yield batch;
    else yield* laterBatches(await reader.open(), from);
  } catch (error) {
    throw damaged(path, error);
  } finally {
    await handle.close();
  }
}

async function* laterBatches(reader: RecordBatchReader, from: number): AsyncGenerator<RecordBatch> {
  if (!reader.isFile()) throw new RangeError('a stream has no batches by number');
  for (let at = from; at < reader.numRecordBatches; at++) {
    const batch = await reader.readRecordBatch(at);
    if (batch) yield batch;
  }
}

async function reading<T>(
  path: string,
  use: (reader: RecordBatchReader, handle: FileHandle) => Promise<T>,
): Promise<T> {
  const arrow = await loadArrow();
  const handle = await openChecked(path);
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    return await use(await reader.open(), handle);
  } catch (error) {
    throw damaged(path, error);
  } finally {
    await handle.close();
  }
}

/** Opens a file and looks at its first and last bytes: a file, not a stream, also ends in its magic word. */
async function openChecked(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  try {
    const { size } = await handle.stat();
    const head = await textAt(handle, 0, 6);
    if (head === 'ARROW1' && (await textAt(handle, Math.max(0, size - 6), 6)) !== 'ARROW1') {
      throw fault(path, 'a complete Arrow file', 'one without its end', 'write or download it again');
    }
    if (head.startsWith('FEA1')) {
      throw fault(path, 'an Arrow file or stream', 'Feather V1', 'write it as Feather V2', 'unsupported');
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function textAt(handle: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('latin1', 0, bytesRead);
}

/**
 * The numbers of rows in the headers of all record batches; of a stream, which has no list of them, unknown.
 * Throws if a batch cannot be decompressed.
 */
async function countRows(
  arrow: typeof Arrow,
  path: string,
  reader: RecordBatchReader,
  handle: FileHandle,
): Promise<number[] | undefined> {
  if (!reader.footer) return undefined;
  const counts: number[] = [];
  for (const { offset, metaDataLength } of reader.footer.recordBatches()) {
    const { buffer } = await handle.read(Buffer.alloc(metaDataLength), 0, metaDataLength, offset);
    const header = arrow.Message.decode(buffer.subarray(buffer.readInt32LE(0) === -1 ? 8 : 4)).header();
    if (!(header instanceof Object && 'compression' in header)) continue;
    if (header.compression && !arrow.compressionRegistry.get(header.compression.type)) throw undecodable(path);
    counts.push(header.length);
  }
  return counts;
}

/** Whatever apache-arrow throws at the contents of a file. */
function damaged(path: string, error: unknown): unknown {
  if (error instanceof InputError || !(error instanceof Error)) return error;
  if (error.message.includes('codec not found')) return undecodable(path);
  const [, type] = /^Unrecognized type: "?(\w+)/.exec(error.message) ?? [];
  if (type !== undefined) return unknownType(path, type, error);
  return fault(
    path,
    'a well-formed Arrow file or stream',
    error.message,
    'write or download it again',
    'format',
    error,
  );
}

/** Types that apache-arrow does not know: none of the file's columns can be read then. */
function unknownType(path: string, type: string, error: Error): InputError {
  const remedy = 'write such columns as plain arrays, or leave them out';
  return fault(path, 'columns of types that can be read', type, remedy, 'unsupported', error);
}

function undecodable(path: string): InputError {
  const remedy = 'write it uncompressed or with lz4, or use Node 22.15 or later';
  return fault(path, 'compression this version of Node can undo', 'Zstandard', remedy, 'unsupported');
}

function fault(
  where: string,
  expected: string,
  got: string,
  remedy: string,
  code: 'format' | 'unsupported' = 'format',
  cause?: Error,
): InputError {
  return new InputError(code, { where, expected, got, remedy }, { cause });
}
