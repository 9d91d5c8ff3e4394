import type { EvaluatedRows } from '../mixture/evaluate.js';
import type { Cell } from './rows.js';

/** Lines made at once: so few that they are gone before V8 keeps them for old. */
const SLICE = 1000;

/** What `otmix predict` writes of each row of a source; rows that were left out have a line without values. */
export class PredictionLines {
  readonly columns: readonly string[];
  /** Their types in DuckDB. */
  readonly types: readonly string[];
  /** The first row that has no line yet. */
  next = 0;

  private readonly probabilities: number;

  /** With the probabilities of so many components, and of noise. */
  constructor(components: number, noise = false) {
    const shares = [...Array.from({ length: components }, (_, k) => `p${k}`), ...(noise ? ['p_noise'] : [])];
    this.probabilities = shares.length;
    this.columns = ['row', 'label', 'log_density', ...shares];
    this.types = ['BIGINT', 'INTEGER', ...new Array<string>(1 + shares.length).fill('DOUBLE')];
  }

  /** The lines of evaluated rows, and of the rows left out before each, some at a time. */
  *of({ index, labels, logDensity, responsibilities }: EvaluatedRows): Generator<Cell[][]> {
    const k = responsibilities.length / index.length;
    let lines: Cell[][] = [];
    for (let i = 0; i < index.length; this.next++) {
      if (lines.length === SLICE) {
        yield lines;
        lines = [];
      }
      if (this.next < index[i]) lines.push(this.blank());
      else {
        const cells: Cell[] = [this.next, labels[i], logDensity[i]];
        for (let c = 0; c < this.probabilities; c++) cells.push(shortFloat(responsibilities[i * k + c]));
        lines.push(cells);
        i++;
      }
    }
    yield lines;
  }

  /** Lines without values for the rows from `next` to before `row`, some at a time. */
  *upTo(row: number): Generator<Cell[][]> {
    while (this.next < row) {
      const lines: Cell[][] = [];
      for (; this.next < row && lines.length < SLICE; this.next++) lines.push(this.blank());
      yield lines;
    }
  }

  private blank(): Cell[] {
    return [this.next, ...new Array<null>(2 + this.probabilities).fill(null)];
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
