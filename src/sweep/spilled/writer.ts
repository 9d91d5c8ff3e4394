import { scratchFile } from '#scratch';
import { seal, strideOf, type RecordFile } from '../../../kernels/simd/records.js';
import type { ScratchFile } from '../../base/scratch.js';

/** Bytes before the first record: a page of text that says what follows. */
const HEADER = 4096;
/** Bytes of records that are written at once. */
const WRITE_AT_ONCE = 2 ** 22;

/** Records of one length, written one after the other: while some are on their way to the file, the next are filled in. */
export class RecordWriter {
  private readonly most: number;
  /** Those that are filled in, and those being written. */
  private filling: Uint8Array;
  private leaving: Uint8Array;
  private count = 0;
  private first = 0;
  private written: Promise<void> = Promise.resolve();
  private isWriting = false;

  private constructor(
    private readonly scratch: ScratchFile,
    readonly file: RecordFile,
  ) {
    this.most = Math.max(1, Math.floor(WRITE_AT_ONCE / strideOf(file)));
    this.filling = new Uint8Array(this.most * strideOf(file));
    this.leaving = new Uint8Array(this.filling.length);
  }

  /** A file in a folder for records of so many bytes each. Rejects with `InputError('file')`. */
  static async in(folder: string | undefined, payload: number, what: string): Promise<RecordWriter> {
    const scratch = scratchFile(folder);
    const file = {
      descriptor: scratch.descriptor,
      place: `the spill file in ${scratch.folder}`,
      start: HEADER,
      payload,
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
    const from = this.count++ * strideOf(this.file);
    const place = new Float32Array(this.filling.buffer, from, this.file.payload / 4);
    return whole ? place : place.fill(0);
  }

  /** Writes what is left. */
  async finish(): Promise<void> {
    this.seal();
    await this.send();
    await this.written;
    this.filling = this.leaving = new Uint8Array();
  }

  /** Closes the file, once nothing is on its way there: the system gives its number to the next that is opened. */
  close(): void {
    if (this.isWriting) void this.written.catch(() => undefined).then(() => this.scratch.close());
    else this.scratch.close();
  }

  /** Seals the record that was filled in last, whose bytes are still in the processor's cache. */
  private seal(): void {
    const { file, first, count } = this;
    if (count === 0) return;
    const stride = strideOf(file);
    seal(this.filling.subarray((count - 1) * stride, count * stride), file, first + count - 1);
  }

  /** Has the records that are filled in and sealed written. */
  private async send(): Promise<void> {
    await this.written;
    [this.filling, this.leaving] = [this.leaving, this.filling];
    const { file, first, count } = this;
    const records = this.leaving.subarray(0, count * strideOf(file));
    [this.first, this.count] = [first + count, 0];
    this.isWriting = true;
    this.written = this.scratch
      .write(records, file.start + first * strideOf(file))
      .finally(() => (this.isWriting = false));
    this.written.catch(() => undefined); // whoever waits for it hears of it
  }
}

function headerOf({ payload }: RecordFile, what: string): Uint8Array {
  const text = `otmix spill 2\n${what}\nrecords of ${payload} bytes from byte ${HEADER} on, each with 64 of its XXH64\n`;
  const header = new Uint8Array(HEADER);
  new TextEncoder().encodeInto(text, header);
  return header;
}
