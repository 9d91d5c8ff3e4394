// Columns of levels: a row's η is looked up, and its plan is added where its level is summed. A column of L levels has
// L + 1 lines of η and of sums `[K]`: one of a row without a level (−1), whose η is 0 and whose sums nobody reads, then one
// for each level.

import { madd } from './arithmetic';
import { lineBytes } from './linear';
import { k, plan, rate, stride } from './state';

let columns: i32 = 0;
let natural: usize = 0;
let sums: usize = 0;
/** The first of a column's lines, `[columns]`. */
let starts: usize = 0;
/** Where the lines of a tile's rows lie, bytes from the first of all, `[columns, b]`. */
let places: usize = 0;

export function placeLevels(columns_: i32, naturalAt: usize, sumsAt: usize, startsAt: usize, placesAt: usize): void {
  columns = columns_; natural = naturalAt; sums = sumsAt; starts = startsAt; places = placesAt;
}

/** Adds η of the levels `[columns, b]` at t, over ε, to the logits; finds the places of the rows' lines. */
export function addLevelLogits(t: usize): void {
  findPlaces(t);
  for (let row: usize = 0; row < stride; row += 16) {
    let c: usize = 0;
    for (; c + 4 < usize(k); c += 8) lookUp(row, c, true);
    if (c < usize(k)) lookUp(row, c, false);
  }
}

function findPlaces(t: usize): void {
  const line = i32x4.splat(i32(lineBytes()));
  for (let j: usize = 0; j < usize(columns); j++) {
    const first = i32x4.splat(i32.load(starts + (j << 2)) + 1);
    for (let at = j * stride, end = at + stride; at < end; at += 16) {
      const level = i32x4.trunc_sat_f32x4_s(v128.load(t + at));
      v128.store(places + at, i32x4.mul(i32x4.add(level, first), line));
    }
  }
}

/** Σ η of 4 rows × 8 (or 4) components, as logits. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function lookUp(row: usize, c: usize, wide: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
  const eta = natural + (c << 2);
  let at = places + row;
  for (const end = at + usize(columns) * stride; at < end; at += stride) {
    let from = eta + usize(i32.load(at));
    a0 = f32x4.add(a0, v128.load(from));
    if (wide) a1 = f32x4.add(a1, v128.load(from, 16));
    from = eta + usize(i32.load(at, 4));
    b0 = f32x4.add(b0, v128.load(from));
    if (wide) b1 = f32x4.add(b1, v128.load(from, 16));
    from = eta + usize(i32.load(at, 8));
    c0 = f32x4.add(c0, v128.load(from));
    if (wide) c1 = f32x4.add(c1, v128.load(from, 16));
    from = eta + usize(i32.load(at, 12));
    e0 = f32x4.add(e0, v128.load(from));
    if (wide) e1 = f32x4.add(e1, v128.load(from, 16));
  }
  turned(row, c, a0, b0, c0, e0);
  if (wide) turned(row, c + 4, a1, b1, c1, e1);
}

/** Adds four rows of four components to logits, which lie component by component. */
// @ts-ignore
@inline
function turned(row: usize, c: usize, a: v128, b: v128, e: v128, f: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ef = v128.shuffle<f32>(e, f, 0, 4, 1, 5);
  const ba = v128.shuffle<f32>(a, b, 2, 6, 3, 7), fe = v128.shuffle<f32>(e, f, 2, 6, 3, 7);
  const logit = plan + c * stride + row;
  add(logit, v128.shuffle<i64>(ab, ef, 0, 2));
  if (c + 1 < usize(k)) add(logit + stride, v128.shuffle<i64>(ab, ef, 1, 3));
  if (c + 2 < usize(k)) add(logit + 2 * stride, v128.shuffle<i64>(ba, fe, 0, 2));
  if (c + 3 < usize(k)) add(logit + 3 * stride, v128.shuffle<i64>(ba, fe, 1, 3));
}

// @ts-ignore
@inline
function add(logit: usize, sum: v128): void {
  v128.store(logit, madd(sum, f32x4.splat(2 * rate), v128.load(logit)));
}

/** Adds the shares `[rows, 8 or 4]` of listed rows of 8 (or 4) components from c on to the sums of their levels. */
export function scatterLevels(shares: usize, listed: usize, rows: i32, c: usize, wide: bool): void {
  const into = sums + (c << 2);
  for (let column = places, last = places + usize(columns) * stride; column < last; column += stride) {
    for (let at = listed, end = listed + (usize(rows) << 2), p = shares; at < end; at += 4) {
      const to = into + usize(i32.load(column + usize(i32.load(at))));
      v128.store(to, f32x4.add(v128.load(to), v128.load(p)));
      p += 16;
      if (!wide) continue;
      v128.store(to, f32x4.add(v128.load(to, 16), v128.load(p)), 16);
      p += 16;
    }
  }
}
