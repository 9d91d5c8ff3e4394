import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { InputError } from '../errors.js';

/** Drafts that a process ending in haste would leave behind. */
const unfinished = new Set<string>();
process.on('exit', () => {
  for (const path of unfinished) rmSync(path, { force: true });
});

/** Makes one file of another. */
export type Converter = (from: string, to: string) => Promise<unknown>;

/** A file that is written beside its place and appears there whole or not at all. */
export class Draft {
  private constructor(
    private readonly place: string,
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Begins a file; throws `InputError('file')` where none can be written. */
  static async open(place: string): Promise<Draft> {
    const path = `${place}.${randomUUID()}.tmp`;
    unfinished.add(path);
    return new Draft(place, path, await writing(place, () => open(path, 'wx')));
  }

  async write(text: string): Promise<void> {
    await writing(this.place, () => this.handle.appendFile(text));
  }

  /** Puts the file in its place; `convert` may first make another file of it, which then is the one placed. */
  async commit(convert?: Converter): Promise<void> {
    const converted = `${this.path}.converted`;
    if (convert) unfinished.add(converted);
    await writing(this.place, async () => {
      await this.handle.close();
      await convert?.(this.path, converted);
      await rename(convert ? converted : this.path, this.place);
    });
    await this.discard();
  }

  /** Removes what was written and has no place yet. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined); // it may be closed
    for (const path of [this.path, `${this.path}.converted`]) {
      await rm(path, { force: true });
      unfinished.delete(path);
    }
  }
}

async function writing<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const got = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const remedy = 'check that there is space and that the folder may be written to';
    throw new InputError('file', { where: place, expected: 'a file that can be written', got, remedy }, { cause });
  }
}
