import { scratchFile } from '#scratch';
import { BLOCK, pageAligned, wholeBlocks } from '../../../kernels/simd/blocks.js';
import { memoryFor, seal, strideOf, type RecordFile } from '../../../kernels/simd/records.js';
import type { ScratchFile, ScratchPlace } from '../../base/scratch.js';

/** Bytes before the first record: a page of text that says what follows. */
const HEADER = BLOCK;
/** Bytes of records that a write has: long writes keep those waiting who read beside them (docs/large-data.md has times). */
const WRITE = 2 ** 18;
/** The same of a direct file, where the disk and no processor copies them. */
const DIRECT_WRITE = 2 ** 20;
/** Writes that may be on their way, so that the next need not wait for this thread. */
const WRITES = 3;

/** Records of one length, written one after the other: while some are on their way to the file, the next are filled in. */
export class RecordWriter {
  private readonly most: number;
  private filling: Uint8Array;
  /** Bytes before the records that are filled in: of a direct file, those of earlier ones in the same block. */
  private lead = 0;
  /** Writes of others, the oldest first, each of which gives its memory back. */
  private readonly leaving: Promise<Uint8Array>[] = [];
  private count = 0;
  private first = 0;

  private constructor(
    private readonly scratch: ScratchFile,
    readonly file: RecordFile,
  ) {
    this.most = Math.max(1, Math.floor((file.direct ? DIRECT_WRITE : WRITE) / strideOf(file)));
    this.filling = memoryFor(file, this.most);
  }

  /** A file for records of so many bytes each. Rejects with `InputError('file')`. */
  static async in(place: ScratchPlace, payload: number, what: string): Promise<RecordWriter> {
    const scratch = scratchFile(place);
    const file = {
      descriptor: scratch.descriptor,
      place: `the spill file in ${scratch.folder}`,
      start: HEADER,
      payload,
      direct: scratch.direct,
    };
    const writer = new RecordWriter(scratch, file);
    try {
      await scratch.write(headerOf(file, what), 0);
      return writer;
    } catch (error) {
      writer.close();
      throw error;
    }
  }

  get folder(): string {
    return this.scratch.folder;
  }

  /** Bytes of all records so far. */
  get bytes(): number {
    return (this.first + this.count) * strideOf(this.file);
  }

  /** A place for the numbers of the next record: of zeros, but where the `whole` of it will be written. */
  async next(whole: boolean): Promise<Float32Array> {
    this.seal();
    if (this.count === this.most) await this.send();
    const from = this.lead + this.count++ * strideOf(this.file);
    const place = new Float32Array(this.filling.buffer, from, this.file.payload / 4);
    return whole ? place : place.fill(0);
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    this.seal();
    await this.send(true);
    await Promise.all(this.leaving);
    this.filling = new Uint8Array();
    this.leaving.length = 0;
  }

  /** Closes the file, once nothing is on its way there: the system gives its number to the next that is opened. */
  close(): void {
    if (this.leaving.length === 0) this.scratch.close();
    else void Promise.allSettled(this.leaving).then(() => this.scratch.close());
  }

  /** Seals the record that was filled in last, whose bytes are still in the processor's cache. */
  private seal(): void {
    const { file, first, count } = this;
    if (count === 0) return;
    const stride = strideOf(file);
    const end = this.lead + count * stride;
    seal(this.filling.subarray(end - stride, end), file, first + count - 1);
  }

  /**
   * Has the records that are filled in and sealed written, and waits while too many are on their way. Of a direct file the
   * last block goes with the next ones, but where these are all: then zeros fill it up.
   */
  private async send(all = false): Promise<void> {
    const { file, first, count, lead, filling, leaving } = this;
    const stride = strideOf(file);
    const end = lead + count * stride;
    const rest = file.direct && !all ? end % BLOCK : 0;
    const length = file.direct && all ? wholeBlocks(end) : end - rest;
    filling.fill(0, end, length);
    [this.first, this.count, this.lead] = [first + count, 0, rest];
    const position = file.start + first * stride - lead;
    const written = this.scratch.write(filling.subarray(0, length), position).then(() => filling);
    written.catch(() => undefined); // whoever waits for it hears of it
    leaving.push(written);
    if (leaving.length < WRITES) this.filling = memoryFor(file, this.most);
    else {
      this.filling = await leaving[0];
      void leaving.shift();
    }
    this.filling.set(filling.subarray(end - rest, end)); // still there: the next to be given back are others
  }
}

function headerOf({ payload, direct }: RecordFile, what: string): Uint8Array {
  const text = `otmix spill 2\n${what}\nrecords of ${payload} bytes from byte ${HEADER} on, each with 64 of its XXH64\n`;
  const header = direct ? pageAligned(HEADER) : new Uint8Array(HEADER);
  new TextEncoder().encodeInto(text, header);
  return header;
}
