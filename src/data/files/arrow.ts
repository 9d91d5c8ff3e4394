import { open, type FileHandle } from 'node:fs/promises';
import type * as Arrow from 'apache-arrow';
import type { DataType, RecordBatch, RecordBatchReader, Vector } from 'apache-arrow';
import { InputError } from '../../errors.js';
import { registerCodecs } from './codecs.js';
import { unreadable } from './paths.js';
import type { Column, Table } from './table.js';

/** Rows converted at a time. */
const ROWS = 65_536;

/** A table that also tells its columns' Arrow types. */
export interface ArrowTable extends Table {
  readonly fields: readonly { readonly name: string; readonly type: DataType }[];
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
export async function openArrow(path: string): Promise<ArrowTable> {
  const arrow = await loadArrow();
  const { fields, rows } = await reading(path, async (reader, handle) => ({
    fields: reader.schema.fields.map(({ name, type }) => ({ name, type: type as DataType })),
    rows: await countRows(arrow, path, reader, handle),
  }));
  return {
    name: path,
    fields,
    columns: fields.map(({ name, type }) => ({ name, type: arrow.Type[type.typeId], kind: kindOf(arrow, type) })),
    ...(rows !== undefined && { rows }),
    async *blocks(chosen) {
      for await (const batch of recordBatches(path)) {
        for (let from = 0; from < batch.numRows; from += ROWS) {
          const to = Math.min(from + ROWS, batch.numRows);
          yield chosen.map((index) => numbers(arrow, vectorAt(batch, index), from, to));
        }
      }
    },
  };
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

function kindOf(arrow: typeof Arrow, type: DataType): Column['kind'] {
  const { DataType: is } = arrow;
  if (is.isDictionary(type)) return kindOf(arrow, type.dictionary as DataType);
  if (is.isInt(type) || is.isFloat(type) || is.isDecimal(type) || is.isBool(type)) return 'numeric';
  return is.isTimestamp(type) || is.isDate(type) || is.isTime(type) || is.isDuration(type) ? 'temporal' : 'other';
}

export function vectorAt(batch: RecordBatch, column: number): Vector {
  const vector: Vector | null = batch.getChildAt(column);
  if (vector === null) throw new RangeError(`no column ${column} in a record batch`);
  return vector;
}

/** Rows from … to − 1 of a vector as float64, NaN for null. */
function numbers(arrow: typeof Arrow, vector: Vector, from: number, to: number): Float64Array {
  const { DataType: is } = arrow;
  const type = vector.type as DataType;
  const out = new Float64Array(to - from);
  const flat = (is.isInt(type) && type.bitWidth < 64) || (is.isFloat(type) && type.precision !== arrow.Precision.HALF);
  if (!flat) {
    const number = scalar(arrow, type);
    for (let i = 0; i < out.length; i++) out[i] = number(vector.get(from + i));
    return out;
  }
  const values = vector.data[0].values as Float64Array | Float32Array | Int32Array;
  for (let i = 0; i < out.length; i++) out[i] = values[from + i];
  if (vector.nullCount > 0) for (let i = 0; i < out.length; i++) if (!vector.isValid(from + i)) out[i] = NaN;
  return out;
}

/** How a value of a type, as apache-arrow gives it, becomes a number. */
export function scalar(arrow: typeof Arrow, type: DataType): (value: unknown) => number {
  const { DataType: is } = arrow;
  if (is.isDictionary(type)) return scalar(arrow, type.dictionary as DataType);
  if (!is.isDecimal(type)) return (value) => (value === null ? NaN : Number(value));
  type Decimal = Parameters<typeof arrow.util.bigNumToNumber>[0];
  return (value) => (value === null ? NaN : arrow.util.bigNumToNumber(value as Decimal, type.scale));
}

/** Whatever apache-arrow throws at the contents of a file. */
function damaged(path: string, error: unknown): unknown {
  if (error instanceof InputError || !(error instanceof Error)) return error;
  if (error.message.includes('codec not found')) return undecodable(path);
  return fault(
    path,
    'a well-formed Arrow file or stream',
    error.message,
    'write or download it again',
    'format',
    error,
  );
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
