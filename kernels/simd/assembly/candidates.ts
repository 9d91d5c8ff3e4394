// A sweep of dense statistics alone, as directions and counts of many columns are, where rows may belong to few of the
// components. Approximate logits (shorts.ts) show which these are; they alone get logits in float32, and sums of rows.

import { madd } from './arithmetic';
import { dense, lineBytes, totals } from './linear';
import { accumulateMass, scatter } from './moments';
import { allowance, approximate, approximateLogits, slack, wholeNatural, wholeRows, width } from './shorts';
import { hard, k, kept, least, offsets, plan, rate, stride, sumsCoupling, view } from './state';
import { transport } from './transport';
import { first, fourth, second, third } from './turn';

/** From this share of rows and components on it is dearer to choose among them than to take all. */
// @ts-ignore: decorators are AssemblyScript's
@inline const MOST: f32 = 0.25;
/** Rows of a group that tell whether its blocks are tried: an even number, of one tile. */
// @ts-ignore
@inline export const TRIED: i32 = 16;

/** The block's logits and then plan, `[k, b]`; its responsibilities, where coupling is wanted. */
let blockPlan: usize = 0, blockKept: usize = 0;
/** Of one component: where rows with any of it begin, and their shares, `[b]`. */
let listed: usize = 0, shares: usize = 0;
/** Sums Σ p t of a group, `[K, width]`, and whether there is anything in them. */
let groupSums: usize = 0, any: bool = false;

/** Sets the places of a block's plan and of sums. */
export function placeCandidates(planAt: usize, keptAt: usize, listedAt: usize, sharesAt: usize, sumsAt: usize): void {
  blockPlan = planAt; blockKept = keptAt; listed = listedAt; shares = sharesAt; groupSums = sumsAt;
  any = false;
}

/** Whether the block's first rows may belong to few components. */
export function seemsFew(): bool {
  return approximateLogits(TRIED) && areFew(TRIED);
}

/** Sweeps a block, once its rows are turned, with weights v `[rows]`. False where rows may belong to many; then nothing was added to any sum. */
export function sweepCandidates(v: usize, rows: i32): bool {
  if (!approximateLogits(rows) || !areFew(rows)) return false;
  const tile = stride, tilePlan = plan, tileKept = kept;
  viewBlock(rows);
  exactLogits(rows);
  sumBlock(v);
  view(tile, tilePlan, tileKept);
  return true;
}

/** Makes the block's plan the one that is worked on, with logits of −∞. */
// @ts-ignore
@inline
export function viewBlock(rows: i32): void {
  view(usize(rows) << 2, blockPlan, kept ? blockKept : 0);
  const nothing = f32x4.splat(-Infinity);
  for (let at = plan, end = plan + usize(k) * stride; at < end; at += 16) v128.store(at, nothing);
}

/** From the block's logits to its sums. */
export function sumBlock(v: usize): void {
  transport(v);
  for (let c = 0; c < k; c++) if (accumulateMass(c)) sumRows(c);
  if (kept) scatter(plan, kept, sumsCoupling, k);
  any = true;
}

/** How much less than a row's largest logit another must be to count for nothing, whatever rounding does. */
// @ts-ignore
@inline
export function negligible(): f32 {
  return (hard ? 0 : least) - slack;
}

/** Whether so many of rows and components together are few. */
// @ts-ignore
@inline
export function isFew(count: i32, rows: i32): bool {
  return f32(count) < MOST * f32(k) * f32(rows);
}

/** The least approximate logit of a row that a component may have any of it with. */
// @ts-ignore
@inline
function needed(row: usize): v128 {
  const line = lineBytes(), from = approximate + row * line;
  let most = v128.load(from);
  for (let c: usize = 16; c < line; c += 16) most = f32x4.pmax(most, v128.load(from + c));
  return f32x4.add(largestOf(most), f32x4.splat(negligible() - 2 * allowance(row)));
}

/** The largest of four numbers, in all lanes. */
// @ts-ignore
@inline
export function largestOf(four: v128): v128 {
  const pairs = f32x4.pmax(four, v128.shuffle<f32>(four, four, 2, 3, 0, 1));
  return f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2));
}

/** Whether few of the block's first rows and of the components belong together. */
function areFew(rows: i32): bool {
  const line = lineBytes();
  let count = 0;
  for (let row: usize = 0; row < usize(rows); row++) {
    const from = approximate + row * line, some = needed(row);
    for (let c: usize = 0; c < line; c += 16) count += popcnt(i32x4.bitmask(f32x4.ge(v128.load(from + c), some)));
  }
  return isFew(count, rows);
}

