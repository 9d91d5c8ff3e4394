// Sums of products of columns: 4 × 2 columns × 2 rows in registers, or × 4 where rows are float32. Sums are float64 always.

import { multiplyAdd } from '../exp2';
import { weighted } from './state';

/** What registers that sum begin with. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function beginSum<T>(acc: usize): v128 {
  return sizeof<T>() == 8 ? v128.load(acc) : f64x2.splat(0);
}

/** What registers hold, to the sum that they began with. */
// @ts-ignore
@inline
function endSum<T>(acc: usize, sum: v128): void {
  if (sizeof<T>() == 8) v128.store(acc, sum);
  else {
    const high = v128.shuffle<i64>(sum, sum, 1, 0);
    v128.store(acc, f64x2.add(v128.load(acc), f64x2.add(f64x2.promote_low_f32x4(sum), f64x2.promote_low_f32x4(high))));
  }
}

/**
 * acc_jl += Σ_rows u_j v_l for l ≤ j, of `length` bytes, a multiple of 32, of columns of u and v `[size]`, `column` bytes from
 * one to the next. Sums lie in the order they are computed, which `addScatter` knows: by blocks of four j and pairs of l ≤ j + 3
 * the eight of (j, l), (j, l+1), (j+1, l) …; what is left over of size row by row, l = 0 … j.
 */
export function scatter<T>(u: usize, v: usize, acc: usize, size: i32, column: usize, length: usize): void {
  const blocked = size & ~3;
  for (let j = 0; j < blocked; j += 4, u += 4 * column) {
    for (let l = 0; l < j + 2; l += 2, acc += 128) {
      let a0 = beginSum<T>(acc), a1 = beginSum<T>(acc + 16), b0 = beginSum<T>(acc + 32), b1 = beginSum<T>(acc + 48);
      let c0 = beginSum<T>(acc + 64), c1 = beginSum<T>(acc + 80), e0 = beginSum<T>(acc + 96), e1 = beginSum<T>(acc + 112);
      let f0 = u, f1 = f0 + column, f2 = f1 + column, f3 = f2 + column;
      let g0 = v + usize(l) * column, g1 = g0 + column;
      for (const end = g0 + length; g0 < end; ) {
        const y0 = v128.load(g0), y1 = v128.load(g1);
        let s = v128.load(f0);
        a0 = multiplyAdd<T>(y0, s, a0); a1 = multiplyAdd<T>(y1, s, a1);
        s = v128.load(f1);
        b0 = multiplyAdd<T>(y0, s, b0); b1 = multiplyAdd<T>(y1, s, b1);
        s = v128.load(f2);
        c0 = multiplyAdd<T>(y0, s, c0); c1 = multiplyAdd<T>(y1, s, c1);
        s = v128.load(f3);
        e0 = multiplyAdd<T>(y0, s, e0); e1 = multiplyAdd<T>(y1, s, e1);
        f0 += 16; f1 += 16; f2 += 16; f3 += 16; g0 += 16; g1 += 16;
      }
      endSum<T>(acc, a0); endSum<T>(acc + 16, a1); endSum<T>(acc + 32, b0); endSum<T>(acc + 48, b1);
      endSum<T>(acc + 64, c0); endSum<T>(acc + 80, c1); endSum<T>(acc + 96, e0); endSum<T>(acc + 112, e1);
    }
    scatterCorner<T>(u + 2 * column, v + usize(j + 2) * column, acc + 64, column, length);
    acc += 128;
  }
  for (let j = blocked; j < size; j++, u += column) {
    for (let l: usize = 0; l <= usize(j); l++, acc += 16) {
      const other = v + l * column;
      let a0 = beginSum<T>(acc), a1 = f64x2.splat(0);
      for (let row: usize = 0; row < length; row += 32) {
        a0 = multiplyAdd<T>(v128.load(u + row), v128.load(other + row), a0);
        a1 = multiplyAdd<T>(v128.load(u + row, 16), v128.load(other + row, 16), a1);
      }
      endSum<T>(acc, v128.add<T>(a0, a1));
    }
  }
}

/** The last two j of a block of four with the last pair of l; for the first two it is above the diagonal. */
function scatterCorner<T>(u: usize, v: usize, acc: usize, column: usize, length: usize): void {
  let a0 = beginSum<T>(acc), a1 = beginSum<T>(acc + 16), b0 = beginSum<T>(acc + 32), b1 = beginSum<T>(acc + 48);
  for (const end = v + length; v < end; v += 16, u += 16) {
    const y0 = v128.load(v), y1 = v128.load(v + column);
    const s = v128.load(u), t = v128.load(u + column);
    a0 = multiplyAdd<T>(y0, s, a0); a1 = multiplyAdd<T>(y1, s, a1);
    b0 = multiplyAdd<T>(y0, t, b0); b1 = multiplyAdd<T>(y1, t, b1);
  }
  endSum<T>(acc, a0); endSum<T>(acc + 16, a1); endSum<T>(acc + 32, b0); endSum<T>(acc + 48, b1);
}

/** p z to `weighted`, and its sums, of `length` bytes of columns that lie `column` bytes apart in both. */
export function weigh<T>(p: usize, z: usize, d: i32, column: usize, length: usize, first: usize): void {
  const blocked = d & ~1;
  let to = weighted, j = 0;
  for (; j < blocked; j += 2, z += 2 * column, to += 2 * column, first += 32) {
    let a = beginSum<T>(first), b = beginSum<T>(first + 16);
    for (let row: usize = 0; row < length; row += 16) {
      const share = v128.load(p + row);
      const u = v128.mul<T>(share, v128.load(z + row)), w = v128.mul<T>(share, v128.load(z + column + row));
      v128.store(to + row, u); v128.store(to + column + row, w);
      a = v128.add<T>(a, u); b = v128.add<T>(b, w);
    }
    endSum<T>(first, a); endSum<T>(first + 16, b);
  }
  if (j == d) return;
  let sum = beginSum<T>(first);
  for (let row: usize = 0; row < length; row += 16) {
    const u = v128.mul<T>(v128.load(p + row), v128.load(z + row));
    v128.store(to + row, u);
    sum = v128.add<T>(sum, u);
  }
  endSum<T>(first, sum);
}
