// A sweep that whitens a row by the components alone that it may belong to, where bounds show that these are few: by the
// likeliest, which tells how much less the others may be, and by those whose bounds are not under that. Works on a group of
// rows at once, so that every component has some to fill blocks of 8 with.

import { boundExcess, boundTile } from './bounds';
import { gatherRow, gatherWhitened } from './gather';
import { accumulateMass, scatter } from './moments';
import {
  best, blockComponents, blockRows, blocks, byLabel, capacity, d, groupKept, groupPlan, hard, k, kept, labels, least, means, offsets, plan,
  scratch, stride, sumsCoupling, view, whitening, whiteningStep,
} from './state';
import { transport } from './transport';
import { whitenLikely, whitenScratch } from './whiten';

/** Bytes by which a column of the group's plan is longer than its rows: columns of 4 KiB would all share a few lines of a cache. */
// @ts-ignore: decorators are AssemblyScript's
@inline const PADDING: usize = 64;

/** From this share of rows and components on it is dearer to choose among them than to whiten all. */
// @ts-ignore
@inline const MOST: f32 = 0.4;

/** Blocks in use. */
let used: i32 = 0;

/** A list of up to 8 rows, and logits of 8 rows. */
const LIST = memory.data(32, 16), LOGITS = memory.data(32, 16);

/**
 * Sweeps a group of rows, tiles x `[rows / b, d, b]`, weights v `[rows]` with 16 zeros after them. False where too many
 * components have a share of too many rows; then nothing was added to any sum.
 */
export function sweepSparsely(x: usize, v: usize, rows: i32): bool {
  const tile = stride, tilePlan = plan, tileKept = kept;
  const bytes = usize(rows) << 2, step = bytes + PADDING;
  for (let row: usize = 0; row < bytes; row += tile) {
    boundTile(x + row * usize(d), groupPlan + row, step);
    if (row == 0 && !seemsSparse(tile, step)) return false;
  }
  findLikeliest(bytes, step);
  used = 0;
  whitenLikeliest(x, rows, step);
  if (!isSparse(bytes, step)) return false;
  whitenOthers(x, bytes, step);
  view(step, groupPlan, tileKept ? groupKept : 0);
  transport(v);
  for (let c = 0; c < k; c++) accumulateMass(c);
  if (kept) scatter(plan, kept, sumsCoupling, k);
  view(tile, tilePlan, tileKept);
  gatherBlocks(step);
  return true;
}

/** Whether few bounds of the first tile are as large as makes a component worth a look, by what bounds usually exceed logits by. */
function seemsSparse(tile: usize, step: usize): bool {
  const some = f32x4.splat((hard ? 0 : least) - boundExcess());
  const end = usize(k) * step;
  let count = 0;
  for (let row = groupPlan; row < groupPlan + tile; row += 16) {
    let largest = v128.load(row);
    for (let at = row + step; at < row + end; at += step) largest = f32x4.pmax(largest, v128.load(at));
    for (let at = row; at < row + end; at += step) {
      count += popcnt(i32x4.bitmask(f32x4.ge(f32x4.sub(v128.load(at), largest), some)));
    }
  }
  return f32(count) < MOST * f32(k) * f32(tile >> 2);
}

/** Labels of rows by bound, and the rows in their order. */
function findLikeliest(bytes: usize, step: usize): void {
  const end = groupPlan + usize(k) * step;
  const counts = blockRows; // not in use yet
  memory.fill(counts, 0, usize(k + 1) << 2);
  for (let row: usize = 0; row < bytes; row += 16) {
    let largest = v128.load(groupPlan + row), label = i32x4.splat(0);
    let c = 1;
    for (let at = groupPlan + step + row; at < end; at += step) {
      const bound = v128.load(at);
      const better = f32x4.gt(bound, largest);
      largest = f32x4.pmax(largest, bound);
      label = v128.bitselect(i32x4.splat(c++), label, better);
    }
    v128.store(labels + row, label);
    count(counts, i32x4.extract_lane(label, 0)); count(counts, i32x4.extract_lane(label, 1));
    count(counts, i32x4.extract_lane(label, 2)); count(counts, i32x4.extract_lane(label, 3));
  }
  for (let at = counts + 4; at <= counts + (usize(k) << 2); at += 4) i32.store(at, i32.load(at) + i32.load(at - 4));
  for (let row: usize = 0; row < bytes; row += 4) {
    const next = counts + (usize(i32.load(labels + row)) << 2), at = i32.load(next);
    i32.store(byLabel + (usize(at) << 2), i32(row >> 2));
    i32.store(next, at + 1);
  }
}

