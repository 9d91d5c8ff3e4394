// Sums of the plan against whitened rows: 4 × 2 coordinates × 4 rows in registers.

import { madd } from './arithmetic';
import { d, k, means, plan, stride, sums, sumsSecond, sumsSecondStep, weighted, whitened, whitenedStep, whitening, whiteningStep } from './state';
import { whitenMatrix } from './whiten';

/** Adds a component's column of the plan to its mass; false where no row of the tile has any of it. */
export function accumulateMass(c: i32): bool {
  const p = plan + usize(c) * stride;
  let mass = f32x4.splat(0);
  for (let row: usize = 0; row < stride; row += 16) mass = f32x4.add(mass, v128.load(p + row));
  const at = sums + (usize(1 + c) << 4);
  v128.store(at, f32x4.add(v128.load(at), mass));
  return v128.any_true(f32x4.ne(mass, f32x4.splat(0)));
}

/** Σ p z and Σ p z zᵀ. */
export function accumulateMatrix(x: usize, c: i32): void {
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
export function scatter(u: usize, v: usize, acc: usize, size: i32): void {
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
export function accumulateDiagonal(x: usize, c: i32): void {
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
