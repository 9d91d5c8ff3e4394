import type { Position } from './leading.js';
import { RecordFault, Records } from './records.js';

/** A cell as text. */
export interface Cell {
  readonly text: string;
  readonly quoted: boolean;
}

/** A record of the sample; its position is that of its first byte. */
export interface SampleRecord extends Position {
  /** Where the next one begins. */
  readonly next: Position;
  readonly cells: readonly Cell[];
}

/** The beginning of a text. */
export interface Sample {
  readonly bytes: Uint8Array;
  /** Whether it is the whole text. */
  readonly complete: boolean;
}

const LATIN = new TextDecoder('latin1');
const NOT_ASCII = /[^\0-\x7f]/;

/**
 * The records of a sample from a byte and line on, without blank lines, and without a last record that the sample may
 * have cut. Where a record is none, `fault` says so and records end before it.
 */
export function sampled(
  { bytes, complete }: Sample,
  delimiter: string,
  from: Position,
  most = Infinity,
): { records: SampleRecord[]; fault?: { readonly line: number; readonly kind: RecordFault['kind'] } } {
  const reader = new Records(delimiter);
  const text = LATIN.decode(bytes); // a character per byte: cut more quickly than decoded cell by cell
  const records: SampleRecord[] = [];
  let { offset, line } = from;
  try {
    while (offset < bytes.length && records.length < most) {
      const next = reader.next(bytes, offset, bytes.length, complete);
      if (next < 0) break;
      const cells: Cell[] = [];
      for (let index = 0; index < reader.count; index++) {
        const plain = text.slice(reader.starts[index], reader.ends[index]);
        const quoted = reader.quoted[index] === 1;
        cells.push({ text: quoted || NOT_ASCII.test(plain) ? reader.text(bytes, index) : plain, quoted });
      }
      const after = { offset: next, line: line + reader.lines };
      if (!reader.isBlank(bytes)) records.push({ offset, line, next: after, cells });
      ({ offset, line } = after);
    }
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error;
    return { records, fault: { line: line + error.lines, kind: error.kind } };
  }
  return { records };
}
