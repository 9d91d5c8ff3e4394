// The linear term: η times the statistics of rows to logits. A tile's columns are those of the quadratic term, then dense
// statistics, then columns of levels (levels.ts). Whatever is of a statistic is a line of K numbers, one per component and
// up to three more that fill it up. 4 components × 8 rows in registers.

import { madd } from './arithmetic';
import { addLevelLogits } from './levels';
import { addListedLogits, areListed } from './nonzeros';
import { d, k, plan, rate, stride } from './state';

/** Dense statistics. */
export let dense: i32 = 0;
/** Columns of levels. */
export let levelColumns: i32 = 0;
/** η, lines of dense statistics and then of levels. */
export let natural: usize = 0;
/** Sums Σ p t of a group, lines as those of η; those of all groups, in float64; and how many lines there are. */
export let linearSums: usize = 0;
export let totals: usize = 0;
let lines: i32 = 0;
/** Whether zeros of the tile at hand are left out (nonzeros.ts). */
export let withoutZeros: bool = false;
/** What of a line's sums there is to add to the totals, `[lines]`: `NOTHING`, something, or `ALWAYS` something. */
export let pending: usize = 0;

// @ts-ignore: decorators are AssemblyScript's
@inline export const NOTHING: i32 = 0;
// @ts-ignore
@inline export const SOMETHING: i32 = 1;
// @ts-ignore
@inline export const ALWAYS: i32 = 2;

/** Floats of a block of statistics that stay in the first-level cache beside what is multiplied with them. */
// @ts-ignore
@inline const BLOCK: usize = 4096;

/** Sets the sizes and places of a linear term; without any column there is none. */
export function placeLinear(
  denseColumns: i32, columnsOfLevels: i32, naturalAt: usize, sumsAt: usize, totalsAt: usize, lines_: i32, pendingAt: usize,
): void {
  dense = denseColumns; levelColumns = columnsOfLevels; natural = naturalAt;
  linearSums = sumsAt; totals = totalsAt; lines = lines_; pending = pendingAt;
}

/** Whether there is a linear term. */
// @ts-ignore
@inline
export function hasLinear(): bool {
  return dense + levelColumns > 0;
}

/** Bytes of a line of η. */
// @ts-ignore
@inline
export function lineBytes(): usize {
  return usize((k + 3) & ~3) << 2;
}

/** Adds ⟨t, η⟩ / ε of a tile x to the logits in `plan`. */
export function addLinearLogits(x: usize): void {
  const t = x + usize(d) * stride;
  withoutZeros = areListed(t);
  if (withoutZeros) addListedLogits();
  else addDenseLogits(t);
  if (levelColumns) addLevelLogits(t + usize(dense) * stride);
}

/** Of dense statistics t, all of them. */
// @ts-ignore
@inline
function addDenseLogits(t: usize): void {
  const line = lineBytes();
  const most = i32(BLOCK / (stride >> 2));
  for (let from = 0; from < dense; from += most) {
    const count = min(most, dense - from), block = t + usize(from) * stride, eta = natural + usize(from) * line;
    for (let row: usize = 0; row < stride; row += 32) {
      for (let c: usize = 0; c < usize(k); c += 4) fourLogits(block + row, eta + (c << 2), plan + c * stride + row, count, k - i32(c));
    }
  }
}

/** Of 4 components × 8 rows, or as many components as are left. */
// @ts-ignore
@inline
function fourLogits(t: usize, eta: usize, logit: usize, count: i32, left: i32): void {
  const line = lineBytes(), step = stride; // which engines would read anew at every turn
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
  for (const end = eta + usize(count) * line; eta < end; eta += line, t += step) {
    const u = v128.load(t), v = v128.load(t, 16);
    let s = v128.load32_splat(eta);
    a0 = madd(u, s, a0); a1 = madd(v, s, a1);
    s = v128.load32_splat(eta, 4);
    b0 = madd(u, s, b0); b1 = madd(v, s, b1);
    s = v128.load32_splat(eta, 8);
    c0 = madd(u, s, c0); c1 = madd(v, s, c1);
    s = v128.load32_splat(eta, 12);
    e0 = madd(u, s, e0); e1 = madd(v, s, e1);
  }
  add(logit, a0, a1);
  if (left > 1) add(logit + stride, b0, b1);
  if (left > 2) add(logit + 2 * stride, c0, c1);
  if (left > 3) add(logit + 3 * stride, e0, e1);
}

// @ts-ignore
@inline
function add(logit: usize, a: v128, b: v128): void {
  const scale = f32x4.splat(2 * rate);
  v128.store(logit, madd(a, scale, v128.load(logit))); v128.store(logit, madd(b, scale, v128.load(logit, 16)), 16);
}

/** Adds the sums to the float64 totals and clears them. */
export function addLinear(): void {
  const line = lineBytes();
  let from = linearSums, into = totals;
  for (let at = pending, end = pending + (usize(lines) << 2); at < end; at += 4, from += line, into += 2 * line) {
    const what = i32.load(at);
    if (what == NOTHING) continue;
    if (what == SOMETHING) i32.store(at, NOTHING);
    for (let j: usize = 0; j < line; j += 16) {
      const sum = v128.load(from + j), to = into + 2 * j;
      v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(sum)));
      v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(v128.shuffle<i64>(sum, sum, 1, 0))), 16);
      v128.store(from + j, f32x4.splat(0));
    }
  }
}
