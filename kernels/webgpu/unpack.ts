/** From the sums of the kernels, in two floats a number, to moments in float64. */
import type { DiagonalGeometry, ScatterGeometry } from './geometry.js';
import { COMPONENT_STEP } from './layout.js';
import type { MomentGeometry } from './moments-geometry.js';

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

/** Adds sums `[units, tiles, sums of a tile]` of tiles on the diagonal, or below it, of matrices of d columns. */
export function addMomentTiles(sums: Float32Array, geometry: MomentGeometry, d: number, into: MomentArrays): void {
  const at = reader(sums);
  const { units, count, tiles, tileQuads, triangular, height, width } = geometry;
  for (let unit = 0; unit < units; unit++) {
    const matrix = (unit * d * d) % into.second.length; // tied components share one
    for (let tile = 0; tile < tiles; tile++) {
      let next = 4 * (unit * count + tile * tileQuads);
      const take = (): number => at(next >> 2, next++ & 3);
      const [rowAt, columnAt, columnEnd] = momentTilePlace(tile, geometry);
      for (let j = rowAt; j < rowAt + height; j++) {
        for (let l = columnAt; l < (triangular ? j + 1 : columnAt + width); l++) {
          const value = take();
          if (j >= d || l >= columnEnd) continue; // not there
          into.second[matrix + j * d + l] += value;
          if (l < j) into.second[matrix + l * d + j] += value;
        }
      }
      if (!triangular) continue;
      for (let j = rowAt; j < rowAt + height; j++) {
        const value = take();
        if (j < d) into.first[unit * d + j] += value;
      }
      if (tile === 0) into.mass[unit] += take();
    }
  }
}

/** A tile's first row and column, and the column after all of its parts. */
function momentTilePlace(tile: number, { triangular, height, width, parts }: MomentGeometry): [number, number, number] {
  if (triangular) return [tile * height, tile * height, (tile + 1) * height];
  let column = Math.floor(tile / parts);
  let row = 1;
  for (; column >= row; row++) column -= row;
  return [row * height, column * height + (tile % parts) * width, (column + 1) * height];
}

/** Adds sums `[units, count]` column by column of k components. */
export function addDiagonals(
  sums: Float32Array,
  { count, units, seconds }: DiagonalGeometry,
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
        const quad = unit * count + (seconds ? 8 : 4) * (j >> 2);
        into.first[component * d + j] += at(quad + lane, j & 3);
        if (seconds) into.second[component * d + j] += at(quad + COMPONENT_STEP + lane, j & 3);
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
