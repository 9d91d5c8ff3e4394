import { closeSync, constants, createReadStream, createWriteStream, open as openFile, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { InputError } from '../base/errors.js';
import { systemReason } from '../base/storage.node.js';
import { ownFolder } from '../base/temporary.node.js';
import { beforeEnd } from './last-words.js';
import { formats, sniff, type FormatName } from './sniff.js';

/** Bytes that tell a format. */
const ENOUGH = 4096;

/**
 * Copies a stream to a file of a private folder, for any number of passes; both are removed when the process ends. The
 * file is unpacked, and its extension says what it is: `format`, or what its first bytes tell. Throws `InputError` for
 * what is no data, and the signal's reason.
 */
export async function spooled(path: string, format: FormatName | undefined, signal: AbortSignal): Promise<string> {
  const name = streamName(path);
  const folder = ownFolder('stream');
  beforeEnd(() => rmSync(folder, { recursive: true, force: true }));
  try {
    const bytes = isStandardInput(path) ? process.stdin : await openStream(path, signal);
    return await kept(addAbortSignal(signal, bytes), { name, folder, format, signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof InputError) throw cause;
    const remedy = 'check what writes it, and that TMPDIR names a folder with space';
    const complaint = { where: name, expected: 'data that can be read', got: reasonOf(cause), remedy };
    throw new InputError('file', complaint, { cause });
  }
}

interface Keeping {
  readonly name: string;
  readonly folder: string;
  readonly format: FormatName | undefined;
  readonly signal: AbortSignal;
}

async function kept(bytes: AsyncIterable<Uint8Array>, keeping: Keeping): Promise<string> {
  const { name, folder, format, signal } = keeping;
  const { head, all } = await peeked(bytes);
  const content = sniff(head);
  if (content.kind === 'gzip' || content.kind === 'zstd') {
    const unpack = unpacker(content.kind);
    if (unpack) {
      let path = '';
      await pipeline(
        all,
        unpack,
        async (inner) => void (path = await kept(inner as AsyncIterable<Uint8Array>, keeping)),
        {
          signal,
        },
      );
      return path;
    }
  }
  if (content.kind === 'other' || head.length === 0) {
    const got = content.kind === 'other' ? content.name : 'nothing';
    const expected = 'CSV, TSV, JSON, Parquet, Arrow or .npy data';
    throw new InputError('format', { where: name, expected, got, remedy: 'check the command that writes it' });
  }
  const extension = content.kind === 'data' ? formats[format ?? content.format] : `${formats[format ?? 'csv']}.zst`;
  const path = join(folder, `data${extension}`);
  await pipeline(all, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal });
  return path;
}

/** The first bytes of a stream, and all of it. */
async function peeked(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Uint8Array; all: Readable }> {
  const chunks = bytes[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let length = 0; length < ENOUGH;) {
    const next = await chunks.next();
    if (next.done) break;
    first.push(next.value);
    length += next.value.length;
  }
  const rest = { [Symbol.asyncIterator]: () => chunks };
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* rest;
  };
  return { head: Buffer.concat(first), all: Readable.from(all()) };
}

/** Unpacks a stream; Node 20 has nothing for zstd, which the reader of files then unpacks. */
function unpacker(kind: 'gzip' | 'zstd'): NodeJS.ReadWriteStream | undefined {
  if (kind === 'gzip') return zlib.createGunzip();
  const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => NodeJS.ReadWriteStream };
  return createZstdDecompress?.();
}

/** Opens a stream by its path. A pipe that nobody writes to blocks, until the signal opens its other end for a moment. */
async function openStream(path: string, signal: AbortSignal): Promise<Readable> {
  const unblock = (): void =>
    openFile(path, constants.O_WRONLY | constants.O_NONBLOCK, (error, fd) => error ?? closeSync(fd));
  signal.addEventListener('abort', unblock);
  const fd = await promisify(openFile)(path, 'r').finally(() => signal.removeEventListener('abort', unblock));
  if (signal.aborted) closeSync(fd);
  signal.throwIfAborted();
  return (await stat(path)).isFIFO()
    ? new Socket({ fd, readable: true, writable: false })
    : createReadStream(path, { fd });
}

/** Whether what a path names can be read but once: standard input, a pipe, a device. */
export async function isStream(path: string): Promise<boolean> {
  if (path === '-' || /^\/(dev\/(stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path)) return true;
  const there = await stat(path).catch(() => undefined);
  return there !== undefined && (there.isFIFO() || there.isSocket() || there.isCharacterDevice());
}

/** What messages call a stream. */
export function streamName(path: string): string {
  return isStandardInput(path) ? 'standard input' : path;
}

function isStandardInput(path: string): boolean {
  return path === '-' || /^\/(dev\/stdin|(dev|proc\/self)\/fd\/0)$/.test(path);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z')
    ? `compressed bytes that are damaged (${cause.message})`
    : systemReason(cause);
}
