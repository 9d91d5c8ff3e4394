// A tile that is whitened by the components alone that its rows may belong to, where bounds show that these are few: by the
// likeliest, which tells how much less the others may be, and by those whose bounds are not under that. What ../sparse.ts does
// of a group in float32; rows that are chosen have the bits here that they would have if all were whitened.

import { addProductsOf64 } from './linear';
import { column, k, logits, scratch, weighted } from './state';
import { fourRows, whitenAll64 } from './whiten';

/** Less than 1 by more than rounding y makes of a squared distance. */
// @ts-ignore: decorators are AssemblyScript's
@inline const SLACK: f64 = 1 - 1.0 / 4096;
/** From this share of rows and components on it is dearer to choose among them than to whiten all. */
// @ts-ignore
@inline const MOST: f64 = 0.4;

/** Up to 4 rows, as bytes of a column, and their logits. */
const LIST = memory.data(16, 16), LOGITS = memory.data(32, 16);

/** Makes logits, which are offsets, upper bounds of what they will be: by y = x P `[m, b]`, of Pᵀ `[m, d]`; z is of no use. */
export function boundTile64(
  x: usize, d: i32, projection: usize, m: i32, y: usize, means: usize, factors: usize, factorStep: usize, z: usize, slope: f64,
): void {
  memory.fill(y, 0, usize(m) * column);
  addProductsOf64(x, d, projection, m, 1, y);
  whitenAll64(y, m, means, factors, factorStep, z, 0, logits, slope * SLACK);
}

/**
 * From bounds to logits: of components that a row has nothing of −∞, of all others the logit; and z as `whitenAll64` leaves
 * it, of these rows. `least`: the logit, beside a row's largest, under which a component has nothing. `excess`: by what bounds
 * usually exceed logits. `labels`, int32, and `best` are places for what is found of rows, `[b]`. False where too many
 * components have a share of too many rows; then logits have to be made anew.
 */
export function whitenLikely64(
  x: usize, d: i32, means: usize, factors: usize, factorStep: usize, z: usize, zStep: usize, offsets: usize, slope: f64, least: f64, excess: f64, labels: usize, best: usize,
): bool {
  const rows = i32(column >> 3), most = rows + i32(MOST * f64(k * rows));
  findLikeliest(labels, best);
  if (countLikely(best, least - excess) > most) return false;
  const rate = f64x2.splat(slope), size = usize(d) << 3;
  for (let c = 0, m = means, w = factors, to = z, logit = logits, offset = offsets; c < k; c++, m += size, w += factorStep, to += zStep, logit += column, offset += 8) {
    let listed = 0;
    for (let row: usize = 0; row < column; row += 8) {
      if (i32.load(labels + (row >> 1)) == c) listed = list(row, listed, x, d, m, w, to, logit, offset, rate);
    }
    if (listed > 0) whitenListed(listed, x, d, m, w, to, logit, offset, rate);
    for (let row: usize = 0; row < column; row += 8) {
      if (i32.load(labels + (row >> 1)) == c) f64.store(best + row, f64.load(logit + row));
    }
  }
  if (countLikely(best, least) > most) return false;
  const some = f64x2.splat(least), none = f64x2.splat(-Infinity);
  for (let c = 0, m = means, w = factors, to = z, logit = logits, offset = offsets; c < k; c++, m += size, w += factorStep, to += zStep, logit += column, offset += 8) {
    let listed = 0;
    for (let row: usize = 0; row < column; row += 16) {
      const bound = v128.load(logit + row), likely = f64x2.ge(f64x2.sub(bound, v128.load(best + row)), some);
      v128.store(logit + row, v128.bitselect(bound, none, likely));
      for (let mask = i64x2.bitmask(likely); mask != 0; mask &= mask - 1) {
        const own = row + (usize(ctz(mask)) << 3);
        if (i32.load(labels + (own >> 1)) != c) listed = list(own, listed, x, d, m, w, to, logit, offset, rate);
      }
    }
    if (listed > 0) whitenListed(listed, x, d, m, w, to, logit, offset, rate);
  }
  return true;
}

/** Labels of rows by bound, and these bounds to `best`. */
function findLikeliest(labels: usize, best: usize): void {
  const end = usize(k) * column;
  for (let row: usize = 0; row < column; row += 16) {
    let largest = v128.load(logits + row), label = i64x2.splat(0), c: i64 = 1;
    for (let at = logits + row + column; at < logits + end; at += column, c++) {
      const bound = v128.load(at);
      label = v128.bitselect(i64x2.splat(c), label, f64x2.gt(bound, largest));
      largest = f64x2.pmax(largest, bound);
    }
    v128.store(best + row, largest);
    i32.store(labels + (row >> 1), i32(i64x2.extract_lane(label, 0)));
    i32.store(labels + (row >> 1), i32(i64x2.extract_lane(label, 1)), 4);
  }
}

/** How many bounds or logits are under the row's best by no more than what makes a component worth a look. */
function countLikely(best: usize, least: f64): i32 {
  const some = f64x2.splat(least);
  let count = i64x2.splat(0);
  for (let at = logits, end = logits + usize(k) * column; at < end; ) {
    for (let row: usize = 0; row < column; row += 16, at += 16) {
      count = i64x2.sub(count, f64x2.ge(f64x2.sub(v128.load(at), v128.load(best + row)), some));
    }
  }
  return i32(i64x2.extract_lane(count, 0) + i64x2.extract_lane(count, 1));
}

/** Lists a row of a component; whitens what is listed once there are four. Returns how many are listed. */
// @ts-ignore
@inline
function list(row: usize, listed: i32, x: usize, d: i32, mean: usize, factor: usize, z: usize, logit: usize, offset: usize, rate: v128): i32 {
  i32.store(LIST + (usize(listed) << 2), i32(row));
  if (listed < 3) return listed + 1;
  whitenListed(4, x, d, mean, factor, z, logit, offset, rate);
  return 0;
}

/** z and logits of the rows in the list; what is missing of 4 repeats the first. */
function whitenListed(listed: i32, x: usize, d: i32, mean: usize, factor: usize, z: usize, logit: usize, offset: usize, rate: v128): void {
  for (let i = listed; i < 4; i++) i32.store(LIST + (usize(i) << 2), i32.load(LIST));
  const r0 = usize(i32.load(LIST)), r1 = usize(i32.load(LIST, 4)), r2 = usize(i32.load(LIST, 8)), r3 = usize(i32.load(LIST, 12));
  for (let to = scratch, end = scratch + (usize(d) << 5), at = x, m = mean; to < end; to += 32, at += column, m += 8) {
    const centre = v128.load64_splat(m);
    v128.store(to, f64x2.sub(v128.load_lane<f64>(at + r1, v128.load64_zero(at + r0), 1), centre));
    v128.store(to, f64x2.sub(v128.load_lane<f64>(at + r3, v128.load64_zero(at + r2), 1), centre), 16);
  }
  const before = v128.load64_splat(offset);
  v128.store(LOGITS, before); v128.store(LOGITS, before, 16);
  fourRows(factor, d, weighted, 32, LOGITS, rate);
  place(logit, LOGITS, r0, r1, r2, r3);
  for (let from = weighted, end = weighted + (usize(d) << 5); from < end; from += 32, z += column) place(z, from, r0, r1, r2, r3);
}

// @ts-ignore
@inline
function place(to: usize, from: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  f64.store(to + r0, f64.load(from)); f64.store(to + r1, f64.load(from, 8));
  f64.store(to + r2, f64.load(from, 16)); f64.store(to + r3, f64.load(from, 24));
}
