// Columns of levels: a row's η is looked up, and its plan is added where its level is summed. A column of L levels has
// L + 1 lines of η and of sums: one of rows without a level (−1), whose η is 0 and whose sums nobody reads, then one for each
// level. Of a column of many levels, lines are noted that any row has: there are more to add up than rows.

import { madd } from './arithmetic';
import { ALWAYS, levelColumns, lineBytes, linearSums, natural, pending, SOMETHING } from './linear';
import { k, plan, rate, stride } from './state';
import { first, fourth, second, third } from './turn';

/** The first of a column's lines, `[columns]`. */
let starts: usize = 0;
/** Where the lines of a tile's rows lie, bytes from the first of all, `[columns, b]`. */
let places: usize = 0;

/** Sets where columns' lines begin, and the place of places. */
export function placeLevels(startsAt: usize, placesAt: usize): void {
  starts = startsAt; places = placesAt;
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
  const bytes = i32x4.splat(i32(lineBytes()));
  for (let j: usize = 0; j < usize(levelColumns); j++) {
    const start = i32.load(starts + (j << 2)), first = i32x4.splat(start + 1);
    const notes = i32.load(pending + (usize(start) << 2)) != ALWAYS;
    for (let at = j * stride, end = at + stride; at < end; at += 16) {
      const line = i32x4.add(i32x4.trunc_sat_f32x4_s(v128.load(t + at)), first);
      v128.store(places + at, i32x4.mul(line, bytes));
      if (!notes) continue;
      note(i32x4.extract_lane(line, 0)); note(i32x4.extract_lane(line, 1));
      note(i32x4.extract_lane(line, 2)); note(i32x4.extract_lane(line, 3));
    }
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function note(line: i32): void {
  i32.store(pending + (usize(line) << 2), SOMETHING);
}

/** Σ η of 4 rows × 8 (or 4) components, as logits. */
// @ts-ignore
@inline
function lookUp(row: usize, c: usize, wide: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
  const eta = natural + (c << 2);
  let at = places + row;
  for (const end = at + usize(levelColumns) * stride; at < end; at += stride) {
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
  addTurned(row, c, a0, b0, c0, e0);
  if (wide) addTurned(row, c + 4, a1, b1, c1, e1);
}

/** Adds four rows of four components to logits, which lie component by component. */
// @ts-ignore
@inline
export function addTurned(row: usize, c: usize, a: v128, b: v128, e: v128, f: v128): void {
  const logit = plan + c * stride + row;
  add(logit, first(a, b, e, f));
  if (c + 1 < usize(k)) add(logit + stride, second(a, b, e, f));
  if (c + 2 < usize(k)) add(logit + 2 * stride, third(a, b, e, f));
  if (c + 3 < usize(k)) add(logit + 3 * stride, fourth(a, b, e, f));
}

// @ts-ignore
@inline
function add(logit: usize, sum: v128): void {
  v128.store(logit, madd(sum, f32x4.splat(2 * rate), v128.load(logit)));
}

/** Adds the shares of listed rows, of so many vectors of components from c on, to the sums of their levels. */
// @ts-ignore
@inline
export function scatterLevels(shares: usize, listed: usize, rows: i32, c: usize, vectors: i32): void {
  const into = linearSums + (c << 2), all = usize(levelColumns) * stride;
  for (let at = listed, end = listed + (usize(rows) << 2), p = shares; at < end; at += 4, p += usize(vectors) << 4) {
    const u = v128.load(p), v = vectors > 1 ? v128.load(p, 16) : u, w = vectors > 2 ? v128.load(p, 32) : u;
    let place = places + usize(i32.load(at));
    // Row by row, since sums of one level that follow each other would wait for each other.
    for (const last = place + all; place < last; place += stride) {
      const to = into + usize(i32.load(place));
      v128.store(to, f32x4.add(v128.load(to), u));
      if (vectors > 1) v128.store(to, f32x4.add(v128.load(to, 16), v), 16);
      if (vectors > 2) v128.store(to, f32x4.add(v128.load(to, 32), w), 32);
    }
  }
}
