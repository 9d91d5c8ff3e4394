/**
 * The fused sweep for CPUs, over tiles of b rows that lie column by column, `[d, b]`: lanes are rows. b is a multiple of
 * 8. Register blocks: 4 coordinates × 8 rows when whitening, 4 × 2 coordinates × 4 rows when summing scatter.
 * All memory is the host's to lay out (kernels/simd/layout.ts); pointers are byte addresses, multiples of 16.
 */
import { exp, log, madd, total } from './arithmetic';

/** Covariances as triangular matrices, else as one factor per column. */
let matrix: bool = true;
let d: i32 = 0;
let k: i32 = 0;
/** Bytes of b floats: from one column of a tile to the next. */
let stride: usize = 0;
let means: usize = 0; // [k, d]
let whitening: usize = 0; // matrix: packed, see whitenMatrix; else [k, d]
let whiteningStep: usize = 0; // bytes from one component's to the next; 0 where all share one
let offsets: usize = 0; // [k]
let whitened: usize = 0; // z, [k or 1, d, b]
let whitenedStep: usize = 0; // 0 where z is not kept but computed again
let plan: usize = 0; // [k, b]: logits, then responsibilities, then the plan
let scratch: usize = 0; // differences of 8 rows, [d, 8]
let weighted: usize = 0; // plan · z of one component, [d, b]
let kept: usize = 0; // responsibilities, [k, b], where coupling is wanted; else 0
let sums: usize = 0; // float32 sums of four lanes: objective, mass [k], first [k, d], second, coupling
let sumsSecond: usize = 0;
let sumsSecondStep: usize = 0; // 0 where all components share one
let sumsCoupling: usize = 0;
let sumsCount: i32 = 0;
let totals: usize = 0; // the same in float64, one number for four lanes
let rate: f32 = 0;
let centre: f32 = 0;
let hard: bool = false;

/** Sets the size of tiles. */
export function shape(columns: i32, rows_: i32): void {
  d = columns; stride = usize(rows_) << 2;
}

/** Sets the form and the places of a model's arrays. */
export function place(
  isMatrix: bool, components: i32,
  meansAt: usize, whiteningAt: usize, whiteningBytes: usize, offsetsAt: usize,
  whitenedAt: usize, whitenedBytes: usize, planAt: usize, scratchAt: usize, weightedAt: usize, keptAt: usize,
  sumsAt: usize, secondAt: usize, secondBytes: usize, couplingAt: usize, count: i32, totalsAt: usize,
): void {
  matrix = isMatrix; k = components;
  means = meansAt; whitening = whiteningAt; whiteningStep = whiteningBytes; offsets = offsetsAt;
  whitened = whitenedAt; whitenedStep = whitenedBytes; plan = planAt; scratch = scratchAt; weighted = weightedAt; kept = keptAt;
  sums = sumsAt; sumsSecond = secondAt; sumsSecondStep = secondBytes; sumsCoupling = couplingAt; sumsCount = count; totals = totalsAt;
}

/** logit = offset − rate · ‖z‖²; hard: one-hot responsibilities; centre: taken off log Σ exp logit before it is summed. */
export function temper(rate_: f32, centre_: f32, hard_: bool): void {
  rate = rate_; centre = centre_; hard = hard_;
}

/** One tile of a sweep: x `[d, b]`, row weights v `[b]`. Adds to the float32 sums. */
export function sweep(x: usize, v: usize): void {
  logits(x);
  transport(v);
  for (let c = 0; c < k; c++) {
    if (!accumulateMass(c)) continue;
    if (matrix) accumulateMatrix(x, c);
    else accumulateDiagonal(x, c);
  }
  if (kept) scatter(plan, kept, sumsCoupling, k);
}

/** What the mixture says of a tile's rows: labels (int32), log Σ exp logit and log max r, each `[b]`; r stays in `plan`. */
export function rows(x: usize, labels: usize, logSum: usize, logLargest: usize): void {
  logits(x);
  for (let row: usize = 0; row < stride; row += 16) {
    const last = plan + usize(k) * stride + row;
    let largest = v128.load(plan + row);
    let label = i32x4.splat(0);
    let c = 1;
    for (let at = plan + stride + row; at < last; at += stride) {
      const logit = v128.load(at);
      const better = f32x4.gt(logit, largest);
      largest = f32x4.max(largest, logit);
      label = v128.bitselect(i32x4.splat(c++), label, better);
    }
    let sum = f32x4.splat(0);
    for (let at = plan + row; at < last; at += stride) {
      const e = exp(f32x4.sub(v128.load(at), largest));
      v128.store(at, e);
      sum = f32x4.add(sum, e);
    }
    for (let at = plan + row; at < last; at += stride) v128.store(at, f32x4.div(v128.load(at), sum));
    const logOfSum = log(sum);
    v128.store(labels + row, label);
    v128.store(logSum + row, f32x4.add(largest, logOfSum));
    v128.store(logLargest + row, f32x4.neg(logOfSum));
  }
}

