import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '../../base/errors.js';
import { unreadable } from './paths.js';

/** Bytes that are read at a time. */
const PIECE = 1 << 18;

/** The bytes of a file, decompressed where it ends in .gz or .zst. Throws `format` where that fails, also at its end. */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const compression = /\.gz$/i.test(path) ? 'gzip' : /\.zst$/i.test(path) ? 'Zstandard' : undefined;
  try {
    if (compression === undefined) yield* file;
    else if (compression === 'gzip') yield* pipeline(file, createGunzip({ chunkSize: PIECE }), () => undefined);
    else yield* unzstd(file);
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw unreadable(path, cause);
    const got = cause instanceof Error ? cause.message : String(cause);
    const complaint = {
      where: path,
      expected: `a complete ${compression ?? 'text'} file`,
      got,
      remedy: 'compress or download it again',
    };
    throw new InputError('format', complaint, { cause });
  } finally {
    file.destroy();
    if (!file.closed) await new Promise<void>((closed) => file.once('close', () => closed()));
  }
}

async function* unzstd(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { Decompress } = await import('fzstd');
  let ready: Uint8Array[] = [];
  const stream = new Decompress((piece) => ready.push(piece));
  for await (const piece of file) {
    stream.push(piece);
    yield* ready;
    ready = [];
  }
  stream.push(new Uint8Array(0), true);
  yield* ready;
}
