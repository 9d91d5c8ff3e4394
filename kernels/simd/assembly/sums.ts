// From float32 sums, four lanes each, to float64 totals.

import { total } from './arithmetic';
import { sums, sumsCount, sumsCoupling, sumsSecond, totals } from './state';

/** Rows, of one component each, that no float32 sum runs over more of. */
// @ts-ignore: decorators are AssemblyScript's
@inline const ROWS: usize = 1024;

/** Rows in second moments that components share, since these were last added to the totals. */
let shared: usize = 0;

/** Adds all sums to the totals and clears them. */
export function addAll(): void {
  shared = 0;
  add(0, sumsCount);
}

/** To be told of rows in second moments that components share: adds these to the totals before they are too many. */
export function addShared(rows: usize): void {
  shared += rows;
  if (shared < ROWS) return;
  shared = 0;
  add(i32((sumsSecond - sums) >> 4), i32((sumsCoupling - sums) >> 4));
}

function add(from: i32, to: i32): void {
  for (let i = from; i < to; i++) {
    const at = sums + (usize(i) << 4);
    const into = totals + (usize(i) << 3);
    f64.store(into, f64.load(into) + total(v128.load(at)));
    v128.store(at, f32x4.splat(0));
  }
}
