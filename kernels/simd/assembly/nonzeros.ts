// Dense statistics most of which are 0, as counts of words are. What is not 0 of a tile is listed row by row, and products
// are those of the lists: 0 adds nothing to a logit nor to a sum. Rows by themselves have lines of K numbers here.

import { madd } from './arithmetic';
import { addTurned } from './levels';
import { dense, lineBytes, linearSums, natural } from './linear';
import { k, plan, stride } from './state';
import { first, fourth, second, third } from './turn';

/** What is listed of rows, and of which statistics these are, uint16. A 0 more where that makes a row's number of them even. */
let values: usize = 0, columns: usize = 0;
/** Which of all that is listed each row's begin with and end before, `[b]`. */
let starts: usize = 0, ends: usize = 0;
/** ⟨t, η⟩ of each row and then its plan, `[b, K]`. */
let rows: usize = 0;
/** The places of lists that are made here; and whether the host's are at hand. */
let ownValues: usize = 0, ownColumns: usize = 0, ownStarts: usize = 0, ownEnds: usize = 0, given: bool = false;

/** For each set of four lanes, the bytes that bring its lanes to the front: of four bytes each, and of two. */
const FRONT4 = memory.data(256, 16), FRONT2 = memory.data(256, 16);

/** Sets the places of lists; none are made where `valuesAt` is 0. */
export function placeNonzeros(valuesAt: usize, columnsAt: usize, startsAt: usize, endsAt: usize, rowsAt: usize): void {
  ownValues = valuesAt; ownColumns = columnsAt; ownStarts = startsAt; ownEnds = endsAt; rows = rowsAt;
  dropLists();
  for (let set: usize = 0; set < 16; set++) {
    let at = set << 4, half = at;
    for (let lane = 0; lane < 4; lane++) {
      if (set & (1 << lane)) {
        i32.store(FRONT4 + at, 0x03020100 + lane * 0x04040404); i32.store16(FRONT2 + half, 0x0100 + lane * 0x0202);
        at += 4; half += 2;
      }
    }
  }
}

/** Takes lists of the host for the tile at hand, of rows that begin where `startsAt` has it, up to that after the last. */
export function takeLists(valuesAt: usize, columnsAt: usize, startsAt: usize): void {
  values = valuesAt; columns = columnsAt; starts = startsAt; ends = startsAt + 4;
  given = true;
}

/** Makes lists of tiles again. */
export function dropLists(): void {
  values = ownValues; columns = ownColumns; starts = ownStarts; ends = ownEnds;
  given = false;
}

/** Whether the zeros of a tile t `[dense, b]` are left out: what is not 0 then is listed. */
export function areListed(t: usize): bool {
  if (given) return true;
  if (!values || !isMostlyZero(t)) return false;
  listNonzeros(t);
  return true;
}

/** Whether most statistics of a tile are 0, as its first eight rows tell: under two fifths are not (nonzeros.ts of the host has the same). */
function isMostlyZero(t: usize): bool {
  let count = i32x4.splat(0);
  for (let at = t, end = t + usize(dense) * stride; at < end; at += stride) {
    count = i32x4.sub(count, i32x4.add(f32x4.ne(v128.load(at), f32x4.splat(0)), f32x4.ne(v128.load(at, 16), f32x4.splat(0))));
  }
  const all = i32x4.extract_lane(count, 0) + i32x4.extract_lane(count, 1) + i32x4.extract_lane(count, 2) + i32x4.extract_lane(count, 3);
  return 5 * all < 16 * dense;
}

