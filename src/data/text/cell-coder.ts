import type { Coder } from '../levels.js';
import type { Missing } from './missing.js';
import type { Records } from './records.js';

/** Gives cells of a column of text to a coder: each spelling is decoded once, and afterwards known by its bytes. */
export class CellCoder {
  /** Numbers by bytes, a character per byte: of cells without quotes, and in quotes. */
  private readonly known = [new Map<string, number>(), new Map<string, number>()] as const;

  constructor(
    private readonly coder: Coder,
    private readonly missing: Missing,
    private readonly index: number,
  ) {}

  /**
   * The number of the column's cell in a record; NaN where it is missing. Blanks around a cell count within quotes only.
   * `latin` is `bytes` as text, a character per byte. Throws `TypeError` where the cell is not UTF-8.
   */
  code(records: Records, bytes: Uint8Array, latin: string): number {
    const { index } = this;
    const from = records.starts[index];
    const to = records.ends[index];
    const known = this.known[records.quoted[index] === 1 ? 1 : 0];
    const place = known.get(latin.slice(from, to));
    if (place !== undefined) return place;
    UTF8.decode(bytes.subarray(from, to));
    const text = records.text(bytes, index);
    const plain = records.quoted[index] === 1 ? text : text.trim();
    const next = this.missing.own.has(text.trim().toLowerCase()) ? NaN : this.coder.code(plain);
    known.set(LATIN.decode(bytes.subarray(from, to)), next); // no slice, which would keep all of `latin`
    return next;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN = new TextDecoder('latin1');
