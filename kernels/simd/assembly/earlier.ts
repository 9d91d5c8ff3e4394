// Bounds of logits by approximate logits of the same rows under an earlier model, as k-means by Elkan and Hamerly bounds
// distances by earlier ones. With s times the earlier η taken off η, what is left of it times a row is at most both lengths.
// Rows are read for candidates alone. Sums are those of candidates.ts, bit for bit.

import { exactLogit, isFew, largestOf, negligible, sumBlock, TRIED, viewBlock } from './candidates';
import { lineBytes } from './linear';
import { k, kept, plan, stride, view } from './state';
import { allowance, approximate, lengths, takesNatural } from './shorts';

/** Of each component: logit = base + s · earlier logit ± (rounding + row's length · spread), `[4, K]`. */
let base: usize = 0, times: usize = 0, rounding: usize = 0, spread: usize = 0;

/** Sets the place of what each component's logits are bounded with. */
export function placeEarlier(at: usize): void {
  const line = lineBytes();
  base = at; times = at + line; rounding = at + 2 * line; spread = at + 3 * line;
}

/**
 * From a block's earlier logits, in `approximate`, to upper bounds of logits. Whether these show that the block is one of
 * those that `sweepCandidates` sweeps, and, where it is a group's first, that `seemsFew` says so too.
 */
export function boundEarlier(rows: i32, first: bool): bool {
  if (!takesNatural()) return false;
  let count = i32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    if (first && row == TRIED && !isFew(totalOf(count), TRIED)) return false;
    count = boundRow(usize(row), count);
  }
  return isFew(totalOf(count), rows);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function totalOf(four: v128): i32 {
  return i32x4.extract_lane(four, 0) + i32x4.extract_lane(four, 1) + i32x4.extract_lane(four, 2) + i32x4.extract_lane(four, 3);
}

/** Bounds of a row; adds to a count how many components its approximate logits might leave to it at most. */
// @ts-ignore
@inline
function boundRow(row: usize, count: v128): v128 {
  const line = lineBytes(), from = approximate + row * line, length = v128.load32_splat(lengths + (row << 2));
  let low = f32x4.splat(-Infinity);
  for (let c: usize = 0; c < line; c += 16) {
    const middle = f32x4.add(v128.load(base + c), f32x4.mul(v128.load(times + c), v128.load(from + c)));
    const error = f32x4.add(v128.load(rounding + c), f32x4.mul(length, v128.load(spread + c)));
    low = f32x4.pmax(low, f32x4.sub(middle, error)); // which leaves out what is no number
    v128.store(from + c, f32x4.add(middle, error));
  }
  // An approximate logit is off by one allowance, the largest too, and two more are granted to what may count.
  const some = f32x4.add(largestOf(low), f32x4.splat(negligible() - 4 * allowance(row)));
  for (let c: usize = 0; c < line; c += 16) count = i32x4.add(count, i32x4.add(i32x4.splat(1), f32x4.lt(v128.load(from + c), some)));
  return count;
}

/** Bits of four bounds that are not under this: of what is no number too. */
// @ts-ignore
@inline
function notUnder(at: usize, some: v128): i32 {
  return ~i32x4.bitmask(f32x4.lt(v128.load(at), some)) & 15;
}

/** Sweeps a block whose bounds are there and whose rows are turned, with weights v `[rows]`. */
export function sweepEarlier(v: usize, rows: i32): void {
  const tile = stride, tilePlan = plan, tileKept = kept;
  viewBlock(rows);
  for (let row: usize = 0; row < usize(rows); row++) likelyLogits(row);
  sumBlock(v);
  view(tile, tilePlan, tileKept);
}

/** Logits of a row: of its likeliest component by bound, and of those whose bounds are not so far under that. */
function likelyLogits(row: usize): void {
  const line = lineBytes(), from = approximate + row * line;
  let most = v128.load(from);
  for (let c: usize = 16; c < line; c += 16) most = f32x4.pmax(most, v128.load(from + c));
  const largest = largestOf(most);
  let likeliest: usize = 0;
  for (let c: usize = 0; c < line; c += 16) {
    const mask = i32x4.bitmask(f32x4.eq(v128.load(from + c), largest));
    if (mask == 0) continue;
    likeliest = min((c >> 2) + usize(ctz(mask)), usize(k - 1));
    break;
  }
  const some = f32x4.splat(exactLogit(row, likeliest) + negligible());
  for (let c: usize = 0; c < line; c += 16) {
    for (let mask = notUnder(from + c, some); mask != 0; mask &= mask - 1) {
      const at = (c >> 2) + usize(ctz(mask));
      if (at != likeliest && at < usize(k)) exactLogit(row, at);
    }
  }
}
