// Columns of data on their way into a fit: rows turned into columns, statistics of columns, columns encoded into tiles. All
// in float64, and in the same order of operations as on the host (src/data/statistics.ts): nothing here is relaxed.

/** Rows turned together, so that they stay in the first-level cache. */
const TOGETHER: i32 = 64;

/** Rows `[rows, columns]` of float32 as columns of float64, `step` bytes from one to the next. */
export function turn32(from: usize, rows: i32, columns: i32, into: usize, step: usize): void {
  const line = usize(columns) << 2;
  for (let first = 0; first < rows; first += TOGETHER) {
    const count = min(TOGETHER, rows - first);
    for (let j = 0; j < columns; j++) {
      let at = from + usize(first) * line + (usize(j) << 2), to = into + usize(j) * step + (usize(first) << 3);
      if (j + 1 < columns) {
        for (let r = 0; r + 1 < count; r += 2, at += 2 * line, to += 16) {
          const a = f64x2.promote_low_f32x4(v128.load64_zero(at)), b = f64x2.promote_low_f32x4(v128.load64_zero(at + line));
          v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
          v128.store(to + step, v128.shuffle<f64>(a, b, 1, 3));
        }
        if (count & 1) {
          f64.store(to, f64(f32.load(at)));
          f64.store(to + step, f64(f32.load(at + 4)));
        }
        j++;
      } else for (let r = 0; r < count; r++, at += line, to += 8) f64.store(to, f64(f32.load(at)));
    }
  }
}

/** The same of rows of float64. */
export function turn64(from: usize, rows: i32, columns: i32, into: usize, step: usize): void {
  const line = usize(columns) << 3;
  for (let first = 0; first < rows; first += TOGETHER) {
    const count = min(TOGETHER, rows - first);
    for (let j = 0; j < columns; j++) {
      let at = from + usize(first) * line + (usize(j) << 3), to = into + usize(j) * step + (usize(first) << 3);
      for (let r = 0; r < count; r++, at += line, to += 8) f64.store(to, f64.load(at));
    }
  }
}

/** Numbers of float32 as float64. Whole fours of them are read and written: there is room for three more than `count`. */
export function widen(from: usize, count: i32, into: usize): void {
  let to = into;
  for (let at = from, end = from + (usize(count) << 2); at < end; at += 16, to += 32) {
    const four = v128.load(at);
    v128.store(to, f64x2.promote_low_f32x4(four));
    v128.store(to, f64x2.promote_low_f32x4(v128.shuffle<f64>(four, four, 1, 1)), 16);
  }
}

/**
 * Mean, variance, least and most of columns of float64 under weights `[rows]` that sum to 1/unit: four numbers a column into
 * `results`. Means are about the row `origin`, which weighs something; rows of weight 0 do not count. Without weights (at 0)
 * every row weighs 1.
 */
export function describe(from: usize, step: usize, columns: i32, rows: i32, weights: usize, unit: f64, origin: i32, results: usize): void {
  for (let j = 0; j < columns; j += 4) {
    // Of fewer than four columns the last is its own neighbour.
    const last = columns - 1;
    const a = from + usize(j) * step, b = from + usize(min(j + 1, last)) * step;
    const c = from + usize(min(j + 2, last)) * step, e = from + usize(min(j + 3, last)) * step;
    const into = results + (usize(j) << 5), count = min(4, columns - j);
    if (weights == 0) four(a, b, c, e, rows, unit, usize(origin) << 3, into, count);
    else fourWeighted(a, b, c, e, rows, weights, unit, usize(origin) << 3, into, count);
  }
}

/** Values of two columns. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function pair(x: usize, y: usize): v128 {
  return v128.load64_lane(y, v128.load64_zero(x), 1);
}

/** What a sum of differences from `middle` is with one more. */
// @ts-ignore
@inline
function plus(sum: v128, share: v128, value: v128, middle: v128): v128 {
  return f64x2.add(sum, f64x2.mul(share, f64x2.sub(value, middle)));
}

/** The same of their squares. */
// @ts-ignore
@inline
function plusSquare(sum: v128, share: v128, value: v128, middle: v128): v128 {
  const z = f64x2.sub(value, middle);
  return f64x2.add(sum, f64x2.mul(f64x2.mul(share, z), z));
}