/**
 * Squared distances of a tile's rows to the nearest of a centre and what `nearest` `[b]` holds, columns measured in
 * 1/metric; into `out` `[b]`. Returns their sum weighted by v.
 */
export function distances(x: usize, v: usize, nearest: usize, centre_: usize, metric: usize, out: usize): f64 {
  let sum = f32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 16) {
    let q = f32x4.splat(0);
    for (let j: usize = 0; j < usize(d) << 2; j += 4) {
      const difference = f32x4.sub(v128.load(x + (j >> 2) * stride + row), v128.load32_splat(centre_ + j));
      const z = f32x4.mul(difference, v128.load32_splat(metric + j));
      q = madd(z, z, q);
    }
    q = f32x4.min(q, v128.load(nearest + row));
    v128.store(out + row, q);
    sum = madd(q, v128.load(v + row), sum);
  }
  return total(sum);
}

/** Adds the float32 sums to the float64 totals and clears them. To be called after at most 1024 rows. */
export function flush(): void {
  for (let i = 0; i < sumsCount; i++) {
    const at = sums + (usize(i) << 4);
    const to = totals + (usize(i) << 3);
    f64.store(to, f64.load(to) + total(v128.load(at)));
    v128.store(at, f32x4.splat(0));
  }
}

/** A multiply-add in registers and nothing else: 12 chains × 4 lanes × 2 operations × n. What a kernel is measured against. */
export function peak(n: i32): f32 {
  let a = f32x4.splat(1), b = a, c = a, e = a, f = a, g = a, h = a, i = a, j = a, l = a, m = a, o = a;
  const s = f32x4.splat(1e-3), t = f32x4.splat(2e-3);
  for (let x = 0; x < n; x++) {
    a = madd(s, t, a); b = madd(s, t, b); c = madd(s, t, c); e = madd(s, t, e); f = madd(s, t, f); g = madd(s, t, g);
    h = madd(s, t, h); i = madd(s, t, i); j = madd(s, t, j); l = madd(s, t, l); m = madd(s, t, m); o = madd(s, t, o);
  }
  const all = f32x4.add(f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, e)), f32x4.add(f32x4.add(f, g), f32x4.add(h, i))), f32x4.add(f32x4.add(j, l), f32x4.add(m, o)));
  return f32x4.extract_lane(all, 0);
}

/** Logits of a tile into `plan`. */
function logits(x: usize): void {
  for (let c = 0; c < k; c++) {
    const out = plan + usize(c) * stride;
    const offset = v128.load32_splat(offsets + (usize(c) << 2));
    if (matrix) whitenMatrix(x, c, out, offset);
    else whitenDiagonal(x, c, out, offset);
  }
}

/**
 * z = (x − μ) W for an upper triangular W, and the logit offset − rate ‖z‖². W is packed by blocks of four columns j: for i = 0 … j + 3 the
 * four entries W_ij (0 below the diagonal); what is left over of d column by column, for i = 0 … j.
 */
