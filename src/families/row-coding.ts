import type { Rule } from '../base/check.js';
import { areTruth } from '../base/truth.js';
import type { Column, Columns } from '../sweep/encode.js';

/** Rows that have passed the gate, of whose columns some may be text: their values are then indices in a list of texts. */
export interface CleanColumns extends Columns {
  /** `[d]`; left out where no column is text. */
  readonly levels?: readonly (readonly string[] | undefined)[] | undefined;
}

/** A number that rows are swept by: what messages call it, and the column of the data that it is of, if it is of one. */
export interface SweptNumber {
  readonly name: string;
  readonly column?: number;
  /** Whether it says which rows have the column: 1, and 0 where the others of the column are 0 since it is missing. */
  readonly presence?: boolean;
}

/** Rows as they are swept, before they are shifted and scaled. */
export interface CodedColumns {
  /** `[D]`. */
  readonly columns: readonly Column[];
  /** log h(x), `[rows]`, nats: what log-densities exceed those of the model's terms by. Left out where it is 0. */
  readonly base?: Float64Array | undefined;
  /** What was done to them that the user should know, a sentence. */
  readonly note?: string;
}

/** A value that a family has no density for. */
export interface Violation {
  readonly row: number;
  readonly column: number;
  readonly rule: Rule;
}

/** How rows become the numbers that models of a family sweep: its statistics. */
export interface RowCoding {
  /** The numbers of rows of these columns, `[D]`. */
  swept(columns: readonly string[]): readonly SweptNumber[];
  /** Whether rows of so many columns have a log h(x); left out where they never have. */
  hasBase?(columns: number): boolean;
  /** The numbers of rows, or the first value that is outside the family's domain. */
  code(rows: CleanColumns): CodedColumns | Violation;
}

export const isViolation = (coded: CodedColumns | Violation): coded is Violation => 'rule' in coded;

const numbersRule: Rule = {
  expected: 'numbers',
  holds: Number.isFinite,
  remedy: 'leave the column out, or choose categorical, which takes text',
};

/** The first text of columns that must hold numbers; true and false are such. */
export function textAmong({ rows, columns, levels }: CleanColumns): Violation | undefined {
  for (const [column, texts] of (levels ?? []).entries()) {
    if (!texts || areTruth(texts)) continue;
    const { values, start, stride } = columns[column];
    for (let row = 0, at = start; row < rows; row++, at += stride) {
      if (!Number.isNaN(values[at])) return { row, column, rule: numbersRule };
    }
  }
  return undefined;
}

/** Columns that are swept as they are, or the first text of them. */
export function numbersAsTheyAre(rows: CleanColumns): CodedColumns | Violation {
  return textAmong(rows) ?? { columns: rows.columns };
}
