// Rows of components that have few of a tile wait until there are enough to sum: those that have next to nothing of a component
// as float32, whose rounding of so little is under that of the sums. Of each component, of float64 and of float32 rows: columns
// `[k, 2, d]`, `waitingStep` bytes from one to the next, shares `[k, 2]` alike, and bytes of a column that are filled, int32 `[k, 2]`.

import { scatter, weigh } from './scatter';
import { coarseBelow, column, fewRows, k, waiting, weighted } from './state';

/** Where lists of rows end: of those that have something of a component, and of those that have next to nothing. */
let lastRow: usize = 0, lastCoarse: usize = 0;

/** Bytes from one column of waiting rows to the next: room for what a copy of four has over. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function waitingStep(): usize {
  return waiting + 32;
}

// @ts-ignore
@inline
function coarseRows(): usize {
  return fewRows + (column >> 1) + 16;
}

/** Lists the rows of a tile that have a share, and returns how many rows of float64 they are worth. */
export function listRows(shares: usize): i32 {
  lastRow = fewRows; lastCoarse = coarseRows();
  for (let row: usize = 0; row < column; row += 8) {
    const share = f64.load(shares + row);
    if (share >= coarseBelow && share != 0) {
      i32.store(lastRow, i32(row));
      lastRow += 4;
    } else if (share != 0) {
      i32.store(lastCoarse, i32(row));
      lastCoarse += 4;
    }
  }
  return i32(lastRow - fewRows + ((lastCoarse - coarseRows()) >> 1)) >> 2;
}

/** Adds listed rows of a tile z `[d, b]` to those of the component that wait, which are summed whenever there is no more room. */
export function wait(z: usize, shares: usize, d: i32, rows: usize, their: usize, lengths: usize, first: usize, second: usize): void {
  const step = waitingStep();
  waitAs<f64>(fewRows, lastRow, z, shares, d, rows, their, lengths, first, second);
  waitAs<f32>(coarseRows(), lastCoarse, z, shares, d, rows + usize(d) * step, their + step, lengths + 4, first, second);
}

function waitAs<T>(from: usize, last: usize, z: usize, shares: usize, d: i32, rows: usize, their: usize, length: usize, first: usize, second: usize): void {
  for (let to = from; from < last; from = to) {
    const filled = usize(i32.load(length));
    to = min(last, from + ((waiting - filled) / sizeof<T>() << 2));
    copyRows<T>(shares, 1, from, to, their + filled);
    copyRows<T>(z, d, from, to, rows + filled);
    const now = filled + ((to - from) >> 2) * sizeof<T>();
    i32.store(length, i32(now));
    if (now == waiting) sumWaiting<T>(rows, their, length, d, first, second);
  }
}

/** Listed rows of columns, four at once; what that is over the list's end is written again, or never read. */
function copyRows<T>(columns: usize, count: i32, from: usize, to: usize, into: usize): void {
  const step = waitingStep();
  for (; from < to; from += 16, into += 4 * sizeof<T>()) {
    let r0 = columns + usize(i32.load(from)), r1 = columns + usize(i32.load(from, 4));
    let r2 = columns + usize(i32.load(from, 8)), r3 = columns + usize(i32.load(from, 12));
    for (let at = into, end = into + usize(count) * step; at < end; at += step) {
      const low = v128.load_lane<f64>(r1, v128.load64_zero(r0), 1), high = v128.load_lane<f64>(r3, v128.load64_zero(r2), 1);
      if (sizeof<T>() == 8) {
        v128.store(at, low); v128.store(at, high, 16);
      } else {
        v128.store(at, v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2));
      }
      r0 += column; r1 += column; r2 += column; r3 += column;
    }
  }
}

/** Sums what waits of all components. */
export function sumGathered64(d: i32, first: usize, second: usize, secondStep: usize, gathered: usize, gatheredShares: usize, lengths: usize): void {
  const step = waitingStep(), own = usize(d) * step;
  for (let c: usize = 0; c < usize(k); c++, first += usize(d) << 4, second += secondStep, gathered += 2 * own, gatheredShares += 2 * step, lengths += 8) {
    if (i32.load(lengths) > 0) sumWaiting<f64>(gathered, gatheredShares, lengths, d, first, second);
    if (i32.load(lengths, 4) > 0) sumWaiting<f32>(gathered + own, gatheredShares + step, lengths + 4, d, first, second);
  }
}

/** Sums rows that have waited, and forgets them: they are filled up with ones that have no share. */
function sumWaiting<T>(rows: usize, shares: usize, length: usize, d: i32, first: usize, second: usize): void {
  const bytes = usize(i32.load(length)), filled = (bytes + 31) & ~31, step = waitingStep();
  memory.fill(shares + bytes, 0, filled - bytes);
  weigh<T>(shares, rows, d, step, filled, first);
  scatter<T>(weighted, rows, second, d, step, filled);
  i32.store(length, 0);
}
