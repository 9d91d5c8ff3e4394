// Rows of which a component has some, where it has nothing of most: noted tile by tile, and summed one by one for a group
// of tiles that were turned to rows.

import { madd } from './arithmetic';
import { d, DIAGONAL, k, means, noted, notedRows, notedShares, path, plan, stride, sums, sumsSecond, totals, turned } from './state';

/** Rows of the tiles so far, and whether the tile at hand is turned. */
let before: usize = 0, ready: bool = false;

/** To be called after each tile of a group whose rows may be noted. */
export function endTile(): void {
  before += stride >> 2;
  ready = false;
}

/** Notes the rows of a tile x `[d, b]` that component c has any of. */
export function note(x: usize, c: i32): void {
  if (!ready) turn(x, turned + before * rowBytes());
  ready = true;
  const p = plan + usize(c) * stride;
  const counter = noted + (usize(c) << 2);
  let at = usize(c) * LIST + usize(i32.load(counter));
  for (let row: usize = 0; row < stride; row += 16) {
    let mask = i32x4.bitmask(f32x4.ne(v128.load(p + row), f32x4.splat(0)));
    for (; mask != 0; mask &= mask - 1, at += 4) {
      const from = row + (usize(ctz(mask)) << 2);
      f32.store(notedShares + at, f32.load(p + from));
      i32.store(notedRows + at, i32((before + (from >> 2)) * rowBytes()));
    }
  }
  i32.store(counter, i32(at - usize(c) * LIST));
}

/** Adds Σ p (x − μ), diagonal: Σ p (x − μ)² too, of the rows noted to the totals, and begins a new group. */
export function addNoted(): void {
  const second = totals + ((sumsSecond - sums) >> 1);
  for (let c = 0; c < k; c++) {
    const counter = noted + (usize(c) << 2);
    const count = i32.load(counter);
    i32.store(counter, 0);
    if (count == 0) continue;
    for (let j = 0; j < d; j += 8) {
      const first = totals + (usize(1 + k + c * d + j) << 3);
      if (path == DIAGONAL) columns(c, count, j, first, second + (usize(c * d + j) << 3), true);
      else columns(c, count, j, first, 0, false);
    }
  }
  before = 0;
}

/** Bytes of a component's list: a group has at most 1024 rows. */
// @ts-ignore: decorators are AssemblyScript's
@inline const LIST: usize = 4096;

/** Sums of 8 columns from j on, over what is noted of component c, `count` bytes of it. */
// @ts-ignore
@inline
function columns(c: i32, count: i32, j: i32, first: usize, second: usize, squares: bool): void {
  const mean = means + (usize(c * d + j) << 2);
  const m0 = v128.load(mean), m1 = v128.load(mean, 16);
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0;
  const x = turned + (usize(j) << 2);
  let at = usize(c) * LIST;
  for (const end = at + usize(count); at < end; at += 4) {
    const share = v128.load32_splat(notedShares + at);
    const row = x + usize(i32.load(notedRows + at));
    const t0 = f32x4.sub(v128.load(row), m0), t1 = f32x4.sub(v128.load(row, 16), m1);
    const s0 = f32x4.mul(share, t0), s1 = f32x4.mul(share, t1);
    a0 = f32x4.add(a0, s0); a1 = f32x4.add(a1, s1);
    if (squares) {
      b0 = madd(s0, t0, b0); b1 = madd(s1, t1, b1);
    }
  }
  const left = d - j;
  add(first, a0, left); add(first + 32, a1, left - 4);
  if (squares) {
    add(second, b0, left); add(second + 32, b1, left - 4);
  }
}

/** Adds the first lanes to float64 totals, as many as there are columns left. */
// @ts-ignore
@inline
function add(into: usize, sum: v128, left: i32): void {
  if (left > 0) f64.store(into, f64.load(into) + f64(f32x4.extract_lane(sum, 0)));
  if (left > 1) f64.store(into, f64.load(into, 8) + f64(f32x4.extract_lane(sum, 1)), 8);
  if (left > 2) f64.store(into, f64.load(into, 16) + f64(f32x4.extract_lane(sum, 2)), 16);
  if (left > 3) f64.store(into, f64.load(into, 24) + f64(f32x4.extract_lane(sum, 3)), 24);
}

/** A tile `[d, b]` as rows `[b, d]`, each filled up to 8 columns. */
function turn(x: usize, rows: usize): void {
  const width = rowBytes(), blocked = d & ~3;
  for (let row: usize = 0; row < stride; row += 16) {
    const into = rows + (row >> 2) * width;
    for (let j = 0; j < blocked; j += 4) {
      const from = x + usize(j) * stride + row;
      const a = v128.load(from), b = v128.load(from + stride), c = v128.load(from + 2 * stride), e = v128.load(from + 3 * stride);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ce = v128.shuffle<f32>(c, e, 0, 4, 1, 5);
      const ba = v128.shuffle<f32>(a, b, 2, 6, 3, 7), ec = v128.shuffle<f32>(c, e, 2, 6, 3, 7);
      const at = into + (usize(j) << 2);
      v128.store(at, v128.shuffle<i64>(ab, ce, 0, 2));
      v128.store(at + width, v128.shuffle<i64>(ab, ce, 1, 3));
      v128.store(at + 2 * width, v128.shuffle<i64>(ba, ec, 0, 2));
      v128.store(at + 3 * width, v128.shuffle<i64>(ba, ec, 1, 3));
    }
    for (let j = blocked; j < d; j++) {
      const from = x + usize(j) * stride + row, at = into + (usize(j) << 2);
      for (let i: usize = 0; i < 4; i++) f32.store(at + i * width, f32.load(from + (i << 2)));
    }
  }
}

// @ts-ignore
@inline
function rowBytes(): usize {
  return usize((d + 7) & ~7) << 2;
}
