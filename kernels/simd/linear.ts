/**
 * How a linear term lies in memory for the fused CPU kernel (assembly/linear.ts and levels.ts): a line of K numbers for
 * each statistic, of all components. A column of levels has one more line before those of its levels, for rows without.
 */

import { linearWidth, type LinearShape } from '../linear-shape.js';

/** A linear term ⟨t, η_k⟩ as the kernel takes it. */
export interface SimdLinear extends LinearShape {
  /** What `packNatural` makes of η, in memory that all threads see. */
  readonly natural: Float32Array;
}

/** K: k rounded up to whole vectors of four. */
export function lineSize(k: number): number {
  return (k + 3) & ~3;
}

/** Dense statistics of a row by itself, filled up (assembly/shorts.ts). */
export function filledWidth(dense: number): number {
  return (dense + 15) & ~15;
}

/** The number of lines. */
export function linesOf({ dense, levels }: LinearShape): number {
  return levels.reduce((sum, count) => sum + 1 + Math.max(1, count), dense); // one, for the 0 of rows that fill tiles up
}

/** The first line of each column of levels, that of rows without one. */
export function levelStarts({ dense, levels }: LinearShape): Int32Array {
  return Int32Array.from(levels, (_, j) => linesOf({ dense, levels: levels.slice(0, j) }));
}

/** Levels from which on it is noted which ones a group's rows have, so that the sums of others need not be looked at. */
const MANY_LEVELS = 256;

/** Which lines have sums to add to the totals after every group, 2, and which only if that is noted, 0; `[lines]`. */
export function pendingLines(shape: LinearShape): Int32Array {
  const pending = new Int32Array(linesOf(shape)).fill(2);
  for (const [j, start] of levelStarts(shape).entries()) {
    if (shape.levels[j] >= MANY_LEVELS) pending.fill(0, start, start + 1 + shape.levels[j]);
  }
  return pending;
}

/** η `[k, statistics]` as lines, into zeros. */
export function packNatural(natural: Float32Array, k: number, shape: LinearShape, into: Float32Array): Float32Array {
  const size = lineSize(k);
  eachRun(k, shape, (c, from, line, count) => {
    for (let i = 0, to = line * size + c; i < count; i++, to += size) into[to] = natural[from + i];
  });
  return into;
}

/** Adds sums that lie as lines to Σ P t, `[k, statistics]`. */
export function addLines(sums: Float64Array, k: number, shape: LinearShape, into: Float64Array): void {
  const size = lineSize(k);
  eachRun(k, shape, (c, to, line, count) => {
    for (let i = 0, from = line * size + c; i < count; i++, from += size) into[to + i] += sums[from];
  });
}

/** Statistics that lie side by side in both layouts, of one component: so many that their lines stay in a cache. */
const RUN = 64;

/** All runs: of component c, numbers from `at` on of `[k, statistics]`, and from `line` on of lines. */
function eachRun(
  k: number,
  shape: LinearShape,
  use: (c: number, at: number, line: number, count: number) => void,
): void {
  const width = linearWidth(shape);
  const starts = levelStarts(shape);
  const column = (line: number, statistic: number, length: number): void => {
    for (let from = 0; from < length; from += RUN) {
      const count = Math.min(RUN, length - from);
      for (let c = 0; c < k; c++) use(c, c * width + statistic + from, line + from, count);
    }
  };
  column(0, 0, shape.dense);
  for (let j = 0, statistic = shape.dense; j < starts.length; statistic += shape.levels[j++]) {
    column(starts[j] + 1, statistic, shape.levels[j]);
  }
}
