// A tile that is whitened by the components alone that its rows may belong to, where bounds show that these are few: by the
// likeliest, which tells how much less the others may be, and by those whose bounds are not under that. What ../sparse.ts does
// of a group in float32; rows that are chosen have the bits here that they would have if all were whitened.

import { addBalls64 } from './distances';
import { addProductsOf64 } from './linear';
import { column, k, logits, scratch, weighted } from './state';
import { fourRows, likelyFour, subtract } from './whiten';

/** Less than 1 by more than rounding y makes of a squared distance. */
// @ts-ignore: decorators are AssemblyScript's
@inline const SLACK: f64 = 1 - 1.0 / 4096;
/** From this share of rows and components on it is dearer to choose among them than to whiten all. */
// @ts-ignore
@inline const MOST: f64 = 0.4;

/** m, the number of coordinates y = x P. */
let columns: i32 = 0;
/** Pᵀ `[m, d]`, and y `[m, b]`. */
let projection: usize = 0, y: usize = 0;
/** Means of y `[k, m]`, and what whitens y, packed, and how many bytes it takes. */
let centres: usize = 0, factors: usize = 0, factorBytes: usize = 0;
/** Likeliest components, int64, and the largest logits that are known, `[b]` each. */
let labels: usize = 0, best: usize = 0;

/** Up to 4 rows, as bytes of a column, and their logits. */
const LIST = memory.data(16, 16), LOGITS = memory.data(32, 16);

/** Sets where bounds lie. */
export function placeBounds64(
  columns_: i32, projectionAt: usize, yAt: usize, centresAt: usize, factorsAt: usize, factorBytes_: usize, labelsAt: usize, bestAt: usize,
): void {
  columns = columns_; projection = projectionAt; y = yAt; centres = centresAt; factors = factorsAt; factorBytes = factorBytes_;
  labels = labelsAt; best = bestAt;
}

/**
 * From offsets to logits: of components that a row has nothing of −∞, of all others the logit; and z as `whitenAll64` leaves
 * it, of these rows. `slopes` `[k]` are what squared distances are multiplied by, all alike. `least`: the logit, beside a row's
 * largest, under which a component has nothing. `excess`: by what bounds usually exceed logits. False where too many
 * components have a share of too many rows; then logits have to be made anew.
 */
export function whitenLikely64(
  x: usize, d: i32, means: usize, whitening: usize, whiteningStep: usize, z: usize, zStep: usize, offsets: usize, slopes: usize, least: f64, excess: f64,
): bool {
  const rows = i32(column >> 3), most = rows + i32(MOST * f64(k * rows));
  const some = f64x2.splat(least), none = f64x2.splat(-Infinity), rate = v128.load64_splat(slopes);
  memory.fill(y, 0, usize(columns) * column);
  addProductsOf64(x, d, projection, columns, 1, y);
  guess(slopes);
  if (countLikely(least - excess) > most) return false;
  for (let c = 0, m = means, w = whitening, to = z, logit = logits, offset = offsets; c < k; c++, m += usize(d) << 3, w += whiteningStep, to += zStep, logit += column, offset += 8) {
    let listed = 0;
    for (let row: usize = 0; row < column; row += 16) {
      for (let mask = i64x2.bitmask(ownOf(c, row)); mask != 0; mask &= mask - 1) {
        listed = list(row + (usize(ctz(mask)) << 3), listed, x, d, m, w, to, logit, offset, rate);
      }
    }
    if (listed > 0) whitenListed(listed, x, d, m, w, to, logit, offset, rate);
    for (let row: usize = 0; row < column; row += 16) {
      v128.store(best + row, v128.bitselect(v128.load(logit + row), v128.load(best + row), ownOf(c, row)));
    }
  }
  boundOthers(offsets, f64x2.mul(rate, f64x2.splat(SLACK)), some);
  if (countLikely(least) > most) return false;
  for (let c = 0, m = means, w = whitening, to = z, logit = logits, offset = offsets; c < k; c++, m += usize(d) << 3, w += whiteningStep, to += zStep, logit += column, offset += 8) {
    let listed = 0;
    for (let row: usize = 0; row < column; row += 16) {
      const bound = v128.load(logit + row), likely = f64x2.ge(f64x2.sub(bound, v128.load(best + row)), some);
      v128.store(logit + row, v128.bitselect(bound, none, likely));
      for (let mask = i64x2.bitmask(v128.andnot(likely, ownOf(c, row))); mask != 0; mask &= mask - 1) {
        listed = list(row + (usize(ctz(mask)) << 3), listed, x, d, m, w, to, logit, offset, rate);
      }
    }
    if (listed > 0) whitenListed(listed, x, d, m, w, to, logit, offset, rate);
  }
  return true;
}

/** Which of two rows have c as their label. */
// @ts-ignore
@inline
function ownOf(c: i32, row: usize): v128 {
  return i64x2.eq(v128.load(labels + row), i64x2.splat(i64(c)));
}

/** Labels of rows by the distance of y, in which components are alike on average; logits by it, and the largest to `best`. */
function guess(slopes: usize): void {
  addBalls64(y, columns, centres, slopes, logits);
  const end = usize(k) * column;
  for (let row: usize = 0; row < column; row += 16) {
    let largest = v128.load(logits + row), label = i64x2.splat(0), c: i64 = 1;
    for (let at = logits + row + column; at < logits + end; at += column, c++) {
      const logit = v128.load(at);
      label = v128.bitselect(i64x2.splat(c), label, f64x2.gt(logit, largest));
      largest = f64x2.pmax(largest, logit);
    }
    v128.store(best + row, largest);
    v128.store(labels + row, label);
  }
}

/** Upper bounds of the logits of all rows but those of a component's label, or −∞ where these would be so far under the best. */
function boundOthers(offsets: usize, slope: v128, some: v128): void {
  const none = f64x2.splat(-Infinity), never = f64x2.splat(Infinity);
  let mean = centres, w = factors, logit = logits;
  for (let c = 0; c < k; c++, mean += usize(columns) << 3, w += factorBytes, logit += column, offsets += 8) {
    const offset = v128.load64_splat(offsets);
    for (let row: usize = 0; row < column; row += 32) {
      const own0 = ownOf(c, row), own1 = ownOf(c, row + 16);
      const least0 = v128.bitselect(never, f64x2.add(v128.load(best + row), some), own0);
      const least1 = v128.bitselect(never, f64x2.add(v128.load(best + row, 16), some), own1);
      v128.store(LOGITS, offset); v128.store(LOGITS, offset, 16);
      subtract(y + row, mean, columns);
      if (!likelyFour(w, columns, LOGITS, slope, least0, least1)) {
        v128.store(LOGITS, none); v128.store(LOGITS, none, 16);
      }
      const at = logit + row;
      v128.store(at, v128.bitselect(v128.load(at), v128.load(LOGITS), own0));
      v128.store(at, v128.bitselect(v128.load(at, 16), v128.load(LOGITS, 16), own1), 16);
    }
  }
}

/** How many bounds or logits are under the row's best by no more than what makes a component worth a look. */
function countLikely(least: f64): i32 {
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
