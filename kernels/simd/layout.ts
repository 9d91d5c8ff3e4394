/**
 * How rows, parameters and sums lie in memory for the fused CPU kernel (assembly/index.ts, which says why).
 * Sizes: d columns, k components, b rows in a tile.
 */
import { isMatrix } from '../form.js';
import type { LinearShape } from '../linear-shape.js';
import type { ModelShape } from '../model.js';
import { lineSize, linesOf } from './linear.js';

/** Rows whose float32 sums are added to float64 totals at once. */
export const GROUP_ROWS = 1024;

/** Rows of a block that is swept by candidates (candidates.ts), whole tiles of many columns. */
export const BLOCK_ROWS = 128;

/**
 * Rows per tile: a tile and its whitened differences stay in the first-level cache. A power of
 * two, so that tiles fill groups.
 */
export function tileRows(d: number): number {
  return Math.max(32, Math.min(256, 2 ** Math.floor(Math.log2(2048 / d))));
}

/** So many rows filled up to whole tiles. */
export function filledUp(rows: number, d: number): number {
  const tile = tileRows(d);
  return Math.ceil(rows / tile) * tile;
}

/** Rows `[rows, d]` as tiles `[tiles, d, b]`; the last is filled up with zeros. */
export function toTiles(values: Float32Array, d: number, b: number, into: Float32Array): void {
  for (let row = 0, at = 0; at < values.length; row++) {
    const tile = Math.floor(row / b) * b * d + (row % b);
    for (let j = 0; j < d; j++, at++) into[tile + j * b] = values[at];
  }
}

/** Number of entries of a triangular factor or scatter of this size, padding included. */
export function packedSize(size: number): number {
  const blocked = size & ~3;
  let count = 0;
  for (let j = 0; j < blocked; j += 4) count += 4 * (j + 4);
  for (let j = blocked; j < size; j++) count += j + 1;
  return count;
}

/** Packs an upper triangular factor W `[d, d]` in the order in which the kernel reads it. */
export function packFactor(w: ArrayLike<number>, d: number, into: Float32Array | Float64Array): void {
  const blocked = d & ~3;
  let at = 0;
  for (let j = 0; j < blocked; j += 4) {
    for (let i = 0; i < j + 4; i++) {
      for (let lane = 0; lane < 4; lane++) into[at++] = i <= j + lane ? w[i * d + j + lane] : 0;
    }
  }
  for (let j = blocked; j < d; j++) for (let i = 0; i <= j; i++) into[at++] = w[i * d + j];
}

/** Adds packed scatter sums to a symmetric matrix `[size, size]`. */
export function addScatter(packed: Float64Array, size: number, into: Float64Array): void {
  const blocked = size & ~3;
  let at = 0;
  for (let j = 0; j < blocked; j += 4) {
    for (let l = 0; l < j + 4; l += 2) {
      for (let row = j; row < j + 4; row++, at += 2) {
        addMirrored(into, size, row, l, packed[at]);
        addMirrored(into, size, row, l + 1, packed[at + 1]);
      }
    }
  }
  for (let j = blocked; j < size; j++) for (let l = 0; l <= j; l++) addMirrored(into, size, j, l, packed[at++]);
}

/** Adds at (j, l) and (l, j), if l ≤ j: what is packed above the diagonal is there below it too. */
function addMirrored(into: Float64Array, size: number, j: number, l: number, value: number): void {
  if (l > j) return;
  into[j * size + l] += value;
  if (l < j) into[l * size + j] += value;
}

/**
 * Where each kind of sum begins among all, counted in numbers. Second moments of spherical components are their traces.
 */
export interface SumsLayout {
  /** Of a Student-t term weighted by P u, as `first` and `second` are; of all others Σ P. */
  readonly mass: number;
  readonly first: number;
  readonly second: number;
  /** Numbers per component; all of them where the form shares one. */
  readonly secondSize: number;
  readonly coupling: number;
  /** Of a Student-t term Σ P `[k]`, and of P (log(1 + q/ν) − (q/ν) u) `[k]`. */
  readonly radial: number;
  /** As lines (linear.ts); all before them are summed in four lanes each. */
  readonly linear: number;
  readonly count: number;
}

/** What of a model decides which sums there are. */
export interface SummedShape extends ModelShape {
  readonly coupling: boolean;
  readonly linear?: LinearShape | undefined;
}

export function sumsLayout({ form, k, d, radial, coupling, linear: terms }: SummedShape): SumsLayout {
  const mass = 1;
  const first = mass + k;
  const second = first + k * d;
  const secondSize = isMatrix(form) ? packedSize(d) : form === 'diag' ? d : 1;
  const end = second + secondSize * (form === 'tied' ? 1 : k);
  const radialSums = end + (coupling ? packedSize(k) : 0);
  const linear = radialSums + (radial ? 2 * k : 0);
  const count = linear + (terms ? linesOf(terms) * lineSize(k) : 0);
  return { mass, first, second, secondSize, coupling: end, radial: radialSums, linear, count };
}