function whitenMatrix(x: usize, c: i32, logit: usize, offset: v128): void {
  const mean = means + (usize(c * d) << 2);
  const w = whitening + usize(c) * whiteningStep;
  const z = whitened + usize(c) * whitenedStep;
  const blocked = d & ~3;
  for (let row: usize = 0; row < stride; row += 32) {
    for (let i = 0; i < d; i++) {
      const m = v128.load32_splat(mean + (usize(i) << 2));
      const from = x + usize(i) * stride + row;
      const to = scratch + (usize(i) << 5);
      v128.store(to, f32x4.sub(v128.load(from), m));
      v128.store(to, f32x4.sub(v128.load(from, 16), m), 16);
    }
    let q0 = f32x4.splat(0), q1 = q0;
    let p = w;
    let out = z + row;
    for (let j = 0; j < blocked; j += 4) {
      let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
      let at = scratch;
      for (const end = scratch + (usize(j) << 5); at < end; at += 32) {
        const u = v128.load(at), v = v128.load(at, 16);
        let s = v128.load32_splat(p);
        a0 = madd(u, s, a0); a1 = madd(v, s, a1);
        s = v128.load32_splat(p, 4);
        b0 = madd(u, s, b0); b1 = madd(v, s, b1);
        s = v128.load32_splat(p, 8);
        c0 = madd(u, s, c0); c1 = madd(v, s, c1);
        s = v128.load32_splat(p, 12);
        e0 = madd(u, s, e0); e1 = madd(v, s, e1);
        p += 16;
      }
      // The four rows of W on the diagonal, without what is below it.
      let u = v128.load(at), v = v128.load(at, 16), s = v128.load32_splat(p);
      a0 = madd(u, s, a0); a1 = madd(v, s, a1);
      s = v128.load32_splat(p, 4);
      b0 = madd(u, s, b0); b1 = madd(v, s, b1);
      s = v128.load32_splat(p, 8);
      c0 = madd(u, s, c0); c1 = madd(v, s, c1);
      s = v128.load32_splat(p, 12);
      e0 = madd(u, s, e0); e1 = madd(v, s, e1);
      u = v128.load(at, 32); v = v128.load(at, 48);
      s = v128.load32_splat(p, 20);
      b0 = madd(u, s, b0); b1 = madd(v, s, b1);
      s = v128.load32_splat(p, 24);
      c0 = madd(u, s, c0); c1 = madd(v, s, c1);
      s = v128.load32_splat(p, 28);
      e0 = madd(u, s, e0); e1 = madd(v, s, e1);
      u = v128.load(at, 64); v = v128.load(at, 80);
      s = v128.load32_splat(p, 40);
      c0 = madd(u, s, c0); c1 = madd(v, s, c1);
      s = v128.load32_splat(p, 44);
      e0 = madd(u, s, e0); e1 = madd(v, s, e1);
      s = v128.load32_splat(p, 60);
      e0 = madd(v128.load(at, 96), s, e0); e1 = madd(v128.load(at, 112), s, e1);
      p += 64;
      v128.store(out, a0); v128.store(out, a1, 16); out += stride;
      v128.store(out, b0); v128.store(out, b1, 16); out += stride;
      v128.store(out, c0); v128.store(out, c1, 16); out += stride;
      v128.store(out, e0); v128.store(out, e1, 16); out += stride;
      q0 = madd(a0, a0, q0); q1 = madd(a1, a1, q1); q0 = madd(b0, b0, q0); q1 = madd(b1, b1, q1);
      q0 = madd(c0, c0, q0); q1 = madd(c1, c1, q1); q0 = madd(e0, e0, q0); q1 = madd(e1, e1, q1);
    }
    for (let j = blocked; j < d; j++) {
      let a0 = f32x4.splat(0), a1 = a0;
      const end = scratch + (usize(j + 1) << 5);
      for (let at = scratch; at < end; at += 32, p += 4) {
        const s = v128.load32_splat(p);
        a0 = madd(v128.load(at), s, a0); a1 = madd(v128.load(at, 16), s, a1);
      }
      v128.store(out, a0); v128.store(out, a1, 16); out += stride;
      q0 = madd(a0, a0, q0); q1 = madd(a1, a1, q1);
    }
    const slope = f32x4.splat(-rate);
    v128.store(logit + row, madd(q0, slope, offset)); v128.store(logit + row, madd(q1, slope, offset), 16);
  }
}

/** The logit offset − rate Σ_j ((x_j − μ_j) w_j)². */
function whitenDiagonal(x: usize, c: i32, logit: usize, offset: v128): void {
  const mean = means + (usize(c * d) << 2);
  const w = whitening + usize(c) * whiteningStep;
  for (let row: usize = 0; row < stride; row += 32) {
    let q0 = f32x4.splat(0), q1 = q0;
    let at = x + row;
    for (let j: usize = 0; j < usize(d) << 2; j += 4, at += stride) {
      const m = v128.load32_splat(mean + j), s = v128.load32_splat(w + j);
      const z0 = f32x4.mul(f32x4.sub(v128.load(at), m), s);
      const z1 = f32x4.mul(f32x4.sub(v128.load(at, 16), m), s);
      q0 = madd(z0, z0, q0); q1 = madd(z1, z1, q1);
    }
    const slope = f32x4.splat(-rate);
    v128.store(logit + row, madd(q0, slope, offset)); v128.store(logit + row, madd(q1, slope, offset), 16);
  }
}