/** Lists what is not 0 of a tile t `[dense, b]`: four numbers are written at a time, and one after the last. */
export function listNonzeros(t: usize): void {
  const room = usize((dense + 8) & ~3);
  for (let row: usize = 0; row < stride; row += 16) {
    const from = (row >> 2) * room;
    let at0 = from, at1 = at0 + room, at2 = at1 + room, at3 = at2 + room, here = i16x8(0, 1, 2, 3, 0, 0, 0, 0);
    let x = t + row;
    for (let j = 0; j < dense; j += 4, here = i16x8.add(here, i16x8.splat(4))) {
      const left = dense - j;
      let a = v128.load(x), b = f32x4.splat(0), c = b, e = b;
      if (left > 1) b = v128.load(x + stride);
      if (left > 2) c = v128.load(x + 2 * stride);
      if (left > 3) e = v128.load(x + 3 * stride);
      x += 4 * stride;
      at0 = list(first(a, b, c, e), here, at0); at1 = list(second(a, b, c, e), here, at1);
      at2 = list(third(a, b, c, e), here, at2); at3 = list(fourth(a, b, c, e), here, at3);
    }
    endList(row, from, at0); endList(row + 4, from + room, at1);
    endList(row + 8, from + 2 * room, at2); endList(row + 12, from + 3 * room, at3);
  }
}

/** Lists what is not 0 of four statistics of a row; returns where the next go. */
// @ts-ignore
@inline
function list(four: v128, here: v128, at: usize): usize {
  const set = usize(i32x4.bitmask(f32x4.ne(four, f32x4.splat(0))));
  v128.store(values + (at << 2), pick(four, v128.load(FRONT4 + (set << 4))));
  v128.store64_lane(columns + (at << 1), pick(here, v128.load(FRONT2 + (set << 4))), 0);
  return at + usize(popcnt(set));
}

// @ts-ignore
@inline
function pick(bytes: v128, which: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? i8x16.relaxed_swizzle(bytes, which) : i8x16.swizzle(bytes, which);
}

/** Notes which numbers are a row's, with a 0 after the last. */
// @ts-ignore
@inline
function endList(row: usize, from: usize, to: usize): void {
  f32.store(values + (to << 2), 0); i32.store16(columns + (to << 1), 0);
  i32.store(starts + row, i32(from)); i32.store(ends + row, i32(from + ((to - from + 1) & ~1)));
}

/** Writes the listed tile `[count, b]`. */
export function spreadLists(t: usize, count: i32): void {
  const step = stride;
  memory.fill(t, 0, usize(count) * step);
  for (let row: usize = 0; row < step; row += 4) {
    const start = usize(i32.load(starts + row)), into = t + row;
    let at = values + (start << 2), column = columns + (start << 1), end = values + (usize(i32.load(ends + row)) << 2);
    if (at < end && f32.load(end - 4) == 0) end -= 4; // which is not its column's
    for (; at < end; at += 4, column += 2) f32.store(into + usize(i32.load16_u(column)) * step, f32.load(at));
  }
}

/** Adds ⟨t, η⟩ / ε of the listed tile to the logits in `plan`. */
export function addListedLogits(): void {
  const line = lineBytes();
  for (let c: usize = 0; c < line; c += 80) {
    const left = line - c;
    if (left > 64) multiply(c, 5);
    else if (left > 48) multiply(c, 4);
    else if (left > 32) multiply(c, 3);
    else if (left > 16) multiply(c, 2);
    else multiply(c, 1);
  }
  for (let row: usize = 0; row < stride; row += 16) {
    for (let c: usize = 0, at = rows + (row >> 2) * line; c < line; c += 16, at += 16) {
      addTurned(row, c >> 2, v128.load(at), v128.load(at + line), v128.load(at + 2 * line), v128.load(at + 3 * line));
    }
  }
}

