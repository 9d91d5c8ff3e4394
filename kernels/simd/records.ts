/**
 * Files of records, which every thread of a process reads where it is: one record for each group of rows, all of one
 * length, each with a checksum behind it. What is written to one record is read as that record, or not at all.
 */

import type fileSystem from 'node:fs';
import { BLOCK, pageAligned, wholeBlocks } from './blocks.js';
import { CHECKSUM_BYTES, checksumOf } from './checksum.js';

/** A file of records, as threads are told of it. */
export interface RecordFile {
  /** Open for all threads of the process. */
  readonly descriptor: number;
  /** Where it is or was, for messages. */
  readonly place: string;
  /** Bytes before the first record. */
  readonly start: number;
  /** Bytes of a record without its checksum; a multiple of 64. */
  readonly payload: number;
  /** Whether it is read past the page cache: in whole blocks, which it ends with too. */
  readonly direct: boolean;
}

/** Bytes after a record's payload, of which the first are its checksum. */
const TRAILER = 64;
/** Bytes that are read at once: many enough that asking for them costs little, few enough for the second-level cache. */
const READ_AT_ONCE = 2 ** 20;
/** The same of a direct file, of what is read first and waited for. */
const READ_FIRST = 2 ** 17;

/** Bytes from one record to the next. */
export function strideOf({ payload }: Pick<RecordFile, 'payload'>): number {
  return payload + TRAILER;
}

/** A record that could not be read, or is not what was written. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** Writes the checksum of a record behind its payload, in memory of a stride. */
export function seal(bytes: Uint8Array, { payload }: Pick<RecordFile, 'payload'>, record: number): void {
  bytes.set(checksum(bytes.subarray(0, payload), record), payload);
}

/** Memory for so many records of a file, and for the blocks that they begin and end in. */
export function memoryFor(file: RecordFile, records: number): Uint8Array {
  const length = lengthFor(file, records);
  return file.direct ? pageAligned(length) : new Uint8Array(length);
}

function lengthFor(file: RecordFile, records: number): number {
  const bytes = records * strideOf(file);
  return file.direct ? wholeBlocks(bytes) + BLOCK : bytes;
}

/** Reads one record into memory for one or more, and checks it; waits for it. What comes back is a view of a stride. */
export function readRecord(file: RecordFile, record: number, into: Uint8Array): Uint8Array {
  const { at, lead, length } = spanOf(file, record, 1);
  const end = lead + strideOf(file);
  let count: number;
  try {
    count = node().readSync(file.descriptor, into, 0, length, at);
  } catch (cause) {
    throw unreadable(file, record, cause);
  }
  if (count < end) throw torn(file, record);
  return checked(file, record, into.subarray(lead, end));
}

/** Writes one record, its memory of a stride, to a file that is not direct; waits for it. */
export function writeRecord(file: RecordFile, record: number, bytes: Uint8Array): void {
  seal(bytes, file, record);
  try {
    node().writeSync(file.descriptor, bytes, 0, bytes.length, file.start + record * bytes.length);
  } catch (cause) {
    throw new RecordError(`${file.place}, which could not be written to (${reasonOf(cause)})`, { cause });
  }
}

/** What is read for some records: in a direct file, all of the blocks that they have a part of. */
interface Span {
  readonly at: number;
  /** Bytes before the first record. */
  readonly lead: number;
  readonly length: number;
}

function spanOf(file: RecordFile, first: number, count: number): Span {
  const stride = strideOf(file);
  const begin = file.start + first * stride;
  if (!file.direct) return { at: begin, lead: 0, length: count * stride };
  const lead = begin % BLOCK;
  return { at: begin - lead, lead, length: wholeBlocks(lead + count * stride) };
}

/** Records that lie in memory one after the other, the first of them after `lead` bytes. */
interface Held extends Pick<Span, 'lead'> {
  readonly first: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Records that are on their way. */
interface Coming extends Held {
  /** Settles once they are there, or `failure` says why not. */
  readonly arrival: Promise<void>;
  failure?: RecordError;
}

/** Memory that is read into, kept from one task to the next. */
export class RecordMemory {
  private readonly spare: Uint8Array[] = [];
  /** The same, of direct files. */
  private readonly aligned: Uint8Array[] = [];

  take(file: RecordFile, records: number): Uint8Array {
    const spare = this.spareOf(file);
    const length = lengthFor(file, records);
    const at = spare.findIndex((bytes) => bytes.length === length);
    return at < 0 ? memoryFor(file, records) : spare.splice(at, 1)[0];
  }

  giveBack(file: RecordFile, bytes: Uint8Array): void {
    this.spareOf(file).push(bytes);
  }

  private spareOf({ direct }: RecordFile): Uint8Array[] {
    return direct ? this.aligned : this.spare;
  }
}

/** Reads the records of a file in their order, some ahead: while one block of them is worked on, the next is read. */
export class RecordStream {
  private readonly atOnce: number;
  private readonly atFirst: number;
  private held: Held | undefined;
  private coming: Coming | undefined;

