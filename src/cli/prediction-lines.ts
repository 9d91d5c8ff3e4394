import type { EvaluatedRows } from '../mixture/evaluate.js';
import type { Cell } from './rows.js';

/** What `otmix predict` writes of each row of a source; rows that were left out have a line without values. */
export class PredictionLines {
  readonly columns: readonly string[];
  /** Their types in DuckDB. */
  readonly types: readonly string[];
  /** The first row that has no line yet. */
  next = 0;

  /** With the probabilities of `probabilities` components. */
  constructor(private readonly probabilities: number) {
    this.columns = ['row', 'label', 'log_density', ...Array.from({ length: probabilities }, (_, k) => `p${k}`)];
    this.types = ['BIGINT', 'INTEGER', ...new Array<string>(1 + probabilities).fill('DOUBLE')];
  }

  /** The lines of evaluated rows, and of the rows left out before each. */
  of({ index, labels, logDensity, responsibilities }: EvaluatedRows): Cell[][] {
    const k = responsibilities.length / index.length;
    const lines: Cell[][] = [];
    index.forEach((row, i) => {
      lines.push(...this.upTo(row));
      const shares = responsibilities.subarray(i * k, i * k + this.probabilities);
      lines.push([row, labels[i], logDensity[i], ...Array.from(shares, shortFloat)]);
      this.next = row + 1;
    });
    return lines;
  }

  /** Lines without values for the rows from `next` to before `row`. */
  upTo(row: number): Cell[][] {
    const blanks = new Array<null>(2 + this.probabilities).fill(null);
    const lines: Cell[][] = [];
    for (; this.next < row; this.next++) lines.push([this.next, ...blanks]);
    return lines;
  }
}

/** A float32 without the digits that its float64 form adds: it rounds to the same float32. */
function shortFloat(value: number): number {
  for (let digits = 7; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
