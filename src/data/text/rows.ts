import { InputError, type Complaint } from '../../base/errors.js';
import type { Coder } from '../levels.js';
import type { Dialect } from './dialect.js';
import { encodingFault, lineEnds } from './encoding.js';
import { CellCoder } from './cell-coder.js';
import { cellComplaint } from './faults.js';
import { isMissing } from './missing.js';
import type { Records } from './records.js';
import { RecordStream } from './stream.js';

/** What to do besides making numbers. */
export interface RowHooks {
  /** Takes what is wrong with the cell of a column, which then passes for missing; by default that is thrown. */
  readonly onFault?: (column: number, complaint: Complaint) => void;
  /** Sees every row. */
  readonly onRow?: (records: Records, bytes: Uint8Array) => void;
  /** Number the texts of columns, as many as are chosen. */
  readonly coders?: readonly (Coder | undefined)[] | undefined;
}

/**
 * Numbers of some columns of a text that comes piece by piece, float64: NaN where missing, true and false 1 and 0.
 * Throws `InputError('format')` as `RecordStream` does, and at a cell that is no
 * number, unless a hook lets it pass.
 */
export class RowReader {
  /** Cuts the text. */
  readonly stream: RecordStream;
  private readonly quick: boolean;
  private readonly coders: readonly (CellCoder | undefined)[];
  /** Rows of the last piece. */
  rows = 0;
  private block: Float64Array[] = [];
  private decoded: { readonly bytes: Uint8Array; readonly text: string } = { bytes: new Uint8Array(0), text: '' };

  constructor(
    private readonly name: string,
    private readonly dialect: Dialect,
    private readonly chosen: readonly number[],
    private readonly hooks: RowHooks = {},
  ) {
    this.stream = new RecordStream(name, dialect, (records, bytes, line) => this.row(records, bytes, line));
    this.coders = chosen.map((index, j) => {
      const coder = hooks.coders?.[j];
      return coder && new CellCoder(coder, dialect.missing, index);
    });
    this.quick = dialect.spelling.thousands === undefined && dialect.missing.numbers.length === 0;
  }

  /** The rows that end in the next piece: for each column its numbers. `last` says that no more pieces follow. */
  take(piece: Uint8Array, last: boolean): Float64Array[] {
    this.block = this.chosen.map(() => new Float64Array(1024));
    this.rows = 0;
    this.stream.take(piece, last);
    return this.taken;
  }

  /** The rows of the last piece: where it has a fault, those before. */
  get taken(): Float64Array[] {
    return this.block.map((values) => values.subarray(0, this.rows));
  }

  private row(records: Records, bytes: Uint8Array, line: number): void {
    const { chosen, block, dialect, coders } = this;
    for (let j = 0; j < chosen.length; j++) {
      if (this.rows === block[j].length) block[j] = doubled(block[j]);
      const index = chosen[j];
      const from = records.starts[index];
      const to = records.ends[index];
      const coder = coders[j];
      if (coder) {
        block[j][this.rows] = to > from ? this.coded(coder, records, bytes, index, line) : NaN;
        continue;
      }
      const value = this.quick ? dialect.spelling.quick(bytes, from, to) : NaN;
      block[j][this.rows] = Number.isNaN(value) && to > from ? this.slow(records, bytes, index, line) : value;
    }
    this.rows++;
    this.hooks.onRow?.(records, bytes);
  }

  private coded(coder: CellCoder, records: Records, bytes: Uint8Array, index: number, line: number): number {
    try {
      return coder.code(records, bytes, this.latin(bytes));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const place = line + linesBefore(records, bytes, index);
      throw encodingFault(this.name, `other bytes in line ${place}, column ${this.dialect.columns[index].name}`);
    }
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
    const value = kind === 'boolean' ? TRUTH.get(text.trim().toLowerCase()) : spelling.parse(text);
    if (value !== undefined) return value;
    const place = { text, line: line + linesBefore(records, bytes, index) };
    const complaint = cellComplaint(this.name, name, place, kind === 'boolean' ? 'true or false' : 'a number');
    if (!this.hooks.onFault) throw new InputError('format', complaint);
    this.hooks.onFault(index, complaint);
    return NaN;
  }

  /** A piece as text, a character per byte: cutting it is far quicker than decoding cell by cell. */
  private latin(bytes: Uint8Array): string {
    if (this.decoded.bytes !== bytes) this.decoded = { bytes, text: LATIN.decode(bytes) };
    return this.decoded.text;
  }
}

const TRUTH = new Map([
  ['true', 1],
  ['false', 0],
]);

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
