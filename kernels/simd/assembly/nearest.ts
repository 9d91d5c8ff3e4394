// Distances to centres, for seeding: columns measured in 1/metric. Beside a sweep's they are few components at a time, and
// nothing is made of them but weighted sums.

import { madd, total } from './arithmetic';
import { d, stride } from './state';

/**
 * Adds Σ v min(nearest, squared distance) of a tile x `[d, b]` and each of `count` centres `[count, d]` to sums, float64, and
 * the same to `joined` as `keepNearest` would sum it.
 */
export function potentials(
  x: usize, v: usize, nearest: usize, centres: usize, count: i32, metric: usize, sums: usize, joined: usize,
): void {
  const step = usize(d) << 2;
  let centre = centres, sum = sums, join = joined;
  for (let left = count; left > 0; left -= 4, centre += 4 * step, sum += 32, join += 32) {
    if (left >= 4) fourPotentials(x, v, nearest, centre, metric, sum, join);
    else
      for (let c: usize = 0; c < usize(left); c++) {
        const more = onePotential(x, v, nearest, centre + c * step, metric, false);
        add(sum + (c << 3), more);
        add(join + (c << 3), more);
      }
  }
}

/** The same of one centre; what is nearer becomes `nearest`. */
export function keepNearest(x: usize, v: usize, nearest: usize, centre: usize, metric: usize, sum: usize): void {
  add(sum, onePotential(x, v, nearest, centre, metric, true));
}

/** 4 centres × 8 rows in registers. */
function fourPotentials(x: usize, v: usize, nearest: usize, centres: usize, metric: usize, sums: usize, joined: usize): void {
  const step = usize(d) << 2;
  let j0 = f32x4.splat(0), j1 = j0, j2 = j0, j3 = j0, j4 = j0, j5 = j0, j6 = j0, j7 = j0;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let row: usize = 0; row < stride; row += 32) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
    let at = x + row;
    for (let j: usize = 0; j < step; j += 4, at += stride) {
      const u = v128.load(at), w = v128.load(at, 16), unit = v128.load32_splat(metric + j);
      let centre = v128.load32_splat(centres + j);
      let z = f32x4.mul(f32x4.sub(u, centre), unit);
      a0 = madd(z, z, a0);
      z = f32x4.mul(f32x4.sub(w, centre), unit);
      a1 = madd(z, z, a1);
      centre = v128.load32_splat(centres + step + j);
      z = f32x4.mul(f32x4.sub(u, centre), unit);
      b0 = madd(z, z, b0);
      z = f32x4.mul(f32x4.sub(w, centre), unit);
      b1 = madd(z, z, b1);
      centre = v128.load32_splat(centres + 2 * step + j);
      z = f32x4.mul(f32x4.sub(u, centre), unit);
      c0 = madd(z, z, c0);
      z = f32x4.mul(f32x4.sub(w, centre), unit);
      c1 = madd(z, z, c1);
      centre = v128.load32_splat(centres + 3 * step + j);
      z = f32x4.mul(f32x4.sub(u, centre), unit);
      e0 = madd(z, z, e0);
      z = f32x4.mul(f32x4.sub(w, centre), unit);
      e1 = madd(z, z, e1);
    }
    const near0 = v128.load(nearest + row), near1 = v128.load(nearest + row, 16);
    const v0 = v128.load(v + row), v1 = v128.load(v + row, 16);
    a0 = f32x4.pmin(near0, a0); a1 = f32x4.pmin(near1, a1); b0 = f32x4.pmin(near0, b0); b1 = f32x4.pmin(near1, b1);
    c0 = f32x4.pmin(near0, c0); c1 = f32x4.pmin(near1, c1); e0 = f32x4.pmin(near0, e0); e1 = f32x4.pmin(near1, e1);
    s0 = madd(a1, v1, madd(a0, v0, s0)); s1 = madd(b1, v1, madd(b0, v0, s1));
    s2 = madd(c1, v1, madd(c0, v0, s2)); s3 = madd(e1, v1, madd(e0, v0, s3));
    j0 = madd(a0, v0, j0); j1 = madd(a1, v1, j1); j2 = madd(b0, v0, j2); j3 = madd(b1, v1, j3);
    j4 = madd(c0, v0, j4); j5 = madd(c1, v1, j5); j6 = madd(e0, v0, j6); j7 = madd(e1, v1, j7);
  }
  add(sums, s0); add(sums + 8, s1); add(sums + 16, s2); add(sums + 24, s3);
  add(joined, f32x4.add(j0, j1)); add(joined + 8, f32x4.add(j2, j3));
  add(joined + 16, f32x4.add(j4, j5)); add(joined + 24, f32x4.add(j6, j7));
}

/** 1 centre × 16 rows in registers. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function onePotential(x: usize, v: usize, nearest: usize, centre: usize, metric: usize, keep: bool): v128 {
  let s0 = f32x4.splat(0), s1 = s0;
  for (let row: usize = 0; row < stride; row += 64) {
    let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0;
    let at = x + row;
    for (let j: usize = 0; j < usize(d) << 2; j += 4, at += stride) {
      const mean = v128.load32_splat(centre + j), unit = v128.load32_splat(metric + j);
      let z = f32x4.mul(f32x4.sub(v128.load(at), mean), unit);
      a0 = madd(z, z, a0);
      z = f32x4.mul(f32x4.sub(v128.load(at, 16), mean), unit);
      a1 = madd(z, z, a1);
      z = f32x4.mul(f32x4.sub(v128.load(at, 32), mean), unit);
      a2 = madd(z, z, a2);
      z = f32x4.mul(f32x4.sub(v128.load(at, 48), mean), unit);
      a3 = madd(z, z, a3);
    }
    const near = nearest + row, w = v + row;
    a0 = f32x4.pmin(v128.load(near), a0); a1 = f32x4.pmin(v128.load(near, 16), a1);
    a2 = f32x4.pmin(v128.load(near, 32), a2); a3 = f32x4.pmin(v128.load(near, 48), a3);
    if (keep) {
      v128.store(near, a0); v128.store(near, a1, 16); v128.store(near, a2, 32); v128.store(near, a3, 48);
    }
    s0 = madd(a0, v128.load(w), s0); s1 = madd(a1, v128.load(w, 16), s1);
    s0 = madd(a2, v128.load(w, 32), s0); s1 = madd(a3, v128.load(w, 48), s1);
  }
  return f32x4.add(s0, s1);
}

// @ts-ignore
@inline
function add(sum: usize, more: v128): void {
  f64.store(sum, f64.load(sum) + total(more));
}
