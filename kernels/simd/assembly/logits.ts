// From rows to logits. Where differences are not whitened by matrices: 4 components × 8 rows in registers.

import { madd } from './arithmetic';
import { addLinearLogits, hasLinear } from './linear';
import { hasRadial, radialLogits } from './radial';
import {
  BALL, d, DIAGONAL, k, means, MATRIX, NONE, offsets, origin, path, plan, SHARED, slopes, squareRate, squares, stride, whitened, whitenedStep, whitening, whiteningStep,
} from './state';
import { logitsOfMatrix, whitenMatrix } from './whiten';

/** Logits of a tile x `[d, b]` into `plan`, and whitened differences where they are kept. */
export function logits(x: usize): void {
  if (path != MATRIX) logitsAlone(x);
  else {
    for (let c = 0; c < k; c++) whitenComponent(x, c, whitened + usize(c) * whitenedStep, plan + usize(c) * stride);
    addTerms(x);
  }
}

/** The logits alone. */
export function logitsAlone(x: usize): void {
  if (path == MATRIX) matrixLogits(x);
  else if (path == DIAGONAL) diagonalLogits(x);
  else if (path == SHARED) {
    whitenMatrix(x, origin, whitening, whitened, plan, f32x4.splat(0)); // these logits are overwritten
    ballLogits(whitened);
  } else if (path == NONE) constantLogits();
  else ballLogits(x);
  addTerms(x);
}

/** From what the quadratic term gives to logits. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function addTerms(x: usize): void {
  if (hasRadial()) radialLogits();
  if (hasLinear()) addLinearLogits(x);
}

/** Logits offset − squareRate ‖(x − μ) W‖². */
function matrixLogits(x: usize): void {
  const slope = f32x4.splat(-squareRate);
  for (let c = 0; c < k; c++) {
    const mean = means + (usize(c * d) << 2), factor = whitening + usize(c) * whiteningStep;
    const offset = v128.load32_splat(offsets + (usize(c) << 2));
    logitsOfMatrix(x, mean, factor, plan + usize(c) * stride, offset, slope, d);
  }
}

/** Logits that are the same for all rows. */
function constantLogits(): void {
  for (let c: usize = 0; c < usize(k); c++) {
    const offset = v128.load32_splat(offsets + (c << 2)), last = plan + (c + 1) * stride;
    for (let at = last - stride; at < last; at += 16) v128.store(at, offset);
  }
}

/** What component c makes of x: z `[d, b]`, logits `[b]`. */
export function whitenComponent(x: usize, c: i32, z: usize, logit: usize): void {
  const offset = v128.load32_splat(offsets + (usize(c) << 2));
  whitenMatrix(x, means + (usize(c * d) << 2), whitening + usize(c) * whiteningStep, z, logit, offset);
}

/** Logits offset + slope ‖x − μ‖². */
function ballLogits(x: usize): void {
  let c = 0;
  for (; c + 4 <= k; c += 4) fourDistances(x, c, false);
  for (; c < k; c++) oneDistance(x, c, false);
}

/** Logits offset − squareRate Σ_j ((x_j − μ_j) w_j)². */
function diagonalLogits(x: usize): void {
  let c = 0;
  for (; c + 4 <= k; c += 4) fourDistances(x, c, true);
  for (; c < k; c++) oneDistance(x, c, true);
}

// @ts-ignore
@inline
function fourDistances(x: usize, c: i32, scaled: bool): void {
  const step = usize(d) << 2;
  const m0 = means + usize(c) * step, m1 = m0 + step, m2 = m1 + step, m3 = m2 + step;
  const w0 = whitening + usize(c) * step, w1 = w0 + step, w2 = w1 + step, w3 = w2 + step;
  for (let row: usize = 0; row < stride; row += 32) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, e0 = a0, e1 = a0, g0 = a0, g1 = a0;
    let at = x + row;
    for (let j: usize = 0; j < step; j += 4, at += stride) {
      const u = v128.load(at), v = v128.load(at, 16);
      let m = v128.load32_splat(m0 + j), s = scaled ? v128.load32_splat(w0 + j) : m;
      let z = difference(u, m, s, scaled);
      a0 = madd(z, z, a0);
      z = difference(v, m, s, scaled);
      a1 = madd(z, z, a1);
      m = v128.load32_splat(m1 + j); s = scaled ? v128.load32_splat(w1 + j) : m;
      z = difference(u, m, s, scaled);
      b0 = madd(z, z, b0);
      z = difference(v, m, s, scaled);
      b1 = madd(z, z, b1);
      m = v128.load32_splat(m2 + j); s = scaled ? v128.load32_splat(w2 + j) : m;
      z = difference(u, m, s, scaled);
      e0 = madd(z, z, e0);
      z = difference(v, m, s, scaled);
      e1 = madd(z, z, e1);
      m = v128.load32_splat(m3 + j); s = scaled ? v128.load32_splat(w3 + j) : m;
      z = difference(u, m, s, scaled);
      g0 = madd(z, z, g0);
      z = difference(v, m, s, scaled);
      g1 = madd(z, z, g1);
    }
    store(c, row, a0, a1); store(c + 1, row, b0, b1); store(c + 2, row, e0, e1); store(c + 3, row, g0, g1);
  }
}

// @ts-ignore
@inline
function oneDistance(x: usize, c: i32, scaled: bool): void {
  const step = usize(d) << 2;
  const mean = means + usize(c) * step, w = whitening + usize(c) * step;
  for (let row: usize = 0; row < stride; row += 32) {
    let a0 = f32x4.splat(0), a1 = a0;
    let at = x + row;
    for (let j: usize = 0; j < step; j += 4, at += stride) {
      const m = v128.load32_splat(mean + j), s = scaled ? v128.load32_splat(w + j) : m;
      let z = difference(v128.load(at), m, s, scaled);
      a0 = madd(z, z, a0);
      z = difference(v128.load(at, 16), m, s, scaled);
      a1 = madd(z, z, a1);
    }
    store(c, row, a0, a1);
  }
}

// @ts-ignore
@inline
function difference(x: v128, mean: v128, scale: v128, scaled: bool): v128 {
  return scaled ? f32x4.mul(f32x4.sub(x, mean), scale) : f32x4.sub(x, mean);
}

/** Squared distances of 8 rows to component c, as logits. */
// @ts-ignore
@inline
function store(c: i32, row: usize, q0: v128, q1: v128): void {
  const at = usize(c) * stride + row;
  if (path == BALL) {
    v128.store(squares + at, q0); v128.store(squares + at, q1, 16);
  }
  const slope = path == DIAGONAL ? f32x4.splat(-squareRate) : v128.load32_splat(slopes + (usize(c) << 2));
  const offset = v128.load32_splat(offsets + (usize(c) << 2));
  v128.store(plan + at, madd(q0, slope, offset)); v128.store(plan + at, madd(q1, slope, offset), 16);
}
