// Logits of many dense statistics to within a known error, by products of integers of 16 bits: eight multiplications and
// additions of pairs in one instruction, which has no float32 like it. Rows and η are as many units of their own length.

import { madd } from './arithmetic';
import { dense, lineBytes, natural } from './linear';
import { k, offsets, rate, stride } from './state';
import { first, fourth, second, third } from './turn';

/** Units of a length. A sum of products of two such rows, and every part of it, is within 32 bits, by Cauchy and Schwarz. */
// @ts-ignore: decorators are AssemblyScript's
@inline const UNITS: f32 = 32000;
/** Lengths from here on are not taken: squares of such might be infinite. */
// @ts-ignore
@inline const LONGEST: f32 = 1e18;
/** 1.5 · 2²³: what is added to it is rounded to an integer, which then is the low bits. */
// @ts-ignore
@inline const SHIFT: f32 = 12582912;
/** Columns that are turned together. */
// @ts-ignore
@inline const COLUMNS: usize = 64;
/** Rows that stay in the first-level cache while components come by. */
// @ts-ignore
@inline const TOGETHER: i32 = 8;

/** Statistics, filled up to a multiple of 16. */
export let width: usize = 0;
/** Rows of a block, `[b, width]`, and their lengths, `[b]`. */
export let wholeRows: usize = 0;
export let lengths: usize = 0;
let shortRows: usize = 0;
/** η by component, `[K, width]`, K as of a line. */
export let wholeNatural: usize = 0;
let shortNatural: usize = 0, scales: usize = 0, shortOffsets: usize = 0;
/** Approximate logits, `[b, K]`; −∞ beyond k. */
export let approximate: usize = 0;
/** 2 rate times the largest length of an η. */
let steepest: f32 = 0;
/** Allowance of a row of length 1. */
let allowed: f32 = 0;
/** Nats that rounding of logits may come to beside their products: of offsets, and of differences of logits. */
export let slack: f32 = 0;

/** Sets the places of a block and of η. */
export function placeShorts(
  columns: i32, rowsAt: usize, lengthsAt: usize, shortRowsAt: usize, naturalAt: usize, shortNaturalAt: usize, scalesAt: usize, offsetsAt: usize,
  approximateAt: usize,
): void {
  width = usize(columns); wholeRows = rowsAt; lengths = lengthsAt; shortRows = shortRowsAt;
  wholeNatural = naturalAt; shortNatural = shortNaturalAt; scales = scalesAt; shortOffsets = offsetsAt; approximate = approximateAt;
}

/** Shortens η, once it is there. */
export function shortenNatural(): void {
  const line = lineBytes(), step = width << 2;
  let longest: f32 = 0, farthest: f32 = 0;
  for (let c: usize = 0; c < line >> 2; c++) {
    const into = wholeNatural + c * step;
    let squares: f32 = 0;
    memory.fill(into, 0, step);
    for (let j: usize = 0; j < usize(dense); j++) {
      const value = f32.load(natural + j * line + (c << 2));
      f32.store(into + (j << 2), value);
      squares += value * value;
    }
    const length = sqrt(squares);
    longest = max(longest, length);
    shorten(into, shortNatural + c * (width << 1), length);
    f32.store(scales + (c << 2), 2 * rate * length / (UNITS * UNITS));
    const offset = c < usize(k) ? f32.load(offsets + (c << 2)) : -Infinity;
    f32.store(shortOffsets + (c << 2), offset);
    if (abs(offset) < Infinity) farthest = max(farthest, abs(offset));
  }
  steepest = 2 * rate * longest;
  allowed = f32(1.05) * steepest * sqrt(f32(width)) / UNITS;
  slack = f32(1e-3) + f32(1e-6) * farthest;
}

/** Turns a tile x `[dense, stride]` to rows of the block from the `from`th on, and notes their lengths. */
export function turnTile(x: usize, from: usize): void {
  const noted = lengths + (from << 2);
  memory.fill(noted, 0, stride);
  // By columns that the first-level cache holds: every line of them has numbers for sixteen rows.
  for (let j: usize = 0; j < width; j += COLUMNS) turnColumns(x, from, j, min(j + COLUMNS, width));
  for (let row: usize = 0; row < stride; row += 16) v128.store(noted + row, f32x4.sqrt(v128.load(noted + row)));
}

