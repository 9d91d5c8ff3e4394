import type { Dialect } from './dialect.js';
import { lineEnds } from './encoding.js';
import { cellFault } from './faults.js';
import type { Place } from './kinds.js';
import { isMissing } from './missing.js';
import type { Records } from './records.js';
import { RecordStream } from './stream.js';

/**
 * Numbers of some columns of a text that comes piece by piece, float64: NaN where missing, true and false 1 and 0.
 * Throws `InputError('format')` as `RecordStream` does, and at a cell that is no number.
 */
export class RowReader {
  private readonly stream: RecordStream;
  private readonly quick: boolean;
  private block: Float64Array[] = [];
  private rows = 0;
  private decoded: { readonly bytes: Uint8Array; readonly text: string } = { bytes: new Uint8Array(0), text: '' };

  constructor(
    private readonly name: string,
    private readonly dialect: Dialect,
    private readonly chosen: readonly number[],
  ) {
    this.stream = new RecordStream(name, dialect, (records, bytes, line) => this.row(records, bytes, line));
    this.quick = dialect.spelling.thousands === undefined && dialect.missing.numbers.length === 0;
  }

  /** The rows that end in the next piece: for each column its numbers. `last` says that no more pieces follow. */
  take(piece: Uint8Array, last: boolean): Float64Array[] {
    this.block = this.chosen.map(() => new Float64Array(1024));
    this.rows = 0;
    this.stream.take(piece, last);
    return this.block.map((values) => values.subarray(0, this.rows));
  }

  private row(records: Records, bytes: Uint8Array, line: number): void {
    const { chosen, block, dialect } = this;
    for (let j = 0; j < chosen.length; j++) {
      if (this.rows === block[j].length) block[j] = doubled(block[j]);
      const index = chosen[j];
      const from = records.starts[index];
      const to = records.ends[index];
      const value = this.quick ? dialect.spelling.quick(bytes, from, to) : NaN;
      block[j][this.rows] = Number.isNaN(value) && to > from ? this.slow(records, bytes, index, line) : value;
    }
    this.rows++;
  }

  private slow(records: Records, bytes: Uint8Array, index: number, line: number): number {
    const { spelling } = this.dialect;
    if (this.quick && spelling.long) {
      const digits = this.latin(bytes).slice(records.starts[index], records.ends[index]);
      return Number(spelling.decimal === ',' ? digits.replace(',', '.') : digits);
    }
    const text = records.text(bytes, index);
    if (isMissing(text, this.dialect)) return NaN;
    const { kind, name } = this.dialect.columns[index];
    const place = (): Place => ({ text, line: line + linesBefore(records, bytes, index) });
    if (kind === 'boolean') {
      const value = text.trim().toLowerCase();
      if (value !== 'true' && value !== 'false') throw cellFault(this.name, name, place(), 'true or false');
      return value === 'true' ? 1 : 0;
    }
    const value = spelling.parse(text);
    if (value === undefined) throw cellFault(this.name, name, place());
    return value;
  }

  /** A piece as text, a character per byte: cutting it is far quicker than decoding cell by cell. */
  private latin(bytes: Uint8Array): string {
    if (this.decoded.bytes !== bytes) this.decoded = { bytes, text: LATIN.decode(bytes) };
    return this.decoded.text;
  }
}

const LATIN = new TextDecoder('latin1');

/** Lines of a record before one of its cells. */
function linesBefore(records: Records, bytes: Uint8Array, index: number): number {
  let lines = 0;
  for (let before = 0; before < index; before++) lines += lineEnds(records.text(bytes, before));
  return lines;
}

function doubled(values: Float64Array): Float64Array<ArrayBuffer> {
  const more = new Float64Array(2 * values.length);
  more.set(values);
  return more;
}
