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

/** The number of lines. */
export function linesOf({ dense, levels }: LinearShape): number {
  return levels.reduce((sum, count) => sum + 1 + Math.max(1, count), dense); // one, for the 0 of rows that fill tiles up
}

/** The first line of each column of levels, that of rows without one. */
export function levelStarts({ dense, levels }: LinearShape): Int32Array {
  const starts = new Int32Array(levels.length);
  for (let j = 0, at = dense; j < levels.length; at += 1 + Math.max(1, levels[j++])) starts[j] = at;
  return starts;
}

/** η `[k, statistics]` as lines, into zeros. */
export function packNatural(natural: Float32Array, k: number, shape: LinearShape, into: Float32Array): Float32Array {
  eachLine(shape, (line, statistic, width) => {
    for (let c = 0; c < k; c++) into[line * lineSize(k) + c] = natural[c * width + statistic];
  });
  return into;
}

/** Adds sums that lie as lines to Σ P t, `[k, statistics]`. */
export function addLines(sums: Float64Array, k: number, shape: LinearShape, into: Float64Array): void {
  eachLine(shape, (line, statistic, width) => {
    for (let c = 0; c < k; c++) into[c * width + statistic] += sums[line * lineSize(k) + c];
  });
}

/** Each statistic with its line, and how many statistics there are. */
function eachLine(shape: LinearShape, use: (line: number, statistic: number, width: number) => void): void {
  const { dense, levels } = shape;
  const width = linearWidth(shape);
  const starts = levelStarts(shape);
  for (let j = 0; j < dense; j++) use(j, j, width);
  for (let j = 0, statistic = dense; j < levels.length; j++) {
    for (let level = 0; level < levels[j]; level++) use(starts[j] + 1 + level, statistic++, width);
  }
}
