const [TAB, LF, CR, SPACE, QUOTE] = [9, 10, 13, 32, 34];

/** Why a record is none, at the line of it that is at fault. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';

  constructor(
    readonly kind: 'unclosed' | 'trailing',
    /** Lines of the record before the fault. */
    readonly lines: number,
  ) {
    super(kind);
  }
}

/**
 * Cuts bytes of UTF-8 into records and cells, one record at a time, by RFC 4180. A cell in double quotes may hold
 * delimiters, line ends and, doubled, quotes; blanks around the quotes do not count. A quote within an unquoted cell is
 * a character like others. LF, CRLF and CR end a line. A delimiter of a space stands for any run of blanks.
 */
export class Records {
  /** Cells of the last record. */
  count = 0;
  /** Where they start and end, without their quotes, in the bytes that `next` was given. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1 for a cell in quotes. */
  quoted = new Uint8Array(64);
  /** Lines of the last record: 1, and those in its quotes. */
  lines = 0;
  /** Ways in which lines ended so far: the sum of 1 for LF, 2 for CRLF and 4 for CR. */
  breaks = 0;
  private readonly delimiter: number;
  private readonly runs: boolean;

  constructor(delimiter: string) {
    this.delimiter = delimiter.charCodeAt(0);
    this.runs = delimiter === ' ';
  }

  /**
   * Reads the record that begins at `from` and returns where the next one begins. Returns −1 where the bytes end before
   * it does and `last` does not say that no more follow. Throws `RecordFault`.
   */
  next(bytes: Uint8Array, from: number, end: number, last: boolean): number {
    this.count = 0;
    this.lines = 1;
    let at = this.runs ? this.blanks(bytes, from, end) : from;
    for (;;) {
      at = this.cell(bytes, at, end, last);
      if (at < 0) return -1;
      if (this.runs) at = this.blanks(bytes, at, end);
      if (at >= end) return last ? end : -1;
      const byte = bytes[at];
      if (byte === LF) {
        this.breaks |= 1;
        return at + 1;
      }
      if (byte === CR) {
        if (at + 1 >= end && !last) return -1;
        const pair = at + 1 < end && bytes[at + 1] === LF;
        this.breaks |= pair ? 2 : 4;
        return pair ? at + 2 : at + 1;
      }
      if (!this.runs) at++;
    }
  }

  /** Whether the last record is a line of nothing but blanks. */
  isBlank(bytes: Uint8Array): boolean {
    if (this.count !== 1 || this.quoted[0] === 1) return false;
    return this.blanks(bytes, this.starts[0], this.ends[0]) === this.ends[0];
  }

  /** The text of a cell of the last record. */
  text(bytes: Uint8Array, index: number): string {
    const text = decoder.decode(bytes.subarray(this.starts[index], this.ends[index]));
    return this.quoted[index] === 1 ? text.replaceAll('""', '"') : text;
  }

  private cell(bytes: Uint8Array, from: number, end: number, last: boolean): number {
    const open = this.blanks(bytes, from, end);
    if (open < end && bytes[open] === QUOTE) return this.quotedCell(bytes, open, end, last);
    if (open >= end && !last) return -1;
    let at = open;
    for (; at < end; at++) {
      const byte = bytes[at];
      if (byte === this.delimiter || byte === LF || byte === CR || (this.runs && byte === TAB)) break;
    }
    if (at >= end && !last) return -1;
    this.add(from, at, 0);
    return at;
  }

  private quotedCell(bytes: Uint8Array, open: number, end: number, last: boolean): number {
    let at = open + 1;
    let breaks = 0;
    for (; ; at++) {
      if (at >= end) {
        if (last) throw new RecordFault('unclosed', this.lines - 1);
        return -1;
      }
      const byte = bytes[at];
      if (byte === QUOTE) {
        if (at + 1 >= end && !last) return -1;
        if (bytes[at + 1] !== QUOTE || at + 1 >= end) break;
        at++;
      } else if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) breaks++;
    }
    this.add(open + 1, at, 1);
    this.lines += breaks;
    const after = this.blanks(bytes, at + 1, end);
    if (after >= end) return last ? end : -1;
    const byte = bytes[after];
    const ends = byte === this.delimiter || byte === LF || byte === CR || (this.runs && after > at + 1);
    if (!ends) throw new RecordFault('trailing', this.lines - 1);
    return after;
  }

  /** The first byte from `from` on that is no blank; a tab that delimits is none. */
  private blanks(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end && (bytes[at] === SPACE || (bytes[at] === TAB && this.delimiter !== TAB))) at++;
    return at;
  }

  private add(start: number, end: number, quoted: 0 | 1): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts, new Int32Array(2 * this.count));
      this.ends = grown(this.ends, new Int32Array(2 * this.count));
      this.quoted = grown(this.quoted, new Uint8Array(2 * this.count));
    }
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.quoted[this.count++] = quoted;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function grown<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
