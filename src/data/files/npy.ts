import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { InputError } from '../../base/errors.js';
import { unreadable } from './paths.js';
import { rowsPerBatch } from './batches.js';
import { parseHeader, type NpyField, type NpyHeader } from './npy-header.js';
import { counting, type Table } from './table.js';

/** Where the header's text ends in the buffers that npyjs decodes; the numbers follow, aligned. */
const PREFIX = 128;

interface Header extends NpyHeader {
  readonly path: string;
  /** Where the numbers begin in the file. */
  readonly start: number;
}

type Numbers = ArrayLike<number> | ArrayLike<bigint>;

/** What numpy has for a missing duration. */
const NOT_A_TIME = -(2n ** 63n);

/**
 * A NumPy array of one or two dimensions, `[n]` or `[n, d]`, with columns called x0, x1, …. A structured array `[n]`
 * has its fields for columns. Values are floats (f2, f4, f8), integers, booleans or durations, in either byte order and
 * either memory order. Numbers are read a batch at a time; integers beyond 2⁵³ are rounded.
 */
export async function openNpy(path: string): Promise<Table> {
  const header = await withFile(path, (handle) => readHeader(path, handle));
  return {
    name: path,
    columns: header.fields.map(({ name, type, unit }) => ({
      ...{ name, type, kind: 'numeric' },
      ...(unit !== undefined && counting(name, unit)),
    })),
    rows: header.rows,
    blocks: (chosen) => readBlocks(header, chosen),
    pieces: () =>
      Promise.resolve([{ path, rows: header.rows, blocks: (chosen, range) => readBlocks(header, chosen, range) }]),
  };
}

async function* readBlocks(
  header: Header,
  chosen: readonly number[],
  range = { from: 0, to: header.rows },
): AsyncGenerator<Float64Array[]> {
  const { path, rows, fields, stride, start, fortran, structured } = header;
  const { parse } = await import('npyjs');
  const decode = (bytes: Uint8Array, field: NpyField): Numbers =>
    parse(asFile(bytes, field)).data as unknown as Numbers;
  const handle = await openFile(path);
  try {
    const d = fields.length;
    const step = rowsPerBatch(d);
    for (let { from } = range; from < range.to; from += step) {
      const count = Math.min(step, range.to - from);
      const read = (offset: number, length: number) => readBytes(handle, header, start + offset, length);
      if (fortran) {
        const block: Float64Array[] = [];
        for (const j of chosen) {
          const { size } = fields[j];
          block.push(
            column(decode(await read((j * rows + from) * size, count * size), fields[j]), fields[j], 0, 1, count),
          );
        }
        yield block;
        continue;
      }
      const bytes = await read(from * stride, count * stride);
      if (structured)
        yield chosen.map((j) => column(decode(gathered(bytes, fields[j], stride), fields[j]), fields[j], 0, 1, count));
      else {
        const block = decode(bytes, fields[0]);
        yield chosen.map((j) => column(block, fields[j], j, d, count));
      }
    }
  } finally {
    await handle.close();
  }
}

/** Every `stride`-th number of a field from `first` on, as float64. */
function column(numbers: Numbers, { unit }: NpyField, first: number, stride: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = Number(numbers[first + i * stride]);
  if (unit !== undefined) for (let i = 0; i < count; i++) if (numbers[first + i * stride] === NOT_A_TIME) out[i] = NaN;
  return out;
}

/** The items of one field, one after the other. */
function gathered(bytes: Uint8Array, { offset, size }: NpyField, stride: number): Uint8Array {
  const out = new Uint8Array((bytes.length / stride) * size);
  for (let to = 0, from = offset; to < out.length; from += stride) {
    for (let byte = 0; byte < size; byte++) out[to++] = bytes[from + byte];
  }
  return out;
}

/** Items as a little npy file of their own, in this machine's byte order. */
function asFile(items: Uint8Array, { type: own, size, bigEndian }: NpyField): ArrayBuffer {
  const bytes = new Uint8Array(PREFIX + items.length);
  const type = own === 'b1' ? 'u1' : own; // npyjs gives booleans one by one
  const shape = `(${items.length / size},)`;
  const text = `{'descr': '<${type}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(PREFIX - 11) + '\n';
  bytes.set(Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(PREFIX - 10)}\x00${text}`, 'latin1'));
  bytes.set(items, PREFIX);
  if (size > 1 && bigEndian !== (endianness() === 'BE')) swap(Buffer.from(bytes.buffer, PREFIX), size);
  return bytes.buffer;
}

async function readBytes(handle: FileHandle, header: Header, position: number, length: number): Promise<Uint8Array> {
  const body = Buffer.alloc(length);
  const read = await readFully(handle, body, position);
  if (read < length) throw truncated(header, position - header.start + read);
  return body;
}

function swap(bytes: Buffer, size: number): void {
  if (size === 2) bytes.swap16();
  else if (size === 4) bytes.swap32();
  else bytes.swap64();
}

async function readHeader(path: string, handle: FileHandle): Promise<Header> {
  const lead = Buffer.alloc(12);
  await readFully(handle, lead, 0);
  if (lead.toString('latin1', 0, 6) !== '\x93NUMPY') {
    const got = JSON.stringify(lead.toString('latin1', 0, 6));
    throw fault(path, 'a NumPy file, which begins with \\x93NUMPY', got, 'write it with numpy.save');
  }
  const wide = lead[6] > 1; // versions 2 and 3 have a length of four bytes
  const length = wide ? lead.readUInt32LE(8) : lead.readUInt16LE(8);
  const { size: fileSize } = await handle.stat();
  const text = Buffer.alloc(Math.min(length, fileSize));
  await readFully(handle, text, wide ? 12 : 10);
  const start = length + (wide ? 12 : 10);
  const header = { path, start, ...parseHeader(path, text.toString('latin1')) };
  const { rows, fields, stride } = header;
  if (fields.length === 0) throw fault(path, 'at least one column', `shape (${rows}, 0)`, 'check how it was written');
  if (fileSize < start + rows * stride) throw truncated(header, Math.max(0, fileSize - start));
  return header;
}

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openFile(path);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error);
  });
}

/** Fills a buffer from a position of the file; fewer bytes only at its end. */
async function readFully(handle: FileHandle, buffer: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

function truncated({ path, rows, fields, stride }: Header, got: number): InputError {
  const expected = `${rows * stride} bytes of numbers (${rows} × ${fields.length})`;
  return fault(path, expected, `${got}`, 'write or download it again');
}

function fault(where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError('format', { where, expected, got, remedy });
}