/** Logits of candidates. */
function exactLogits(rows: i32): void {
  const line = lineBytes();
  for (let row: usize = 0; row < usize(rows); row++) {
    const from = approximate + row * line, some = needed(row);
    for (let c: usize = 0; c < line; c += 16) {
      for (let mask = i32x4.bitmask(f32x4.ge(v128.load(from + c), some)); mask != 0; mask &= mask - 1) exactLogit(row, (c >> 2) + usize(ctz(mask)));
    }
  }
}

/** Writes and returns the logit of a row of the block and a component. */
// @ts-ignore
@inline
export function exactLogit(row: usize, c: usize): f32 {
  const product = dot(wholeRows + row * (width << 2), wholeNatural + c * (width << 2));
  const logit = f32.load(offsets + (c << 2)) + 2 * rate * product;
  f32.store(plan + c * stride + (row << 2), logit);
  return logit;
}

/** ⟨t, η⟩: sixteen chains, so that rounding adds up less than in one. */
// @ts-ignore
@inline
function dot(t: usize, eta: usize): f32 {
  let a = f32x4.splat(0), b = a, c = a, e = a;
  for (const end = t + (width << 2); t < end; t += 64, eta += 64) {
    a = madd(v128.load(t), v128.load(eta), a); b = madd(v128.load(t, 16), v128.load(eta, 16), b);
    c = madd(v128.load(t, 32), v128.load(eta, 32), c); e = madd(v128.load(t, 48), v128.load(eta, 48), e);
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, e));
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3));
}

/** Adds Σ p t of the block's rows with any of component c to the group's. */
function sumRows(c: i32): void {
  const p = plan + usize(c) * stride, step = width << 2;
  let count: usize = 0;
  for (let row: usize = 0; row < stride; row += 16) {
    let mask = i32x4.bitmask(f32x4.ne(v128.load(p + row), f32x4.splat(0)));
    for (; mask != 0; mask &= mask - 1, count += 4) {
      const at = row + (usize(ctz(mask)) << 2);
      f32.store(shares + count, f32.load(p + at));
      i32.store(listed + count, i32(wholeRows + (at >> 2) * step));
    }
  }
  const into = groupSums + usize(c) * step;
  for (let j: usize = 0; j < step; j += 64) sumSixteen(into + j, j, count);
}

/** Sixteen statistics from byte j of a row on, over `count` bytes of the list. */
// @ts-ignore
@inline
function sumSixteen(into: usize, j: usize, count: usize): void {
  let a = v128.load(into), b = v128.load(into, 16), c = v128.load(into, 32), e = v128.load(into, 48);
  for (let at: usize = 0; at < count; at += 4) {
    const share = v128.load32_splat(shares + at), row = usize(i32.load(listed + at)) + j;
    a = madd(share, v128.load(row), a); b = madd(share, v128.load(row, 16), b);
    c = madd(share, v128.load(row, 32), c); e = madd(share, v128.load(row, 48), e);
  }
  v128.store(into, a); v128.store(into, b, 16); v128.store(into, c, 32); v128.store(into, e, 48);
}

/** Adds the group's sums to the float64 totals, lines of all components, and clears them. */
export function addCandidates(): void {
  if (!any) return;
  any = false;
  const line = lineBytes(), step = width << 2;
  for (let c: usize = 0; c < line; c += 16) {
    const from = groupSums + (c >> 2) * step;
    for (let j: usize = 0; j < usize(dense); j += 4) {
      const at = from + (j << 2), to = totals + j * 2 * line + 2 * c;
      const u0 = v128.load(at), u1 = v128.load(at + step), u2 = v128.load(at + 2 * step), u3 = v128.load(at + 3 * step);
      addLine(to, first(u0, u1, u2, u3));
      if (j + 1 < usize(dense)) addLine(to + 2 * line, second(u0, u1, u2, u3));
      if (j + 2 < usize(dense)) addLine(to + 4 * line, third(u0, u1, u2, u3));
      if (j + 3 < usize(dense)) addLine(to + 6 * line, fourth(u0, u1, u2, u3));
    }
  }
  memory.fill(groupSums, 0, (line >> 2) * step);
}

// @ts-ignore
@inline
function addLine(to: usize, sum: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(sum)));
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(sum, sum, 1, 0))), 16);
}
