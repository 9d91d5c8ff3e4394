import { open, type FileHandle } from 'node:fs/promises';
import { endianness } from 'node:os';
import { InputError } from '../../errors.js';
import { unreadable } from './paths.js';
import { rowsPerBatch } from './batches.js';
import type { Table } from './table.js';

/** Where the header's text ends in the buffers that npyjs decodes; the numbers follow, aligned. */
const PREFIX = 128;

interface Header {
  readonly path: string;
  readonly rows: number;
  readonly d: number;
  /** Item type without byte order, as in `f8`. */
  readonly type: string;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  /** Bytes per item. */
  readonly size: number;
  /** Where the numbers begin in the file. */
  readonly start: number;
}

type Numbers = ArrayLike<number> | ArrayLike<bigint>;

/**
 * A NumPy array of one or two dimensions, `[n]` or `[n, d]`, of floats (f2, f4, f8), integers or booleans, in
 * either byte order and either memory order. Columns are called x0, x1, …. Numbers are read a batch at a time;
 * integers beyond 2⁵³ are rounded.
 */
export async function openNpy(path: string): Promise<Table> {
  const header = await withFile(path, (handle) => readHeader(path, handle));
  return {
    name: path,
    columns: Array.from({ length: header.d }, (_, j) => ({ name: `x${j}`, type: header.type, kind: 'numeric' })),
    rows: header.rows,
    blocks: (chosen) => readBlocks(header, chosen),
  };
}

async function* readBlocks(header: Header, chosen: readonly number[]): AsyncGenerator<Float64Array[]> {
  const { path, rows, d, size, start, fortran } = header;
  const { parse } = await import('npyjs');
  const decode = (bytes: ArrayBuffer): Numbers => parse(bytes).data as unknown as Numbers;
  const handle = await openFile(path);
  try {
    const step = rowsPerBatch(d);
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from);
      const read = async (first: number, items: number) =>
        decode(await readNumbers(handle, header, start + first * size, items));
      if (fortran) {
        const block: Float64Array[] = [];
        for (const j of chosen) block.push(column(await read(j * rows + from, count), 0, 1, count));
        yield block;
      } else {
        const block = await read(from * d, count * d);
        yield chosen.map((j) => column(block, j, d, count));
      }
    }
  } finally {
    await handle.close();
  }
}

/** Every `stride`-th number from `first` on, as float64. */
function column(numbers: Numbers, first: number, stride: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = Number(numbers[first + i * stride]);
  return out;
}

/** The items at a position of the file as a little npy file of their own, in this machine's byte order. */
async function readNumbers(handle: FileHandle, header: Header, position: number, items: number): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(PREFIX + items * header.size);
  const type = header.type === 'b1' ? 'u1' : header.type; // npyjs gives booleans one by one
  const text = `{'descr': '<${type}', 'fortran_order': False, 'shape': (${items},), }`.padEnd(PREFIX - 11) + '\n';
  bytes.set(Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(PREFIX - 10)}\x00${text}`, 'latin1'));
  const body = Buffer.from(bytes.buffer, PREFIX);
  const read = await readFully(handle, body, position);
  if (read < body.length) throw truncated(header, position - header.start + read);
  if (header.size > 1 && header.bigEndian !== (endianness() === 'BE')) swap(body, header.size);
  return bytes.buffer;
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
  const { rows, d, size } = header;
  if (d === 0) throw fault(path, 'at least one column', `shape (${rows}, 0)`, 'check how it was written');
  if (fileSize < start + rows * d * size) throw truncated(header, Math.max(0, fileSize - start));
  return header;
}

/** `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }` */
function parseHeader(path: string, text: string): Omit<Header, 'path' | 'start'> {
  const [, descr = text.trim()] = /'descr'\s*:\s*(\[.*\]|'[^']*')/s.exec(text) ?? [];
  const [, order, type] = /^'([<>|=])(f[248]|[iu][1248]|b1)'$/.exec(descr) ?? [];
  if (!type) {
    const remedy = 'convert it with array.astype("float64") and write it with numpy.save';
    throw fault(path, 'numbers or booleans (f2, f4, f8, i1 … i8, u1 … u8, b1)', `dtype ${clipped(descr)}`, remedy);
  }
  const [, shapeText = '?'] = /'shape'\s*:\s*\(([^)]*)\)/.exec(text) ?? [];
  const shape = shapeText
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (shape.length < 1 || shape.length > 2 || !shape.every(Number.isSafeInteger)) {
    const remedy = 'reshape it to rows × columns';
    throw fault(path, 'an array of one or two dimensions', `shape (${shapeText.trim()})`, remedy);
  }
  const [rows, d = 1] = shape;
  const fortran = /'fortran_order'\s*:\s*True/.test(text) && shape.length === 2;
  return { rows, d, type, bigEndian: order === '>', fortran, size: Number(type.slice(1)) };
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

function truncated({ path, rows, d, size }: Header, got: number): InputError {
  return fault(path, `${rows * d * size} bytes of numbers (${rows} × ${d})`, `${got}`, 'write or download it again');
}

function fault(where: string, expected: string, got: string, remedy: string): InputError {
  return new InputError('format', { where, expected, got, remedy });
}

function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
