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
  isArrowVoid,
  pandasIndex,
  typeName,
  vectorAt,
} from '../arrow.js';
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
  const { schema, rows } = await reading(path, async (reader, handle) => ({
    schema: checkedSchema(reader),
    rows: await countRows(arrow, path, reader, handle),
  }));
  const { names, notes } = distinctNames(schema.fields.map((field) => field.name));
  const index = pandasIndex(schema.metadata.get('pandas'));
  return {
    name: path,
    types: schema.fields.map((field) => field.type as DataType),
    columns: schema.fields.map(({ name, type }, at) => column(names[at], type as DataType, index.has(name))),
    ...(rows !== undefined && { rows }),
    ...(notes.length > 0 && { notes }),
    async *blocks(chosen, _, coders) {
      for await (const batch of recordBatches(path)) {
        for (let from = 0; from < batch.numRows; from += ROWS) {
          const to = Math.min(from + ROWS, batch.numRows);
          yield chosen.map((at, j) => {
            const coder = coders?.[j];
            const vector = vectorAt(batch, at);
            return coder ? arrowCodes(vector, from, to, coder) : arrowNumbers(vector, from, to);
          });
        }
      }
    },
  };
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

/** The record batches of a file. The file is closed when the iteration ends, early or not. */
export async function* recordBatches(path: string): AsyncGenerator<RecordBatch> {
  const arrow = await loadArrow();
  const handle = await openChecked(path);
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    for await (const batch of reader) yield batch;
  } catch (error) {
    throw damaged(path, error);
  } finally {
    await handle.close();
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
 * The sum of the lengths in the headers of all record batches; of a stream, which has no list of them, unknown.
 * Throws if a batch cannot be decompressed.
 */
async function countRows(
  arrow: typeof Arrow,
  path: string,
  reader: RecordBatchReader,
  handle: FileHandle,
): Promise<number | undefined> {
  if (!reader.footer) return undefined;
  let rows = 0;
  for (const { offset, metaDataLength } of reader.footer.recordBatches()) {
    const { buffer } = await handle.read(Buffer.alloc(metaDataLength), 0, metaDataLength, offset);
    const header = arrow.Message.decode(buffer.subarray(buffer.readInt32LE(0) === -1 ? 8 : 4)).header();
    if (!(header instanceof Object && 'compression' in header)) continue;
    if (header.compression && !arrow.compressionRegistry.get(header.compression.type)) throw undecodable(path);
    rows += header.length;
  }
  return rows;
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
