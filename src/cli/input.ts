import { fstatSync } from 'node:fs';
import type { Batch, Source } from '../data/source.js';
import { InputError } from '../base/errors.js';
import type { Mixture } from '../mixture/mixture.js';
import type { SourceOptions } from '../data/files/open.js';
import type { Openable } from './families.js';
import { unlessAborted } from './interruption.js';
import { inputFiles } from './outputs.js';
import { loadLibrary } from './library.js';
import type { FormatName } from './sniff.js';
import { isStream, spooled, streamName } from './spool.js';
import { missingArgument } from './usage.js';

/** What a command reads. */
export interface Input {
  /** What messages and reports call it. */
  readonly name: string;
  /** The files it is read from, which no output may replace. */
  files(): Promise<readonly string[]>;
  /**
   * Opens it by a path for any number of passes; what comes but once is copied first. Rejects with the signal's reason as
   * soon as it is aborted.
   */
  open(open: (path: string) => Promise<Source>): Promise<Source>;
}

/** The input that an argument names; without one, standard input if something is there. Throws `InputError('option')`. */
export async function inputOf(
  spec: string | undefined,
  { format }: { readonly format?: FormatName },
  signal: AbortSignal,
): Promise<Input> {
  const path = spec ?? (standardInputGiven() ? '-' : undefined);
  if (path === undefined) throw missingArgument('source');
  if (!(await isStream(path))) {
    if (format !== undefined) throw needlessFormat(path, format);
    const open: Input['open'] = async (open) => abortable(await unlessAborted(signal, open(path)), signal);
    return { name: path, files: () => inputFiles(path), open };
  }
  const name = streamName(path);
  return {
    name,
    files: () => Promise.resolve(path === '-' ? [] : [path]),
    async open(open) {
      const copy = await spooled(path, format, signal);
      const named = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => renamed(error, copy, name));
      return abortable(underName(await named(unlessAborted(signal, open(copy))), copy, name), signal);
    },
  };
}

/** Whether standard input is a pipe or a file, rather than a terminal or nothing. */
function standardInputGiven(): boolean {
  try {
    const there = fstatSync(0);
    return there.isFIFO() || there.isFile() || there.isSocket();
  } catch {
    return false; // it is closed
  }
}

function needlessFormat(path: string, format: FormatName): InputError {
  return new InputError('option', {
    where: '--format',
    expected: 'standard input or a pipe, whose name says nothing',
    got: path,
    remedy: `leave it out, or read the file from standard input: - --format ${format} < ${JSON.stringify(path)}`,
  });
}

/** Loads a model, from a copy where it can be read but once; answers the files it lies in too. */
export async function mixtureOf(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly mixture: Mixture; readonly files: readonly string[] }> {
  const { loadMixture } = await loadLibrary();
  if (!(await isStream(path))) return { mixture: await unlessAborted(signal, loadMixture(path)), files: [path] };
  const copy = await spooled(path, 'json', signal);
  const mixture = await loadMixture(copy).catch((error: unknown) => renamed(error, copy, streamName(path)));
  return { mixture, files: [] };
}

/** Throws `InputError('option')` where model and data would both come from standard input. */
export function requireOneStream(model: string, spec: string | undefined): void {
  if (model !== '-' || (spec !== undefined && spec !== '-')) return;
  const remedy = 'name a file for one of them';
  const got = '- for both';
  throw new InputError('option', { where: 'predict', expected: 'a model and data', got, remedy });
}

/** A source that goes by another name than its file's, also in errors and notes. */
function underName(source: Source, path: string, name: string): Source {
  return {
    ...source,
    name,
    get notes() {
      return (source.notes ?? []).map((note) => note.replaceAll(path, name));
    },
    async *batches(...how) {
      try {
        yield* source.batches(...how);
      } catch (error) {
        renamed(error, path, name);
      }
    },
  };
}

/** A source whose batches end with the signal's reason as soon as it is aborted, whatever they wait for. */
function abortable(source: Source, signal: AbortSignal): Source {
  return {
    ...source,
    get notes() {
      return source.notes ?? [];
    },
    async *batches(own, batching) {
      const batches = source.batches(own ?? signal, batching)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const next = await unlessAborted(signal, batches.next());
          if (next.done) return;
          yield next.value;
        }
      } finally {
        const returned = batches.return?.();
        if (!signal.aborted) await returned;
      }
    },
  };
}

/** Throws an error again, after putting a name in the place of a path in its message. */
function renamed(error: unknown, path: string, name: string): never {
  if (error instanceof Error) error.message = error.message.replaceAll(path, name);
  throw error;
}

/** What a source may be, for help texts. */
export const sourceDescription =
  'a CSV, TSV, JSON, Parquet, Arrow or .npy path or glob, an SQL query over such files, or - for standard input';

/** Opens the data of a command. */
export async function openData(spec: string, options: SourceOptions): Promise<Source> {
  const { openSource } = await import('../sources.js');
  return openSource(spec, options);
}

/** The data of a path, to be opened in several ways. */
export function openable(path: string): Openable {
  return {
    open: (options) => openData(path, options),
    odd: async (options) => (await import('../data/files/open.js')).oddColumnsOf(path, options),
  };
}

/**
 * Opens the columns that a mixture was fitted to: those `named`, else those with the mixture's names. Where the source
 * has none of these names, all of its columns are taken if they are as many, and `warn` is told. Of a mixture that has
 * levels, text is read as such.
 */
export async function openDataFor(
  mixture: Mixture,
  spec: string,
  { columns: named, ...options }: SourceOptions,
  warn: (message: string) => void,
): Promise<Source> {
  const text = mixture.levels.some((levels) => levels !== undefined) ? { text: 'levels' as const } : {};
  const open = (columns?: readonly string[]): Promise<Source> =>
    openData(spec, { ...options, ...text, ...(columns && { columns }) });
  if (named) {
    requireCount(named.length, mixture, '--columns');
    return open(named);
  }
  try {
    return await open(mixture.columns);
  } catch (error) {
    if (!(error instanceof InputError && error.code === 'option')) throw error;
    const all = await open().catch(() => undefined);
    if (!all || all.columns.some((name) => mixture.columns.includes(name)) || all.columns.length !== mixture.d) {
      throw error;
    }
    warn(`${all.name} has other names than the model: ${pairs(all.columns, mixture.columns)}`);
    return all;
  }
}

function requireCount(count: number, { columns }: Mixture, where: string): void {
  if (count === columns.length) return;
  throw new InputError('shape', {
    where,
    expected: `${columns.length} names, for the model's ${columns.join(', ')}`,
    got: String(count),
    remedy: 'name a column of the source for each, in this order',
  });
}

function pairs(columns: readonly string[], names: readonly string[]): string {
  return columns.map((name, j) => `${name} is taken for ${names[j]}`).join(', ');
}

/** Shows each batch of a source to `see`, along with the number of rows before it in this pass. */
export function watched(source: Source, see: (batch: Batch, before: number) => void): Source {
  return {
    ...source,
    get notes() {
      return source.notes ?? []; // complete once all is read
    },
    async *batches(...how) {
      let before = 0;
      for await (const batch of source.batches(...how)) {
        see(batch, before);
        before += batch.rows;
        yield batch;
      }
    },
  };
}

/** Reads rows for what watches them. */
export async function readThrough(source: Source, signal: AbortSignal): Promise<void> {
  const batches = source.batches(signal)[Symbol.asyncIterator]();
  while (!(await batches.next()).done);
}
