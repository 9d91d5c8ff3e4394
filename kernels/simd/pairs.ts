/** Softmins and averages over pairs of two clouds of points by assembly/pairs.ts: rows in parts, columns in blocks. */
import { instantiate } from './instance.js';
import { nextPart, unwanted, type Shared } from './parts.js';

/** In float32 or float64, as all arrays of a task are that say so. */
export type PairArray = Float32Array | Float64Array;

/** Two clouds, and how logits o_j + slope · C_ij in base 2 are made of them. */
interface Pairs extends Shared {
  /** Points in tiles, as `pairTiles` puts them. */
  readonly x: PairArray;
  readonly y: PairArray;
  readonly d: number;
  /** Whether C_ij is x_i · y_j; else ‖x_i − y_j‖². */
  readonly product: boolean;
  readonly slope: number;
  /** o of y's points, `[m]` filled up to whole tiles with `leastOf` it. */
  readonly offsets: PairArray;
}

/** log₂ Σ_j 2^logit_ij into `logSums`, `[n]` filled up to whole tiles. */
export interface SoftminTask extends Pairs {
  readonly kind: 'softmin';
  readonly logSums: Float64Array;
}

/**
 * Σ_j q_ij, Σ_j q_ij C_ij and Σ_j q_ij v_j with q_ij = 2^(logit_ij − logSum_i), of values v `[m, p]` filled up to whole
 * tiles; in float64, `[tiles, p + 2, 4]`.
 */
export interface AverageTask extends Pairs {
  readonly kind: 'average';
  readonly logSums: Float64Array;
  readonly values: Float64Array;
  readonly p: number;
  readonly sums: Float64Array;
}

export type PairTask = SoftminTask | AverageTask;

/** Rows of a part, at the most, and the number of parts that there are if rows suffice. */
const PART_ROWS = 256;
const PARTS = 64;
/** Columns of a block at the most, over which float32 sums run, and its bytes: it stays in the first-level cache. */
const BLOCK_COLUMNS = 1024;
const BLOCK_BYTES = 2 ** 14;
/** The first bytes of memory, which the compiler may use. */
const RESERVED = 1024;
const PAGE = 65_536;

/** Points of a tile. */
export function pairTile(array: PairArray): number {
  return 32 / array.BYTES_PER_ELEMENT;
}

/** Under all logits; the offset of a column that has no part. */
export function leastOf(array: PairArray): number {
  return array instanceof Float32Array ? -1e30 : -1e300;
}

/** So many points in whole tiles. */
export function filledUp(count: number, array: PairArray): number {
  const tile = pairTile(array);
  return Math.ceil(count / tile) * tile;
}

/** Points `[n, d]` in tiles `[tiles, d, b]` of `into`, which is as long as these. */
export function pairTiles<A extends PairArray>(points: ArrayLike<number>, d: number, into: A): A {
  const b = pairTile(into);
  for (let at = 0, row = 0; at < points.length; row++) {
    const from = Math.floor(row / b) * b * d + (row % b);
    for (let k = 0; k < d; k++) into[from + k * b] = points[at++];
  }
  return into;
}

/** Rows of each part of a task on so many: a multiple of 8. */
function partRows(rows: number): number {
  return Math.max(8, Math.min(PART_ROWS, Math.ceil(rows / PARTS / 8) * 8));
}

/** In how many parts to do a task on so many rows. */
export function pairParts(rows: number): number {
  return Math.ceil(rows / partRows(rows));
}

type PairFunction = (product: boolean, ...placesAndSizes: number[]) => void;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly softmins32: PairFunction;
  readonly softmins64: PairFunction;
  readonly averages64: PairFunction;
}

/** Carries out tasks on pairs on one thread, with memory of its own. What comes out depends on no thread. */
export class PairRunner {
  private readonly wasm: Exports;

  constructor(module: WebAssembly.Module) {
    this.wasm = instantiate(module) as unknown as Exports;
  }

  /** Takes parts until none is left; yields after every block of columns. */
  *run(task: PairTask): Generator<void> {
    const rows = task.logSums.length;
    const step = partRows(rows);
    for (let part = nextPart(task); part !== undefined; part = nextPart(task)) {
      const [from, to] = [part * step, Math.min(rows, (part + 1) * step)];
      if (task.kind === 'softmin') yield* this.softmins(task, from, to);
      else yield* this.averages(task, from, to);
    }
  }

