import { on, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { builtScript } from '../../base/package-root.node.js';
import type { Floats } from '../../sweep/model.js';
import { rowsPerBatch } from './batches.js';
import { scratchFolder } from './duckdb.js';
import type { Column } from './table.js';

/** Bytes, all numbers counted as float64, from which a thread pays: starting it takes about a tenth of a second. */
const ENOUGH = 2 ** 28;
/** Places for such rows: one that is filled, one that waits, one that is read. */
export const PLACES = 3;

/** Columns that a thread reads with a database of its own. */
export interface ApartScan {
  /** A FROM clause that needs nothing but files of this machine. */
  readonly scan: string;
  readonly columns: readonly Column[];
}

/** What such a thread starts with. */
export interface ApartWork extends ApartScan {
  /** Where its database may write. */
  readonly folder: string;
  /** Rows that a place holds. */
  readonly capacity: number;
}

/**
 * What it says: here is a place with so many rows; there are no more; or what DuckDB complained of. Places change hands with
 * messages: copies out of memory that threads share take half as long again.
 */
export type ApartAnswer =
  { readonly place: ArrayBuffer; readonly rows: number } | { readonly ended: true } | { readonly error: string };

/** What it is told: a place is free again, or to end. */
export type ApartOrder = { readonly free: ArrayBuffer } | { readonly stop: true };

/** Whether a thread of its own pays for reading so many rows, and can be had. */
export function paysApart(rows: number, columns: number): boolean {
  return rows * columns * 8 >= ENOUGH && scriptOf() !== undefined;
}

/** Memory for so many rows, 8 bytes a number. */
export function placeFor({ columns, capacity }: ApartWork): ArrayBuffer {
  return new ArrayBuffer(capacity * columns.length * 8);
}

/** The columns of a place, `[capacity]` each: of float32 those of type FLOAT. */
export function columnsIn(place: ArrayBuffer, { columns, capacity }: ApartWork): Floats[] {
  return columns.map(({ type }, j) => {
    const at = j * capacity * 8;
    return type === 'FLOAT' ? new Float32Array(place, at, capacity) : new Float64Array(place, at, capacity);
  });
}

/**
 * The same as `Database.stream`, in blocks of as many rows as a batch has, read by a thread of its own. DuckDB's chunks are
 * garbage there, of a small heap, and this thread is free for what becomes of the rows. A block is gone when the next
 * is asked for, and the thread has ended when the generator has.
 */
export async function* readApart(of: ApartScan, signal?: AbortSignal): AsyncGenerator<Floats[]> {
  signal?.throwIfAborted();
  const work: ApartWork = { ...of, folder: scratchFolder(), capacity: rowsPerBatch(of.columns.length) };
  const worker = startReader(work);
  const ended = once(worker, 'exit').catch(() => undefined); // what went wrong in it is told below
  const tell = (order: ApartOrder): void => worker.postMessage(order, 'free' in order ? [order.free] : []);
  try {
    for await (const [answer] of on(worker, 'message', { signal, close: ['exit'] }) as AsyncIterable<[ApartAnswer]>) {
      if ('error' in answer) throw new Error(answer.error);
      if ('ended' in answer) return;
      const { place, rows } = answer;
      yield columnsIn(place, work).map((values) => values.subarray(0, rows));
      tell({ free: place });
    }
    throw new Error('the thread that reads has ended before the rows have');
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    tell({ stop: true });
    await ended;
  }
}

function startReader(workerData: ApartWork): Worker {
  const script = scriptOf();
  if (script === undefined) throw new Error('the script of the thread that reads is not at hand');
  return new Worker(script, { workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: 2 } });
}

function scriptOf(): string | undefined {
  return builtScript('data', 'files', 'reader.node.js');
}
