import { rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { InputError } from '../base/errors.js';
import { createFor, draftPath, systemReason } from '../base/storage.node.js';
import { beforeEnd } from './last-words.js';
import { elsewhere } from './rescue.js';

/** Bytes copied at once. */
const BLOCK = 2 ** 20;

/** Makes one file of another. */
export type Converter = (from: string, to: string) => Promise<unknown>;

/** A file that is written beside its place and appears there whole or not at all. */
export class Draft {
  /** Bytes that were written whole. */
  private written = 0;
  private bytes = Buffer.alloc(0);

  private constructor(
    private readonly place: string,
    readonly path: string,
    private readonly handle: FileHandle,
    /** Sees what was written also when its folder has gone. */
    private readonly reader: FileHandle,
    private readonly forget: () => void,
  ) {}

  /** Begins a file; throws `InputError('file')` where none can be written. */
  static async open(place: string): Promise<Draft> {
    const path = draftPath(place);
    // A process ending in haste would leave them behind.
    const forget = beforeEnd(() => [path, converted(path)].forEach((file) => rmSync(file, { force: true })));
    const [handle, reader] = await writing(place, async () => [await createFor(place, path), await open(path, 'r')]);
    return new Draft(place, path, handle, reader, forget);
  }

  /** Adds text; to be awaited before more is added. */
  async write(text: string): Promise<void> {
    const length = Buffer.byteLength(text);
    // The same memory each time: what V8 must collect outside of its heap, it collects late.
    if (length > this.bytes.length) this.bytes = Buffer.allocUnsafe(2 * length);
    this.bytes.write(text);
    await writing(this.place, () => this.handle.appendFile(this.bytes.subarray(0, length)));
    this.written += length;
  }

  /** Puts the file in its place; `convert` may first make another file of it, which then is the one placed. */
  async commit(convert?: Converter): Promise<void> {
    await writing(this.place, async () => {
      await this.handle.close(); // which may fail too, where the disk is full
      await convert?.(this.path, converted(this.path));
      await rename(convert ? converted(this.path) : this.path, this.place);
    });
    await this.discard();
  }

  /**
   * Keeps what was written whole although more was to come, or its place won't take it. It goes to its place if that
   * can be, else to the first other that takes it, without any conversion. Answers where, or undefined if nowhere.
   */
  async keep(convert?: Converter): Promise<string | undefined> {
    await this.handle.truncate(this.written).catch(() => undefined); // what is cut off is half a line
    try {
      await this.commit(convert);
      return this.place;
    } catch {
      const name = convert ? `${this.place}.csv` : this.place;
      const path = await elsewhere(name, (path) => this.copy(path));
      await this.discard();
      return path;
    }
  }

  /** Removes what was written and has no place yet. */
  async discard(): Promise<void> {
    for (const handle of [this.handle, this.reader]) await handle.close().catch(() => undefined); // it may be closed
    for (const path of [this.path, converted(this.path)]) await rm(path, { force: true }).catch(() => undefined);
    this.forget();
  }

  private async copy(path: string): Promise<void> {
    const copy = await open(path, 'wx', 0o600);
    try {
      const bytes = Buffer.alloc(Math.min(this.written, BLOCK));
      for (let at = 0; at < this.written;) {
        const { bytesRead } = await this.reader.read(bytes, 0, Math.min(bytes.length, this.written - at), at);
        await copy.writeFile(bytes.subarray(0, bytesRead)); // from where it is on
        at += bytesRead;
      }
    } finally {
      await copy.close();
    }
  }
}

function converted(path: string): string {
  return `${path}.converted`;
}

async function writing<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const remedy = 'check that there is space and that the folder may be written to';
    const complaint = { where: place, expected: 'a file that can be written', got: systemReason(cause), remedy };
    throw new InputError('file', complaint, { cause });
  }
}
