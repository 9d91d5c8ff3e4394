/** Rows that may lack values lie in segments of consecutive ones, each in the order of its patterns. */
import type { RowNumbers } from '../spilled/numbers.js';
import type { RowTotals } from './model.js';
import type { SortedRows } from './rows.js';

/** Numbers of a segment, and its rows at the most: few enough to hold two of them, many enough that most patterns have several rows. */
const NUMBERS = 2 ** 21;
const MOST_ROWS = 2 ** 18;

/** Rows of each segment but the last, of d columns: a power of two, 1024 or more. No limit of memory changes the number. */
export function segmentRowsOf(d: number): number {
  return Math.max(1024, Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(NUMBERS / d))));
}

/** A segment, until it is given back. */
export interface LentRows {
  readonly rows: SortedRows;
  giveBack(): void;
}

/** Takes a float64 of each row in their order, a segment at a time. */
export interface NumberSink {
  add(numbers: Float64Array): Promise<void>;
  finish(): Promise<RowNumbers>;
  close(): void;
}

/** What is known of all rows, in scaled coordinates, without reading them again. */
export interface PatternFacts {
  readonly n: number;
  readonly totals: RowTotals;
  /** Weighted means of the columns over the rows that have them, `[d]`; 0 where none has. */
  readonly means: Float64Array;
  /** Whether the kernel could not square some. */
  readonly far: boolean;
}

/** Segments of rows that a shard sweeps, wherever they lie. Owns them. */
export interface HeldPatterns {
  readonly facts: PatternFacts;
  /** Rows of each segment but the last. */
  readonly segmentRows: number;
  /** How many sweeps share a read; left out where reading costs nothing. */
  readonly together?: number;
  lend(segment: number): Promise<LentRows>;
  /** A place for a number of each row, where the rows lie. */
  numbers(what: string): Promise<NumberSink>;
  dispose(): void;
}

/** Segments in the memory of the CPU. */
export class MemoryPatterns implements HeldPatterns {
  constructor(
    readonly facts: PatternFacts,
    readonly segmentRows: number,
    private segments: readonly SortedRows[],
  ) {}

  lend(segment: number): Promise<LentRows> {
    return Promise.resolve({ rows: this.segments[segment], giveBack: () => undefined });
  }

  numbers(): Promise<NumberSink> {
    const all = new Float64Array(this.facts.n);
    let next = 0;
    return Promise.resolve({
      add(numbers) {
        all.set(numbers, next);
        next += numbers.length;
        return Promise.resolve();
      },
      finish: () => Promise.resolve(all),
      close: () => undefined,
    });
  }

  dispose(): void {
    this.segments = [];
  }
}

/** A segment and the index of its first row. */
export interface PlacedRows {
  readonly start: number;
  readonly rows: SortedRows;
}

/** All segments one after the other, each valid until the next is asked for: while one is worked on, the next is fetched. */
export async function* segmentsOf(held: HeldPatterns): AsyncGenerator<PlacedRows> {
  const { segmentRows, facts } = held;
  const count = Math.ceil(facts.n / segmentRows);
  let next = count > 0 ? ahead(held, 0) : undefined;
  try {
    for (let segment = 0; next; segment++) {
      const lent = await next;
      next = segment + 1 < count ? ahead(held, segment + 1) : undefined;
      try {
        yield { start: segment * segmentRows, rows: lent.rows };
      } finally {
        lent.giveBack();
      }
    }
  } finally {
    await next?.then(
      (lent) => lent.giveBack(),
      () => undefined,
    );
  }
}

/** Work on one segment. */
export async function withSegment<T>(
  held: HeldPatterns,
  segment: number,
  work: (rows: SortedRows) => T | Promise<T>,
): Promise<T> {
  const lent = await held.lend(segment);
  try {
    return await work(lent.rows);
  } finally {
    lent.giveBack();
  }
}

function ahead(held: HeldPatterns, segment: number): Promise<LentRows> {
  const lent = held.lend(segment);
  lent.catch(() => undefined); // whoever waits for it hears of it
  return lent;
}