/** Four columns of which each row weighs 1: two rows are read at once, and added one after the other. */
function four(a: usize, b: usize, c: usize, e: usize, rows: i32, unit: f64, origin: usize, results: usize, count: i32): void {
  const o0 = pair(a + origin, b + origin), o1 = pair(c + origin, e + origin);
  const whole = usize(rows & ~1) << 3, isOdd = (rows & 1) == 1;
  const share = f64x2.splat(unit);
  let s0 = f64x2.splat(0), s1 = s0;
  let least0 = f64x2.splat(Infinity), least1 = least0, most0 = f64x2.splat(-Infinity), most1 = most0;
  for (let at: usize = 0; at < whole; at += 16) {
    const va = v128.load(a + at), vb = v128.load(b + at), vc = v128.load(c + at), ve = v128.load(e + at);
    const v0 = v128.shuffle<f64>(va, vb, 0, 2), v1 = v128.shuffle<f64>(vc, ve, 0, 2);
    const w0 = v128.shuffle<f64>(va, vb, 1, 3), w1 = v128.shuffle<f64>(vc, ve, 1, 3);
    s0 = plus(plus(s0, share, v0, o0), share, w0, o0); s1 = plus(plus(s1, share, v1, o1), share, w1, o1);
    least0 = f64x2.pmin(f64x2.pmin(least0, v0), w0); least1 = f64x2.pmin(f64x2.pmin(least1, v1), w1);
    most0 = f64x2.pmax(f64x2.pmax(most0, v0), w0); most1 = f64x2.pmax(f64x2.pmax(most1, v1), w1);
  }
  if (isOdd) {
    const v0 = pair(a + whole, b + whole), v1 = pair(c + whole, e + whole);
    s0 = plus(s0, share, v0, o0); s1 = plus(s1, share, v1, o1);
    least0 = f64x2.pmin(least0, v0); least1 = f64x2.pmin(least1, v1);
    most0 = f64x2.pmax(most0, v0); most1 = f64x2.pmax(most1, v1);
  }
  const m0 = f64x2.add(o0, s0), m1 = f64x2.add(o1, s1);
  s0 = f64x2.splat(0); s1 = s0;
  for (let at: usize = 0; at < whole; at += 16) {
    const va = v128.load(a + at), vb = v128.load(b + at), vc = v128.load(c + at), ve = v128.load(e + at);
    s0 = plusSquare(s0, share, v128.shuffle<f64>(va, vb, 0, 2), m0);
    s1 = plusSquare(s1, share, v128.shuffle<f64>(vc, ve, 0, 2), m1);
    s0 = plusSquare(s0, share, v128.shuffle<f64>(va, vb, 1, 3), m0);
    s1 = plusSquare(s1, share, v128.shuffle<f64>(vc, ve, 1, 3), m1);
  }
  if (isOdd) {
    s0 = plusSquare(s0, share, pair(a + whole, b + whole), m0);
    s1 = plusSquare(s1, share, pair(c + whole, e + whole), m1);
  }
  note(results, count, m0, s0, least0, most0);
  note(results + 64, count - 2, m1, s1, least1, most1);
}

function fourWeighted(a: usize, b: usize, c: usize, e: usize, rows: i32, weights: usize, unit: f64, origin: usize, results: usize, count: i32): void {
  const o0 = pair(a + origin, b + origin), o1 = pair(c + origin, e + origin);
  const end = usize(rows) << 3;
  let s0 = f64x2.splat(0), s1 = s0;
  let least0 = f64x2.splat(Infinity), least1 = least0, most0 = f64x2.splat(-Infinity), most1 = most0;
  for (let at: usize = 0; at < end; at += 8) {
    const own = f64.load(weights + at);
    if (own == 0) continue;
    const share = f64x2.splat(own * unit);
    const v0 = pair(a + at, b + at), v1 = pair(c + at, e + at);
    s0 = plus(s0, share, v0, o0); s1 = plus(s1, share, v1, o1);
    least0 = f64x2.pmin(least0, v0); least1 = f64x2.pmin(least1, v1);
    most0 = f64x2.pmax(most0, v0); most1 = f64x2.pmax(most1, v1);
  }
  const m0 = f64x2.add(o0, s0), m1 = f64x2.add(o1, s1);
  s0 = f64x2.splat(0); s1 = s0;
  for (let at: usize = 0; at < end; at += 8) {
    const own = f64.load(weights + at);
    if (own == 0) continue;
    const share = f64x2.splat(own * unit);
    s0 = plusSquare(s0, share, pair(a + at, b + at), m0);
    s1 = plusSquare(s1, share, pair(c + at, e + at), m1);
  }
  note(results, count, m0, s0, least0, most0);
  note(results + 64, count - 2, m1, s1, least1, most1);
}