/** Counts one of the component after c: sums of these counts say where each begins. */
// @ts-ignore
@inline
function count(counts: usize, c: i32): void {
  const at = counts + (usize(c + 1) << 2);
  i32.store(at, i32.load(at) + 1);
}

/** Logits of every row's label, in place of their bounds and to `best`. */
function whitenLikeliest(x: usize, rows: i32, step: usize): void {
  for (let at: usize = 0, end = usize(rows) << 2, next = at; at < end; at = next) {
    const c = i32.load(labels + (usize(i32.load(byLabel + at)) << 2));
    let size = 0;
    for (; next < end && size < 8; next += 4) {
      const row = i32.load(byLabel + next);
      if (i32.load(labels + (usize(row) << 2)) != c) break;
      i32.store(LIST + (usize(size++) << 2), row);
    }
    const z = takeBlock(c, size);
    subtractRows(x, c);
    whitenScratch(factorOf(c), z, LOGITS, offsetOf(c));
    for (let i: usize = 0; i < usize(size); i++) {
      const row = usize(i32.load(LIST + (i << 2))) << 2, logit = f32.load(LOGITS + (i << 2));
      f32.store(groupPlan + usize(c) * step + row, logit);
      f32.store(best + row, logit);
    }
  }
}

/** Bits of four rows, from `row` bytes on, that may belong to c, which is not their label. */
// @ts-ignore
@inline
function others(c: i32, row: usize, step: usize, some: v128): i32 {
  const bound = f32x4.sub(v128.load(groupPlan + usize(c) * step + row), v128.load(best + row));
  return i32x4.bitmask(v128.and(f32x4.ge(bound, some), i32x4.ne(v128.load(labels + row), i32x4.splat(c))));
}

/** Whether what is left to whiten is little enough. */
function isSparse(bytes: usize, step: usize): bool {
  const some = f32x4.splat(hard ? 0 : least);
  let needed = used, all = 0;
  for (let c = 0; c < k; c++) {
    let rows = 0;
    for (let row: usize = 0; row < bytes; row += 16) rows += popcnt(others(c, row, step, some));
    all += rows;
    needed += (rows + 7) >> 3;
  }
  return needed <= capacity && f32(all) < MOST * f32(k) * f32(bytes >> 2);
}

/** Logits of all other components that rows may belong to. */
function whitenOthers(x: usize, bytes: usize, step: usize): void {
  const some = f32x4.splat(hard ? 0 : least);
  for (let c = 0; c < k; c++) {
    let size = 0;
    for (let row: usize = 0; row < bytes; row += 16) {
      for (let mask = others(c, row, step, some); mask != 0; mask &= mask - 1) {
        i32.store(LIST + (usize(size++) << 2), i32(row >> 2) + ctz(mask));
        if (size < 8) continue;
        whitenOther(x, c, size, step);
        size = 0;
      }
    }
    if (size > 0) whitenOther(x, c, size, step);
  }
}

function whitenOther(x: usize, c: i32, size: i32, step: usize): void {
  const z = takeBlock(c, size);
  subtractRows(x, c);
  const some = f32x4.splat(hard ? 0 : least);
  const least0 = f32x4.add(bestOf(0), some), least1 = f32x4.add(bestOf(16), some);
  const known = whitenLikely(factorOf(c), z, LOGITS, offsetOf(c), least0, least1);
  if (!known) used--;
  for (let i: usize = 0; i < usize(size); i++) {
    const row = usize(i32.load(LIST + (i << 2))) << 2;
    f32.store(groupPlan + usize(c) * step + row, known ? f32.load(LOGITS + (i << 2)) : -Infinity);
  }
}