/** From logits to the plan v · r in place; adds v (log Σ exp logit − centre) to the objective. */
function transport(v: usize): void {
  let objective = f32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 16) {
    const last = plan + usize(k) * stride + row;
    let largest = v128.load(plan + row);
    for (let at = plan + stride + row; at < last; at += stride) largest = f32x4.max(largest, v128.load(at));
    const weight = v128.load(v + row);
    let logSum = largest;
    if (hard) assign(row, last, largest, weight);
    else {
      let sum = f32x4.splat(0);
      for (let at = plan + row; at < last; at += stride) {
        const e = exp(f32x4.sub(v128.load(at), largest));
        v128.store(at, e);
        sum = f32x4.add(sum, e);
      }
      logSum = f32x4.add(largest, log(sum));
      const inverse = f32x4.div(f32x4.splat(1), sum);
      if (kept) {
        for (let at = plan + row; at < last; at += stride) v128.store(at - plan + kept, f32x4.mul(v128.load(at), inverse));
      }
      const scale = f32x4.mul(weight, inverse);
      for (let at = plan + row; at < last; at += stride) v128.store(at, f32x4.mul(v128.load(at), scale));
    }
    objective = madd(weight, f32x4.sub(logSum, f32x4.splat(centre)), objective);
  }
  v128.store(sums, f32x4.add(v128.load(sums), objective));
}

/** Hard assignment: all of a row's weight to the first component that has the largest logit. */
function assign(row: usize, last: usize, largest: v128, weight: v128): void {
  let left = i32x4.splat(-1);
  for (let at = plan + row; at < last; at += stride) {
    const here = v128.and(f32x4.eq(v128.load(at), largest), left);
    left = v128.andnot(left, here);
    v128.store(at, v128.and(here, weight));
    if (kept) v128.store(at - plan + kept, v128.and(here, f32x4.splat(1)));
  }
}

/** Adds a component's column of the plan to its mass; false where no row of the tile has any of it. */
function accumulateMass(c: i32): bool {
  const p = plan + usize(c) * stride;
  let mass = f32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 16) mass = f32x4.add(mass, v128.load(p + row));
  const at = sums + (usize(1 + c) << 4);
  v128.store(at, f32x4.add(v128.load(at), mass));
  return v128.any_true(f32x4.ne(mass, f32x4.splat(0)));
}

/** Σ p z and Σ p z zᵀ. */
function accumulateMatrix(x: usize, c: i32): void {
  const p = plan + usize(c) * stride;
  const z = whitened + usize(c) * whitenedStep;
  if (!whitenedStep && k > 1) whitenMatrix(x, c, weighted, f32x4.splat(0)); // its logits are overwritten below
  let first = sums + (usize(1 + k + c * d) << 4);
  for (let j: usize = 0; j < usize(d) * stride; j += stride, first += 16) {
    let f0 = v128.load(first), f1 = f32x4.splat(0);
    for (let row: usize = 0; row < stride; row += 32) {
      const a = f32x4.mul(v128.load(p + row), v128.load(z + j + row));
      const b = f32x4.mul(v128.load(p + row, 16), v128.load(z + j + row, 16));
      v128.store(weighted + j + row, a); v128.store(weighted + j + row, b, 16);
      f0 = f32x4.add(f0, a); f1 = f32x4.add(f1, b);
    }
    v128.store(first, f32x4.add(f0, f1));
  }
  scatter(weighted, z, sumsSecond + usize(c) * sumsSecondStep, d);
}

/**
 * acc_jl += Σ_rows u_j v_l for l ≤ j, u and v `[size, b]`. Sums lie in the order they are computed: by blocks of four j
 * and pairs of l ≤ j + 3 the eight of (j, l), (j, l+1), (j+1, l) …; what is left over of size row by row, l = 0 … j.
 */