/** ⟨t, η⟩ of all rows, for so many vectors of components from byte c of a line on. Of few, two numbers at a time. */
// @ts-ignore
@inline
function multiply(c: usize, vectors: i32): void {
  const line = lineBytes(), eta = natural + c, two = vectors < 4;
  let into = rows + c;
  for (let row: usize = 0; row < stride; row += 4, into += line) {
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, b0 = a0, b1 = a0, b2 = a0;
    const start = usize(i32.load(starts + row));
    let at = values + (start << 2), column = columns + (start << 1);
    for (const end = values + (usize(i32.load(ends + row)) << 2); at < end; at += two ? 8 : 4, column += two ? 4 : 2) {
      let s = v128.load32_splat(at), term = eta + usize(i32.load16_u(column)) * line;
      a0 = madd(v128.load(term), s, a0);
      if (vectors > 1) a1 = madd(v128.load(term, 16), s, a1);
      if (vectors > 2) a2 = madd(v128.load(term, 32), s, a2);
      if (vectors > 3) a3 = madd(v128.load(term, 48), s, a3);
      if (vectors > 4) a4 = madd(v128.load(term, 64), s, a4);
      if (two) {
        s = v128.load32_splat(at, 4); term = eta + usize(i32.load16_u(column, 2)) * line;
        b0 = madd(v128.load(term), s, b0);
        if (vectors > 1) b1 = madd(v128.load(term, 16), s, b1);
        if (vectors > 2) b2 = madd(v128.load(term, 32), s, b2);
      }
    }
    v128.store(into, f32x4.add(a0, b0));
    if (vectors > 1) v128.store(into, f32x4.add(a1, b1), 16);
    if (vectors > 2) v128.store(into, f32x4.add(a2, b2), 32);
    if (vectors > 3) v128.store(into, a3, 48);
    if (vectors > 4) v128.store(into, a4, 64);
  }
}

/** Adds Σ p t of the listed tile to the group's sums. */
export function sumListed(): void {
  turnPlan();
  const line = lineBytes();
  for (let c: usize = 0; c < line; c += 80) {
    const left = line - c;
    if (left > 64) sumVectors(c, 5);
    else if (left > 48) sumVectors(c, 4);
    else if (left > 32) sumVectors(c, 3);
    else if (left > 16) sumVectors(c, 2);
    else sumVectors(c, 1);
  }
}

/** The plan row by row. */
function turnPlan(): void {
  const line = lineBytes();
  for (let c = 0; c < k; c += 4) {
    const p = plan + usize(c) * stride, left = k - c;
    for (let row: usize = 0; row < stride; row += 16) {
      const at = rows + (row >> 2) * line + (usize(c) << 2);
      const a = v128.load(p + row);
      let b = f32x4.splat(0), e = b, f = b;
      if (left > 1) b = v128.load(p + stride + row);
      if (left > 2) e = v128.load(p + 2 * stride + row);
      if (left > 3) f = v128.load(p + 3 * stride + row);
      v128.store(at, first(a, b, e, f)); v128.store(at + line, second(a, b, e, f));
      v128.store(at + 2 * line, third(a, b, e, f)); v128.store(at + 3 * line, fourth(a, b, e, f));
    }
  }
}

/** Of so many vectors of components from byte c of a line on. */
// @ts-ignore
@inline
function sumVectors(c: usize, vectors: i32): void {
  const line = lineBytes(), sums = linearSums + c;
  let p = rows + c;
  for (let row: usize = 0; row < stride; row += 4, p += line) {
    const u0 = v128.load(p), u1 = vectors > 1 ? v128.load(p, 16) : u0, u2 = vectors > 2 ? v128.load(p, 32) : u0;
    const u3 = vectors > 3 ? v128.load(p, 48) : u0, u4 = vectors > 4 ? v128.load(p, 64) : u0;
    if (!v128.any_true(v128.or(v128.or(v128.or(u0, u1), v128.or(u2, u3)), u4))) continue;
    const start = usize(i32.load(starts + row));
    let at = values + (start << 2), column = columns + (start << 1);
    for (const end = values + (usize(i32.load(ends + row)) << 2); at < end; at += 4, column += 2) {
      const s = v128.load32_splat(at), sum = sums + usize(i32.load16_u(column)) * line;
      v128.store(sum, madd(u0, s, v128.load(sum)));
      if (vectors > 1) v128.store(sum, madd(u1, s, v128.load(sum, 16)), 16);
      if (vectors > 2) v128.store(sum, madd(u2, s, v128.load(sum, 32)), 32);
      if (vectors > 3) v128.store(sum, madd(u3, s, v128.load(sum, 48)), 48);
      if (vectors > 4) v128.store(sum, madd(u4, s, v128.load(sum, 64)), 64);
    }
  }
}
