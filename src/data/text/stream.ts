import type { Dialect } from './dialect.js';
import { requireText } from './encoding.js';
import { quoteFault, widthFault } from './faults.js';
import { RecordFault, Records } from './records.js';

/** Bytes that a record may have, so that quotes that never close do not hold a whole file in memory. */
const LONGEST = 1 << 25;

/** Sees one record: its cells in `records`, in `bytes`, and the line that it begins in. */
export type Visit = (records: Records, bytes: Uint8Array, line: number) => void;

/**
 * Cuts a text that comes piece by piece into its records, from the first row on. Throws `InputError('format')` at a zero
 * byte, quotes that end no cell, and a record with too few or too many cells. Blank lines are no rows but in a text of
 * one column, where those before the last row are missing values.
 */
export class RecordStream {
  readonly records: Records;
  /** Whether some line held blanks and nothing else, or a text of one column a blank line. */
  blank = false;
  private readonly width: number;
  private rest = new Uint8Array(0);
  private skip: number;
  private line: number;
  private blanks: number[] = [];

  constructor(
    private readonly name: string,
    { delimiter, columns, body }: Dialect,
    private readonly visit: Visit,
  ) {
    this.records = new Records(delimiter);
    this.width = columns.length;
    this.skip = body.offset;
    this.line = body.line;
  }

  /** Takes the next piece; `last` says that no more follow. */
  take(piece: Uint8Array, last: boolean): void {
    const skipped = Math.min(this.skip, piece.length);
    this.skip -= skipped;
    const bytes = joined(this.rest, piece.subarray(skipped));
    requireText(bytes, this.name, this.line);
    let at = 0;
    while (at < bytes.length) {
      const next = this.next(bytes, at, last);
      if (next < 0) break;
      this.record(bytes, at, next);
      this.line += this.records.lines;
      at = next;
    }
    this.rest = bytes.slice(at);
    if (this.rest.length > LONGEST) throw quoteFault(this.name, 'unclosed', this.line);
  }

  private next(bytes: Uint8Array, at: number, last: boolean): number {
    try {
      return this.records.next(bytes, at, bytes.length, last);
    } catch (error) {
      if (!(error instanceof RecordFault)) throw error;
      throw quoteFault(this.name, error.kind, this.line + error.lines);
    }
  }

  private record(bytes: Uint8Array, from: number, to: number): void {
    const { records, line, width } = this;
    if (records.isBlank(bytes)) {
      if (width === 1) this.blanks.push(line);
      this.blank ||= width === 1 || records.ends[0] > records.starts[0];
      return;
    }
    if (records.count !== width) throw widthFault(this.name, width, records.count, line, bytes.subarray(from, to));
    if (this.blanks.length > 0) this.visitBlanks();
    this.visit(records, bytes, line);
  }

  private visitBlanks(): void {
    for (const line of this.blanks) this.visit(BLANK, NOTHING, line);
    this.blanks = [];
  }
}

const NOTHING = new Uint8Array(0);

/** A record of one empty cell. */
const BLANK = new Records(',');
BLANK.next(NOTHING, 0, 0, true);

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
