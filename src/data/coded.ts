import { InputError } from '../base/errors.js';
import { isViolation, numbersAsTheyAre, type RowCoding, type Violation } from '../families/row-coding.js';
import { cleanBlocks, type CleanBlock, type CleanOptions } from './blocks.js';
import { Numbering } from './numbering.js';
import type { Source } from './source.js';

/** Consecutive rows as a family's models sweep them, before they are shifted and scaled. */
export interface CodedBlock extends CleanBlock {
  /** log h(x), `[rows]`, nats, where it is not 0. */
  readonly base?: Float64Array | undefined;
  /** What coding did to them that the user should know, a sentence. */
  readonly note?: string;
}

/** The same, when it comes from the source. */
export interface NumberedBlock extends CodedBlock {
  /** From a row's number in the block to that in the source. */
  readonly numberOf: (row: number) => number;
}

export interface CodedOptions extends CleanOptions {
  /** Left out where the columns are swept as they are. */
  readonly coding?: RowCoding | undefined;
}

/**
 * Rows that have passed the gate, as a family sweeps them. Throws `InputError('value')` that names row and column where a
 * value is none of the family's domain, or text where that has numbers.
 */
export async function* codedBlocks(source: Source, options: CodedOptions): AsyncGenerator<NumberedBlock> {
  const { coding, onDropped } = options;
  const numbering = new Numbering();
  const leaveOut = (row: number): void => {
    numbering.leaveOut(row);
    onDropped?.(row);
  };
  let before = 0;
  for await (const block of cleanBlocks(source, { ...options, onDropped: leaveOut })) {
    const coded = coding?.code(block) ?? numbersAsTheyAre(block);
    const numberOf = (row: number): number => numbering.of(before + row);
    if (isViolation(coded)) throw outside(source, block, coded, numberOf);
    const { rows, weights } = block;
    yield { rows, weights, ...coded, numberOf };
    before += rows;
    numbering.letGo(before);
  }
}

/** The error of a value that the family has no density for. */
function outside(source: Source, block: CleanBlock, violation: Violation, rowOf: (row: number) => number): InputError {
  const { row, column, rule } = violation;
  const { values, start, stride } = block.columns[column];
  const value = textOf(block, column, values[start + row * stride]);
  return new InputError('value', {
    where: source.name,
    expected: rule.expected,
    got: `${value} in row ${rowOf(row)}, column ${source.columns[column]}`,
    remedy: rule.remedy ?? 'replace it',
  });
}

/** A value as the source has it. */
function textOf({ levels }: CleanBlock, column: number, value: number): string {
  const texts = levels?.[column];
  return texts ? JSON.stringify(texts[value]) : String(value);
}