  private *softmins(task: SoftminTask, from: number, to: number): Generator<void> {
    const { x, y, d, product, slope, offsets } = task;
    const { tile, columns } = blockOf(task, 0);
    const rows = to - from;
    const place = this.places(x.BYTES_PER_ELEMENT);
    const [xAt, yAt, offsetsAt, largestAt, sumsAt] = [rows * d, columns * d, columns, rows, rows].map(place);
    this.view(x, xAt, rows * d).set(x.subarray(from * d, to * d));
    const largest = this.view(x, largestAt, rows).fill(leastOf(x));
    const sums = this.view(x, sumsAt, rows);
    const totals = new Float64Array(rows);
    const softmins = x instanceof Float32Array ? this.wasm.softmins32 : this.wasm.softmins64;
    for (let column = 0; column < offsets.length && !unwanted(task); column += columns) {
      const end = Math.min(column + columns, offsets.length);
      this.view(x, yAt, (end - column) * d).set(y.subarray(column * d, end * d));
      this.view(x, offsetsAt, end - column).set(offsets.subarray(column, end));
      const before = Float64Array.from(largest);
      sums.fill(0);
      softmins(product, xAt, rows / tile, d, yAt, offsetsAt, (end - column) / 4, slope, largestAt, sumsAt);
      for (let row = 0; row < rows; row++) totals[row] = totals[row] * 2 ** (before[row] - largest[row]) + sums[row];
      yield;
    }
    for (let row = 0; row < rows; row++) task.logSums[from + row] = largest[row] + Math.log2(totals[row]);
  }

  private *averages(task: AverageTask, from: number, to: number): Generator<void> {
    const { x, y, d, product, slope, offsets, logSums, values, p, sums } = task;
    const { tile, columns } = blockOf(task, p);
    const rows = to - from;
    const count = (rows / tile) * (p + 2) * tile;
    const place = this.places(x.BYTES_PER_ELEMENT);
    const sizes = [rows * d, columns * d, columns, rows, columns * p, count];
    const [xAt, yAt, offsetsAt, logSumsAt, valuesAt, intoAt] = sizes.map(place);
    this.view(x, xAt, rows * d).set(x.subarray(from * d, to * d));
    this.view(x, logSumsAt, rows).set(logSums.subarray(from, to));
    const into = this.view(sums, intoAt, count).fill(0);
    for (let column = 0; column < offsets.length && !unwanted(task); column += columns) {
      const end = Math.min(column + columns, offsets.length);
      this.view(x, yAt, (end - column) * d).set(y.subarray(column * d, end * d));
      this.view(x, offsetsAt, end - column).set(offsets.subarray(column, end));
      this.view(x, valuesAt, (end - column) * p).set(values.subarray(column * p, end * p));
      const sizesAndRest = [rows / tile, d, yAt, offsetsAt, (end - column) / 4, slope, logSumsAt, valuesAt, p, intoAt];
      this.wasm.averages64(product, xAt, ...sizesAndRest);
      yield;
    }
    sums.set(into, (from / tile) * (p + 2) * tile);
  }

  /** Gives places one after the other, each at the beginning of a cache line, in memory that grows with them. */
  private places(bytes: number): (count: number) => number {
    let top = RESERVED;
    return (count) => {
      const at = top;
      top += Math.ceil((count * bytes) / 64) * 64;
      const missing = top - this.wasm.memory.buffer.byteLength;
      if (missing > 0) this.wasm.memory.grow(Math.ceil(missing / PAGE));
      return at;
    };
  }

  private view(like: PairArray, at: number, count: number): PairArray {
    const { buffer } = this.wasm.memory;
    return like instanceof Float32Array ? new Float32Array(buffer, at, count) : new Float64Array(buffer, at, count);
  }
}

/** Points of a tile, and columns of a block where each has p values besides its coordinates. */
function blockOf({ x, d }: Pairs, p: number): { readonly tile: number; readonly columns: number } {
  const fitting = Math.floor(BLOCK_BYTES / (x.BYTES_PER_ELEMENT * (d + p + 1)));
  return { tile: pairTile(x), columns: Math.max(8, Math.min(BLOCK_COLUMNS, fitting & ~7)) };
}
