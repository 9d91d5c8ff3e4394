/**
 * Where a linear term's parameters and tables lie in a model's buffer, behind its components (layout.ts). Sizes: k
 * components; a line has a number for each of them, filled up.
 */
import { linearWidth, type LinearShape } from '../linear-shape.js';
import { modelQuads, quads } from './layout.js';
import type { GpuModel, GpuShape } from './model.js';

/** Quads of components that an invocation multiplies for: four rows of them are 64 sums. */
const MOST_QUADS = 4;
/** Columns of more levels are summed by level (levels.wgsl.ts), others as unit vectors. */
export const MANY_LEVELS = 64;
/** Levels of one column that a workgroup sums, at most: 8 KiB of sums of four components. */
const RANGE = 512;

export interface LinearLayout extends LinearShape {
  /** The first of the term's columns in a row. */
  readonly first: number;
  /** Quads of components in a line: `chunks` times as many as an invocation multiplies for. */
  readonly line: number;
  readonly chunks: number;
  /**
   * Where lines of η begin, quads: of each dense statistic, then of each column of levels one of zeros, for rows that have
   * none, and those of its levels.
   */
  readonly natural: number;
  /** Where each column of levels has a quad that begins with its line of level 0. */
  readonly starts: number;
  /** Where each four sums have a quad of columns and one of what is summed of them (`ALL`, `ONE` or a level). */
  readonly entries: number;
  /** Quads of sums. */
  readonly wide: number;
  /** What is summed by level, and where each has a quad that begins with its column and its first level. */
  readonly ranges: readonly LevelRange[];
  readonly rangesAt: number;
  /** Quads of the whole buffer. */
  readonly end: number;
}

/** A sum of the column as it is, and one of 1, where no quadratic term sums masses. */
export const ALL = -1;
export const ONE = -2;
/** What no column is: fills up. */
const NOTHING = -3;

/** One of the sums Σ p t: of which column of a row, of what of it, and which statistic that is; none is the mass. */
export interface Entry {
  readonly column: number;
  readonly what: number;
  readonly statistic?: number;
}

/** Consecutive levels of a column of a row: statistics from `statistic` on. */
export interface LevelRange {
  readonly column: number;
  readonly from: number;
  readonly count: number;
  readonly statistic: number;
}

/** What is summed by level. */
export function rangesOf({ d, linear }: GpuShape): LevelRange[] {
  const ranges: LevelRange[] = [];
  if (!linear) return ranges;
  let statistic = linear.dense;
  for (const [j, levels] of linear.levels.entries()) {
    for (let from = 0; levels > MANY_LEVELS && from < levels; from += RANGE) {
      const count = Math.min(RANGE, levels - from);
      ranges.push({ column: d + linear.dense + j, from, count, statistic: statistic + from });
    }
    statistic += levels;
  }
  return ranges;
}

/** All else that is summed, in the order of the sums. */
export function entriesOf({ d, linear }: GpuShape): Entry[] {
  if (!linear) return [];
  const entries: Entry[] = [];
  for (let column = d; column < d + linear.dense; column++) entries.push({ column, what: ALL, statistic: column - d });
  let statistic = linear.dense;
  for (const [j, count] of linear.levels.entries()) {
    const column = d + linear.dense + j;
    const few = count > MANY_LEVELS ? 0 : count;
    for (let what = 0; what < few; what++) entries.push({ column, what, statistic: statistic + what });
    statistic += count;
  }
  if (d === 0) entries.push({ column: 0, what: ONE });
  return entries;
}

export function linearLayout(shape: GpuShape): LinearLayout | undefined {
  const { d, k, linear } = shape;
  if (!linear) return undefined;
  const { dense, levels } = linear;
  const chunks = Math.ceil(quads(k) / MOST_QUADS);
  const line = chunks * Math.ceil(quads(k) / chunks);
  const natural = modelQuads(shape);
  const starts = natural + line * (linearWidth(linear) + levels.length);
  const entries = starts + levels.length;
  const wide = quads(entriesOf(shape).length);
  const rangesAt = entries + 2 * wide;
  const ranges = rangesOf(shape);
  const places = { natural, starts, entries, rangesAt, end: rangesAt + ranges.length };
  return { dense, levels, first: d, line, chunks, wide, ranges, ...places };
}

/** Writes a linear term into its model's buffer, which is 0. */
export function packLinear(model: GpuModel, layout: LinearLayout, packed: Float32Array): void {
  const { k, linear } = model;
  if (!linear) return;
  const { dense, levels, natural } = linear;
  const width = linearWidth(linear);
  const put = (line: number, statistic: number): void => {
    const at = 4 * (layout.natural + line * layout.line);
    for (let c = 0; c < k; c++) packed[at + c] = natural[c * width + statistic];
  };
  for (let j = 0; j < dense; j++) put(j, j);
  let line = dense;
  let statistic = dense;
  for (const [j, count] of levels.entries()) {
    packed[4 * (layout.starts + j)] = ++line;
    for (let level = 0; level < count; level++) put(line++, statistic++);
  }
  packEntries(entriesOf(model), packed.subarray(4 * layout.entries));
  for (const [index, { column, from }] of layout.ranges.entries()) {
    packed.set([column, from], 4 * (layout.rangesAt + index));
  }
}

function packEntries(entries: readonly Entry[], into: Float32Array): void {
  for (let at = 0; at < 4 * quads(entries.length); at++) {
    const { column, what } = entries.at(at) ?? { column: 0, what: NOTHING };
    const place = 8 * (at >> 2) + (at & 3);
    into[place] = column;
    into[place + 4] = what;
  }
}