/** Writes what is known of two columns, of which `count` are there. */
function note(at: usize, count: i32, mean: v128, variance: v128, least: v128, most: v128): void {
  if (count > 0) {
    v128.store(at, v128.shuffle<f64>(mean, variance, 0, 2));
    v128.store(at, v128.shuffle<f64>(least, most, 0, 2), 16);
  }
  if (count > 1) {
    v128.store(at, v128.shuffle<f64>(mean, variance, 1, 3), 32);
    v128.store(at, v128.shuffle<f64>(least, most, 1, 3), 48);
  }
}

/**
 * Columns of float64 as tiles of float32 `[tiles, columns, b]`, b a multiple of 4: (x − shift) · inverse, no farther than
 * `farthest`; `coding` has shift and inverse of each column. What fills up the last tile is not written.
 */
export function encode(from: usize, step: usize, columns: i32, rows: i32, b: i32, coding: usize, farthest: f64, into: usize): void {
  const high = f64x2.splat(farthest), low = f64x2.splat(-farthest);
  let to = into;
  for (let first = 0; first < rows; first += b) {
    const count = min(b, rows - first);
    for (let j = 0; j < columns; j++, to += usize(b) << 2) {
      const shift = f64.load(coding + (usize(j) << 4)), inverse = f64.load(coding + (usize(j) << 4), 8);
      const shifts = f64x2.splat(shift), inverses = f64x2.splat(inverse);
      const at = from + usize(j) * step + (usize(first) << 3);
      const whole = count & ~3;
      for (let r = 0; r < whole; r += 4) {
        let y = f64x2.mul(f64x2.sub(v128.load(at + (usize(r) << 3)), shifts), inverses);
        let z = f64x2.mul(f64x2.sub(v128.load(at + (usize(r) << 3), 16), shifts), inverses);
        y = f64x2.pmax(f64x2.pmin(y, high), low);
        z = f64x2.pmax(f64x2.pmin(z, high), low);
        const both = v128.shuffle<f64>(f32x4.demote_f64x2_zero(y), f32x4.demote_f64x2_zero(z), 0, 2);
        v128.store(to + (usize(r) << 2), both);
      }
      for (let r = whole; r < count; r++) {
        const y = (f64.load(at + (usize(r) << 3)) - shift) * inverse;
        f32.store(to + (usize(r) << 2), f32(y > farthest ? farthest : y < -farthest ? -farthest : y));
      }
    }
  }
}

/** Whether numbers of float32 are finite: 0 times each is 0, and stays so in sums. `count` is a multiple of 16. */
export function finite32(from: usize, count: i32): bool {
  const nothing = f32x4.splat(0);
  let a = nothing, b = nothing, c = nothing, e = nothing;
  for (let at = from, end = from + (usize(count) << 2); at < end; at += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(at), nothing)); b = f32x4.add(b, f32x4.mul(v128.load(at, 16), nothing));
    c = f32x4.add(c, f32x4.mul(v128.load(at, 32), nothing)); e = f32x4.add(e, f32x4.mul(v128.load(at, 48), nothing));
  }
  return i32x4.all_true(f32x4.eq(f32x4.add(f32x4.add(a, b), f32x4.add(c, e)), nothing));
}

/** The same of float64. */
export function finite64(from: usize, count: i32): bool {
  const nothing = f64x2.splat(0);
  let a = nothing, b = nothing, c = nothing, e = nothing;
  for (let at = from, end = from + (usize(count) << 3); at < end; at += 64) {
    a = f64x2.add(a, f64x2.mul(v128.load(at), nothing)); b = f64x2.add(b, f64x2.mul(v128.load(at, 16), nothing));
    c = f64x2.add(c, f64x2.mul(v128.load(at, 32), nothing)); e = f64x2.add(e, f64x2.mul(v128.load(at, 48), nothing));
  }
  return i64x2.all_true(f64x2.eq(f64x2.add(f64x2.add(a, b), f64x2.add(c, e)), nothing));
}