  constructor(
    private readonly file: RecordFile,
    private readonly memory: RecordMemory,
  ) {
    this.atOnce = Math.max(1, Math.floor(READ_AT_ONCE / strideOf(file)));
    this.atFirst = file.direct ? Math.max(1, Math.floor(READ_FIRST / strideOf(file))) : this.atOnce;
  }

  /** Has a record at hand, of those before `end` that will be asked for; yields what is to be waited for. */
  *bring(record: number, end: number): Generator<Promise<void>> {
    const { held } = this;
    if (!held || record < held.first || record >= held.first + held.count) {
      if (end - record === 1) this.readNow(record);
      else yield* this.turnTo(record, end);
    }
    checked(this.file, record, this.of(record));
  }

  /** The payload of a record that was brought: valid until another is. */
  at(record: number): Float32Array {
    const { buffer, byteOffset } = this.of(record);
    return new Float32Array(buffer, byteOffset, this.file.payload / 4);
  }

  /** The same, where it holds float64. */
  doublesAt(record: number): Float64Array {
    const { buffer, byteOffset } = this.of(record);
    return new Float64Array(buffer, byteOffset, this.file.payload / 8);
  }

  /** Waits until nothing is read any more, and gives all memory back. */
  *end(): Generator<Promise<void>> {
    yield* this.settled();
    if (this.held) this.memory.giveBack(this.file, this.held.bytes);
    this.held = undefined;
  }

  /** Waits for what is on its way, which nobody wants. */
  private *settled(): Generator<Promise<void>> {
    const { coming } = this;
    this.coming = undefined;
    if (!coming) return;
    yield coming.arrival;
    this.memory.giveBack(this.file, coming.bytes);
  }

  /** Makes the block that begins with a record the one at hand, and asks for the next. */
  private *turnTo(record: number, end: number): Generator<Promise<void>> {
    if (this.coming?.first !== record) {
      yield* this.settled();
      this.coming = this.begin(record, Math.min(end, record + this.atFirst));
    }
    const { coming, held } = this;
    yield coming.arrival;
    if (held) this.memory.giveBack(this.file, held.bytes);
    this.held = coming;
    const next = record + coming.count;
    this.coming = next < end ? this.begin(next, end) : undefined;
    if (coming.failure) throw coming.failure;
  }

  /** A record by itself, at once. */
  private readNow(record: number): void {
    const bytes = this.held?.bytes ?? this.fresh();
    this.held = { first: record, count: 1, bytes, lead: spanOf(this.file, record, 1).lead };
    readRecord(this.file, record, bytes);
  }

  private begin(first: number, end: number): Coming {
    const { file } = this;
    const count = Math.min(this.atOnce, end - first);
    const bytes = this.fresh();
    const { at, lead, length } = spanOf(file, first, count);
    const coming: Coming = {
      ...{ first, count, bytes, lead },
      arrival: new Promise((resolve) => {
        node().read(file.descriptor, bytes, 0, length, at, (cause, read) => {
          const whole = Math.floor((read - lead) / strideOf(file));
          if (cause) coming.failure = unreadable(file, first, cause);
          else if (whole < count) coming.failure = torn(file, first + Math.max(0, whole));
          resolve();
        });
      }),
    };
    return coming;
  }

  private fresh(): Uint8Array {
    return this.memory.take(this.file, this.atOnce);
  }

  private of(record: number): Uint8Array {
    const { held, file } = this;
    if (!held) throw new Error('no record was brought');
    const from = held.lead + (record - held.first) * strideOf(file);
    return held.bytes.subarray(from, from + strideOf(file));
  }
}

let fileSystemOfNode: typeof fileSystem | undefined;

/** Node's own module: its threads have it too, and nothing is imported that browsers lack. */
function node(): typeof fileSystem {
  return (fileSystemOfNode ??= process.getBuiltinModule('node:fs'));
}

/** Begins with the record's number: what lies in another's place is not taken for it, nor zeros for anything. */
function checksum(payload: Uint8Array, record: number): Uint8Array {
  return checksumOf(payload, record + 1);
}

/** A record of a stride, if its checksum says that it is what was written. */
function checked(file: RecordFile, record: number, bytes: Uint8Array): Uint8Array {
  const { payload } = file;
  const found = bytes.subarray(payload, payload + CHECKSUM_BYTES);
  if (checksum(bytes.subarray(0, payload), record).every((byte, at) => byte === found[at])) return bytes;
  throw new RecordError(`record ${record} of ${file.place} with another checksum`);
}

function torn(file: RecordFile, record: number): RecordError {
  return new RecordError(`record ${record} of ${file.place} cut off`);
}

function unreadable(file: RecordFile, record: number, cause: unknown): RecordError {
  return new RecordError(`record ${record} of ${file.place}, which could not be read (${reasonOf(cause)})`, { cause });
}

function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? String(cause);
}