/** Turns some columns, and adds their squares to where lengths belong. */
function turnColumns(x: usize, from: usize, first_: usize, last: usize): void {
  const step = width << 2, blocked = usize(dense & ~3);
  for (let row: usize = 0; row < stride; row += 16) {
    const noted = lengths + (from << 2) + row;
    let into = wholeRows + (from + (row >> 2)) * step + (first_ << 2), squares = v128.load(noted);
    for (let j = first_; j < last; j += 4, into += 16) {
      let a = f32x4.splat(0), b = a, c = a, e = a;
      if (j < usize(dense)) a = column(x, j, row);
      if (j + 1 < usize(dense)) b = column(x, j + 1, row);
      if (j + 2 < usize(dense)) c = column(x, j + 2, row);
      if (j < blocked) e = column(x, j + 3, row);
      squares = madd(a, a, squares); squares = madd(b, b, squares); squares = madd(c, c, squares); squares = madd(e, e, squares);
      v128.store(into, first(a, b, c, e)); v128.store(into + step, second(a, b, c, e));
      v128.store(into + 2 * step, third(a, b, c, e)); v128.store(into + 3 * step, fourth(a, b, c, e));
    }
    v128.store(noted, squares);
  }
}

// @ts-ignore
@inline
function column(x: usize, j: usize, row: usize): v128 {
  return v128.load(x + j * stride + row);
}

/** Approximate logits of the block's first rows, an even number. False where lengths are too large. */
export function approximateLogits(rows: i32): bool {
  if (!takesNatural()) return false;
  for (let row: usize = 0; row < usize(rows); row++) {
    const length = f32.load(lengths + (row << 2));
    if (!(length < LONGEST)) return false;
    shorten(wholeRows + row * (width << 2), shortRows + row * (width << 1), length);
  }
  const line = lineBytes();
  for (let from = 0; from < rows; from += TOGETHER) {
    const to = usize(min(from + TOGETHER, rows));
    for (let c: usize = 0; c < line; c += 16) {
      for (let row = usize(from); row < to; row += 2) twoRows(row, c);
    }
  }
  return true;
}

/** Whether η are of lengths that are taken. */
export function takesNatural(): bool {
  return steepest < LONGEST;
}

/** What an approximate logit of the row may be off by: roundings of both to half a unit, times √width or less of the other's length. */
// @ts-ignore
@inline
export function allowance(row: usize): f32 {
  return allowed * f32.load(lengths + (row << 2));
}

/** Rounds a row of this length to units. */
// @ts-ignore
@inline
function shorten(from: usize, into: usize, length: f32): void {
  const factor = f32x4.splat(length > 0 ? UNITS / length : 0), shift = f32x4.splat(SHIFT);
  for (const end = from + (width << 2); from < end; from += 32, into += 16) {
    const a = i32x4.sub(f32x4.add(f32x4.mul(v128.load(from), factor), shift), shift);
    const b = i32x4.sub(f32x4.add(f32x4.mul(v128.load(from, 16), factor), shift), shift);
    v128.store(into, i16x8.narrow_i32x4_s(a, b));
  }
}

/** Of two rows and the four components from byte c of a line on. */
// @ts-ignore
@inline
function twoRows(row: usize, c: usize): void {
  const step = width << 1;
  let r0 = shortRows + row * step, r1 = r0 + step;
  let n0 = shortNatural + (c >> 2) * step, n1 = n0 + step, n2 = n1 + step, n3 = n2 + step;
  let a0 = i32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (const end = r0 + step; r0 < end; r0 += 16) {
    const u = v128.load(r0), v = v128.load(r1);
    let s = v128.load(n0);
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(u, s)); b0 = i32x4.add(b0, i32x4.dot_i16x8_s(v, s));
    s = v128.load(n1);
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(u, s)); b1 = i32x4.add(b1, i32x4.dot_i16x8_s(v, s));
    s = v128.load(n2);
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(u, s)); b2 = i32x4.add(b2, i32x4.dot_i16x8_s(v, s));
    s = v128.load(n3);
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(u, s)); b3 = i32x4.add(b3, i32x4.dot_i16x8_s(v, s));
    r1 += 16; n0 += 16; n1 += 16; n2 += 16; n3 += 16;
  }
  storeFour(row, c, a0, a1, a2, a3);
  storeFour(row + 1, c, b0, b1, b2, b3);
}

// @ts-ignore
@inline
function storeFour(row: usize, c: usize, a: v128, b: v128, e: v128, f: v128): void {
  const sums = i32x4.add(i32x4.add(first(a, b, e, f), second(a, b, e, f)), i32x4.add(third(a, b, e, f), fourth(a, b, e, f)));
  const scale = f32x4.mul(v128.load(scales + c), v128.load32_splat(lengths + (row << 2)));
  v128.store(approximate + row * lineBytes() + c, madd(f32x4.convert_i32x4_s(sums), scale, v128.load(shortOffsets + c)));
}
