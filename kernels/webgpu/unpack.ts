/** From the sums of the kernels, in two floats a number, to moments in float64. */
import type { DiagonalGeometry, ScatterGeometry } from './geometry.js';
import { COMPONENT_STEP } from './layout.js';

/** Sums of one sweep; shapes as in the sweep kernel's definition, without groups. */
export interface MomentArrays {
  /** `[k]`. */
  readonly mass: Float64Array;
  /** `[k, d]`. */
  readonly first: Float64Array;
  /** Matrices `[k, d, d]` (summed into the one of `[d, d]` where there is no more room), or diagonals `[k, d]`. */
  readonly second: Float64Array;
}

/** The number at a place, high and low part together. */
export function reader(sums: Float32Array): (quad: number, lane: number) => number {
  return (quad, lane) => sums[8 * quad + lane] + sums[8 * quad + 4 + lane];
}

/** Adds sums `[units, count]` of scatters of `size` columns. */
export function addScatters(sums: Float32Array, geometry: ScatterGeometry, size: number, into: MomentArrays): void {
  const at = reader(sums);
  const { units, count, tiles, side, diagonals } = geometry;
  for (let unit = 0; unit < units; unit++) {
    const from = unit * count;
    if (into.mass.length > unit) into.mass[unit] += at(from + count - 1, 0);
    const firsts = from + tiles * 4 * side * side;
    for (let j = 0; j < size && into.first.length > 0; j++) into.first[unit * size + j] += at(firsts + (j >> 2), j & 3);
    const matrix = (unit * size * size) % into.second.length;
    for (let tile = 0; tile < tiles; tile++) {
      addTile(
        at,
        from + tile * 4 * side * side,
        tilePlace(tile, diagonals),
        side,
        size,
        into.second.subarray(matrix, matrix + size * size),
      );
    }
  }
}

/** Row and column of a tile: those on the diagonal come first, then those below it row by row. */
export function tilePlace(tile: number, diagonals: number): readonly [row: number, column: number] {
  if (tile < diagonals) return [tile, tile];
  let below = tile - diagonals;
  let row = 1;
  for (; below >= row; row++) below -= row;
  return [row, below];
}

function addTile(
  at: (quad: number, lane: number) => number,
  from: number,
  [row, column]: readonly [number, number],
  side: number,
  size: number,
  into: Float64Array,
): void {
  const width = 4 * side;
  for (let j = 0; j < width; j++) {
    const u = row * width + j;
    for (let l = 0; l < width; l++) {
      const p = column * width + l;
      if (u >= size || p > u) continue; // not there, or the mirror image of one that is
      const value = at(from + j * side + (l >> 2), l & 3);
      into[u * size + p] += value;
      if (p < u) into[p * size + u] += value;
    }
  }
}

/** Adds sums `[units, count]` column by column of k components. */
export function addDiagonals(
  sums: Float32Array,
  { count, units }: DiagonalGeometry,
  d: number,
  into: MomentArrays,
): void {
  const at = reader(sums);
  const k = into.mass.length;
  for (let unit = 0; unit < units; unit++) {
    for (let lane = 0; lane < COMPONENT_STEP && COMPONENT_STEP * unit + lane < k; lane++) {
      const component = COMPONENT_STEP * unit + lane;
      into.mass[component] += at(unit * count + count - 1, lane);
      for (let j = 0; j < d; j++) {
        const quad = unit * count + 8 * (j >> 2);
        into.first[component * d + j] += at(quad + lane, j & 3);
        into.second[component * d + j] += at(quad + COMPONENT_STEP + lane, j & 3);
      }
    }
  }
}

/** Adds sums of lines of numbers, each a quad, from line `first` on. */
export function addLines(sums: Float32Array, first: number, into: Float64Array): void {
  const at = reader(sums);
  for (let c = 0; c < into.length; c++) {
    for (let lane = 0; lane < 4; lane++) into[c] += at(first + c, lane);
  }
}

/** Length of the sums of one sweep, in floats. */
export const sumsSize = (geometry: { readonly units: number; readonly count: number }): number =>
  8 * geometry.units * geometry.count;