function scatter(u: usize, v: usize, acc: usize, size: i32): void {
  const blocked = size & ~3;
  for (let j = 0; j < blocked; j += 4) {
    const base = u + usize(j) * stride;
    for (let l = 0; l < j + 2; l += 2) {
      let a0 = v128.load(acc), a1 = v128.load(acc, 16), b0 = v128.load(acc, 32), b1 = v128.load(acc, 48);
      let c0 = v128.load(acc, 64), c1 = v128.load(acc, 80), e0 = v128.load(acc, 96), e1 = v128.load(acc, 112);
      let f0 = base, f1 = base + stride, f2 = f1 + stride, f3 = f2 + stride;
      let g0 = v + usize(l) * stride, g1 = g0 + stride;
      const end = g0 + stride;
      while (g0 < end) {
        const y0 = v128.load(g0), y1 = v128.load(g1);
        let s = v128.load(f0);
        a0 = madd(y0, s, a0); a1 = madd(y1, s, a1);
        s = v128.load(f1);
        b0 = madd(y0, s, b0); b1 = madd(y1, s, b1);
        s = v128.load(f2);
        c0 = madd(y0, s, c0); c1 = madd(y1, s, c1);
        s = v128.load(f3);
        e0 = madd(y0, s, e0); e1 = madd(y1, s, e1);
        f0 += 16; f1 += 16; f2 += 16; f3 += 16; g0 += 16; g1 += 16;
      }
      v128.store(acc, a0); v128.store(acc, a1, 16); v128.store(acc, b0, 32); v128.store(acc, b1, 48);
      v128.store(acc, c0, 64); v128.store(acc, c1, 80); v128.store(acc, e0, 96); v128.store(acc, e1, 112);
      acc += 128;
    }
    scatterCorner(base + 2 * stride, v + usize(j + 2) * stride, acc + 64);
    acc += 128;
  }
  for (let j = blocked; j < size; j++) {
    const base = u + usize(j) * stride;
    for (let l = 0; l <= j; l++, acc += 16) {
      const other = v + usize(l) * stride;
      let a0 = v128.load(acc), a1 = f32x4.splat(0);
      for (let row: usize = 0; row < stride; row += 32) {
        a0 = madd(v128.load(base + row), v128.load(other + row), a0);
        a1 = madd(v128.load(base + row, 16), v128.load(other + row, 16), a1);
      }
      v128.store(acc, f32x4.add(a0, a1));
    }
  }
}

/** The last two j of a block of four with the last pair of l; for the first two it is above the diagonal. */
function scatterCorner(f0: usize, g0: usize, acc: usize): void {
  let a0 = v128.load(acc), a1 = v128.load(acc, 16), b0 = v128.load(acc, 32), b1 = v128.load(acc, 48);
  for (const end = g0 + stride; g0 < end; g0 += 16, f0 += 16) {
    const y0 = v128.load(g0), y1 = v128.load(g0 + stride);
    const s = v128.load(f0), t = v128.load(f0 + stride);
    a0 = madd(y0, s, a0); a1 = madd(y1, s, a1);
    b0 = madd(y0, t, b0); b1 = madd(y1, t, b1);
  }
  v128.store(acc, a0); v128.store(acc, a1, 16); v128.store(acc, b0, 32); v128.store(acc, b1, 48);
}

/** Σ p z and Σ p z², column by column. */
function accumulateDiagonal(x: usize, c: i32): void {
  const p = plan + usize(c) * stride;
  const mean = means + (usize(c * d) << 2);
  const w = whitening + usize(c) * whiteningStep;
  let first = sums + (usize(1 + k + c * d) << 4);
  let second = sumsSecond + usize(c) * sumsSecondStep;
  let column = x;
  for (let j: usize = 0; j < usize(d) << 2; j += 4, column += stride, first += 16, second += 16) {
    const m = v128.load32_splat(mean + j), s = v128.load32_splat(w + j);
    let f0 = v128.load(first), s0 = v128.load(second), f1 = f32x4.splat(0), s1 = f1;
    for (let row: usize = 0; row < stride; row += 32) {
      const z0 = f32x4.mul(f32x4.sub(v128.load(column + row), m), s);
      const z1 = f32x4.mul(f32x4.sub(v128.load(column + row, 16), m), s);
      const p0 = f32x4.mul(v128.load(p + row), z0);
      const p1 = f32x4.mul(v128.load(p + row, 16), z1);
      f0 = f32x4.add(f0, p0); f1 = f32x4.add(f1, p1);
      s0 = madd(p0, z0, s0); s1 = madd(p1, z1, s1);
    }
    v128.store(first, f32x4.add(f0, f1));
    v128.store(second, f32x4.add(s0, s1));
  }
}