/** A block for the rows in the list; what is missing of 8 repeats the first. Returns the place of its z. */
function takeBlock(c: i32, size: i32): usize {
  i32.store(blockComponents + (usize(used) << 2), c);
  const rows = blockRows + (usize(used) << 5);
  v128.store(rows, i32x4.splat(-1)); v128.store(rows, i32x4.splat(-1), 16);
  memory.copy(rows, LIST, usize(size) << 2);
  for (let i = size; i < 8; i++) i32.store(LIST + (usize(i) << 2), i32.load(LIST));
  return blocks + usize(used++) * (usize(d) << 5);
}

/** Adds rows with any of a component to what is gathered of it. */
function gatherBlocks(step: usize): void {
  gatherWhitened();
  for (let block = 0; block < used; block++) {
    const c = i32.load(blockComponents + (usize(block) << 2));
    const z = blocks + usize(block) * (usize(d) << 5), rows = blockRows + (usize(block) << 5);
    for (let i: usize = 0; i < 32; i += 4) {
      const row = i32.load(rows + i);
      if (row < 0) break;
      const share = f32.load(groupPlan + usize(c) * step + (usize(row) << 2));
      if (share != 0) gatherRow(z + i, 32, share, c);
    }
  }
}

// @ts-ignore
@inline
function factorOf(c: i32): usize {
  return whitening + usize(c) * whiteningStep;
}

// @ts-ignore
@inline
function offsetOf(c: i32): v128 {
  return v128.load32_splat(offsets + (usize(c) << 2));
}

/** Logits of the labels of the rows in the list, four of them from `at` bytes on. */
function bestOf(at: usize): v128 {
  let four = v128.load32_splat(best + rowOf(at));
  four = v128.load_lane<f32>(best + rowOf(at + 4), four, 1);
  four = v128.load_lane<f32>(best + rowOf(at + 8), four, 2);
  return v128.load_lane<f32>(best + rowOf(at + 12), four, 3);
}

// @ts-ignore
@inline
function rowOf(at: usize): usize {
  return usize(i32.load(LIST + at)) << 2;
}

/** Differences of the 8 rows in the list from the mean of c, to `scratch` `[d, 8]`. */
function subtractRows(x: usize, c: i32): void {
  let p0 = placeOf(x, 0), p1 = placeOf(x, 4), p2 = placeOf(x, 8), p3 = placeOf(x, 12);
  let p4 = placeOf(x, 16), p5 = placeOf(x, 20), p6 = placeOf(x, 24), p7 = placeOf(x, 28);
  let m = means + (usize(c * d) << 2);
  for (let to = scratch, end = scratch + (usize(d) << 5); to < end; to += 32, m += 4) {
    const mean = v128.load32_splat(m);
    let a = v128.load32_zero(p0), b = v128.load32_zero(p4);
    a = v128.load_lane<f32>(p1, a, 1); b = v128.load_lane<f32>(p5, b, 1);
    a = v128.load_lane<f32>(p2, a, 2); b = v128.load_lane<f32>(p6, b, 2);
    a = v128.load_lane<f32>(p3, a, 3); b = v128.load_lane<f32>(p7, b, 3);
    v128.store(to, f32x4.sub(a, mean)); v128.store(to, f32x4.sub(b, mean), 16);
    p0 += stride; p1 += stride; p2 += stride; p3 += stride; p4 += stride; p5 += stride; p6 += stride; p7 += stride;
  }
}

/** Where the row begins that stands in the list at `at` bytes. Tiles have a power of two of rows. */
// @ts-ignore
@inline
function placeOf(x: usize, at: usize): usize {
  const row = rowOf(at), within = row & (stride - 1);
  return x + (row - within) * usize(d) + within;
}
