import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { InputError } from '../../../src/base/errors.js';
import { openSource, type Source, type SourceOptions } from '../../../src/sources.js';

/** vega-datasets' files. */
export const vega = (file: string) => join('node_modules', 'vega-datasets', 'data', file);

export interface Folder {
  readonly path: string;
  /** Writes a file, and the folders it lies in, and returns its path. */
  write(name: string, contents: string | Uint8Array): string;
}

/** A folder that lasts as long as the tests of a file. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'otmix-test-'));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    write(name, contents) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, contents);
      return file;
    },
  };
}

/** A file of test/data/files/fixtures. */
export const fixture = (name: string) => join('test', 'data', 'files', 'fixtures', name);

export interface Contents {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly weights: readonly number[] | undefined;
  /** Rows in each batch. */
  readonly sizes: readonly number[];
}

/** All that one pass yields. */
export async function contents(source: Source): Promise<Contents> {
  const d = source.columns.length;
  const rows: number[][] = [];
  const sizes: number[] = [];
  let weights: number[] | undefined;
  for await (const batch of source.batches()) {
    sizes.push(batch.rows);
    for (let i = 0; i < batch.rows; i++) rows.push(Array.from(batch.values.slice(i * d, (i + 1) * d)));
    if (batch.weights) (weights ??= []).push(...batch.weights);
  }
  return { columns: source.columns, rows, weights, sizes };
}

/** Opens a source and reads it once. */
export async function read(spec: string, options?: SourceOptions): Promise<Contents> {
  return contents(await openSource(spec, options));
}

/** `code: message` of the `InputError` with which opening, or else reading, fails. */
export async function complaint(spec: string, options?: SourceOptions): Promise<string> {
  try {
    await read(spec, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (error.message.includes('\n')) throw new Error(`more than one line: ${error.message}`, { cause: error });
    return `${error.code}: ${error.message}`;
  }
  throw new Error(`${spec} can be read`);
}

/** Whether this process has files open below a path; only Linux tells. */
export function hasOpen(path: string): boolean {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile
    }
  });
  return targets.some((target) => target.includes(path));
}
