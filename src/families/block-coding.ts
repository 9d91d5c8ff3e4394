import type { Rule } from '../base/check.js';
import { areTruth, TRUTH } from '../base/truth.js';
import type { Column } from '../sweep/encode.js';
import { noBase, type ExponentialFamily } from './exponential-family.js';
import type { Blocks } from './linear-term.js';
import { textAmong, type CleanColumns, type RowCoding, type Violation } from './row-coding.js';

/** How rows of distributions of consecutive columns are coded: their statistics, of those over levels the index. */
export function blockCoding(blocksOf: (d: number) => Blocks): RowCoding {
  return {
    swept(columns) {
      let first = 0;
      return blocksOf(columns.length).flatMap((block) => {
        const own = columns.slice(first, first + block.columns);
        const from = first;
        first += block.columns;
        if (block.plain || block.levels !== undefined) return own.map((name, j) => ({ name, column: from + j }));
        return Array.from({ length: block.width }, (_, j) => ({
          name: `${own.join(', ')} (statistic ${j})`,
          column: from + Math.min(j, block.columns - 1), // of several columns there is a statistic for each
          ...(block.gaps && j === block.width - 1 && { presence: true }),
        }));
      });
    },
    hasBase: (columns) => blocksOf(columns).some((block) => block.logBase !== noBase),
    code(rows) {
      const columns: Column[] = [];
      let base: Float64Array | undefined;
      let first = 0;
      for (const block of blocksOf(rows.columns.length)) {
        const own = rows.columns.slice(first, first + block.columns);
        const levels = rows.levels?.slice(first, first + block.columns);
        const coded = coder(block, { rows: rows.rows, columns: own, levels });
        if ('rule' in coded) return { ...coded, column: first + coded.column };
        columns.push(...coded);
        if (block.logBase !== noBase) addBase(block, own, (base ??= new Float64Array(rows.rows)));
        first += block.columns;
      }
      return { columns, base };
    },
  };
}

/** The numbers of a block's columns. */
function coder(block: ExponentialFamily, given: CleanColumns): readonly Column[] | Violation {
  const { columns, rows, levels } = given;
  if (block.levels !== undefined) return leveled(block, columns[0], rows, levels?.[0]);
  return (
    textAmong(given) ??
    outside(block, columns, rows) ??
    partly(block, columns, rows) ??
    statistics(block, columns, rows)
  );
}

/** The first value, column by column, that is none of the domain. */
function outside({ domain }: ExponentialFamily, columns: readonly Column[], rows: number): Violation | undefined {
  for (const [column, { values, start, stride }] of columns.entries()) {
    for (let row = 0, at = start; row < rows; row++, at += stride) {
      if (!domain.holds(values[at])) return { row, column, rule: domain };
    }
  }
  return undefined;
}

/** The first row of a block of several columns that lacks some of these, and not all. */
function partly({ gaps }: ExponentialFamily, columns: readonly Column[], rows: number): Violation | undefined {
  if (!gaps || columns.length === 1) return undefined;
  for (let row = 0; row < rows; row++) {
    const missing = columns.map(({ values, start, stride }) => Number.isNaN(values[start + row * stride]));
    if (missing.includes(true) && missing.includes(false))
      return { row, column: missing.indexOf(true), rule: wholeRule };
  }
  return undefined;
}

const wholeRule: Rule = {
  expected: 'all columns of the family, or none of them, to be missing',
  holds: () => false,
  remedy: "fill it in, or leave such rows out with missing: 'drop' (--missing drop)",
};

function statistics(block: ExponentialFamily, columns: readonly Column[], rows: number): readonly Column[] {
  if (block.plain) return columns;
  const into = Array.from({ length: block.width }, () => new Float64Array(rows));
  const statistic = new Float64Array(block.width);
  eachRow(columns, rows, (x, row) => {
    block.statistic(x, statistic);
    for (let j = 0; j < into.length; j++) into[j][row] = statistic[j];
  });
  return into.map((values) => ({ values, start: 0, stride: 1 }));
}

/** Indices of levels, or the first value that is none. */
function leveled(
  block: ExponentialFamily,
  { values, start, stride }: Column,
  rows: number,
  texts: readonly string[] | undefined,
): readonly Column[] | Violation {
  const indices = new Float64Array(rows);
  for (let row = 0, at = start; row < rows; row++, at += stride) {
    const value = values[at];
    const missing = block.gaps && Number.isNaN(value);
    indices[row] = missing ? -1 : levelOf(block, value, texts);
    if (indices[row] < 0 && !missing) return { row, column: 0, rule: block.domain };
  }
  return [{ values: indices, start: 0, stride: 1 }];
}

/** The index of a level, −1 of none. True and false are 1 and 0 where a fit has had the one and these rows have the other. */
function levelOf(block: ExponentialFamily, value: number, texts: readonly string[] | undefined): number {
  const known = block.level?.(texts ? texts[value] : value) ?? -1;
  if (known >= 0) return known;
  if (texts) return areTruth(texts) ? (block.level?.(value) ?? -1) : -1;
  return value in TRUTH ? (block.level?.(TRUTH[value]) ?? -1) : -1;
}

function addBase(block: ExponentialFamily, columns: readonly Column[], base: Float64Array): void {
  eachRow(columns, base.length, (x, row) => void (base[row] += block.logBase(x)));
}

/** Calls with the values of each row, which are valid until the next. */
function eachRow(columns: readonly Column[], rows: number, visit: (x: Float64Array, row: number) => void): void {
  const x = new Float64Array(columns.length);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < x.length; j++) x[j] = columns[j].values[columns[j].start + row * columns[j].stride];
    visit(x, row);
  }
}
