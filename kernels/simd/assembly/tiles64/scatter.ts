// Sums of products of columns: 4 × 2 columns × 2 rows in registers.

import { multiplyAdd } from '../exp2';
import { column } from './state';

/**
 * acc_jl += Σ_rows u_j v_l for l ≤ j, of `length` bytes of columns of u and v `[size, b]`. Sums lie in the order they are
 * computed, which `addScatter` knows: by blocks of four j and pairs of l ≤ j + 3 the eight of (j, l), (j, l+1), (j+1, l) …;
 * what is left over of size row by row, l = 0 … j.
 */
export function scatter64(u: usize, v: usize, acc: usize, size: i32, length: usize): void {
  const blocked = size & ~3;
  for (let j = 0; j < blocked; j += 4, u += 4 * column) {
    for (let l = 0; l < j + 2; l += 2, acc += 128) {
      let a0 = v128.load(acc), a1 = v128.load(acc, 16), b0 = v128.load(acc, 32), b1 = v128.load(acc, 48);
      let c0 = v128.load(acc, 64), c1 = v128.load(acc, 80), e0 = v128.load(acc, 96), e1 = v128.load(acc, 112);
      let f0 = u, f1 = f0 + column, f2 = f1 + column, f3 = f2 + column;
      let g0 = v + usize(l) * column, g1 = g0 + column;
      for (const end = g0 + length; g0 < end; ) {
        const y0 = v128.load(g0), y1 = v128.load(g1);
        let s = v128.load(f0);
        a0 = multiplyAdd<f64>(y0, s, a0); a1 = multiplyAdd<f64>(y1, s, a1);
        s = v128.load(f1);
        b0 = multiplyAdd<f64>(y0, s, b0); b1 = multiplyAdd<f64>(y1, s, b1);
        s = v128.load(f2);
        c0 = multiplyAdd<f64>(y0, s, c0); c1 = multiplyAdd<f64>(y1, s, c1);
        s = v128.load(f3);
        e0 = multiplyAdd<f64>(y0, s, e0); e1 = multiplyAdd<f64>(y1, s, e1);
        f0 += 16; f1 += 16; f2 += 16; f3 += 16; g0 += 16; g1 += 16;
      }
      v128.store(acc, a0); v128.store(acc, a1, 16); v128.store(acc, b0, 32); v128.store(acc, b1, 48);
      v128.store(acc, c0, 64); v128.store(acc, c1, 80); v128.store(acc, e0, 96); v128.store(acc, e1, 112);
    }
    scatterCorner(u + 2 * column, v + usize(j + 2) * column, acc + 64, length);
    acc += 128;
  }
  for (let j = blocked; j < size; j++, u += column) {
    for (let l: usize = 0; l <= usize(j); l++, acc += 16) {
      const other = v + l * column;
      let a0 = v128.load(acc), a1 = f64x2.splat(0);
      for (let row: usize = 0; row < length; row += 32) {
        a0 = multiplyAdd<f64>(v128.load(u + row), v128.load(other + row), a0);
        a1 = multiplyAdd<f64>(v128.load(u + row, 16), v128.load(other + row, 16), a1);
      }
      v128.store(acc, f64x2.add(a0, a1));
    }
  }
}

/** The last two j of a block of four with the last pair of l; for the first two it is above the diagonal. */
function scatterCorner(u: usize, v: usize, acc: usize, length: usize): void {
  let a0 = v128.load(acc), a1 = v128.load(acc, 16), b0 = v128.load(acc, 32), b1 = v128.load(acc, 48);
  for (const end = v + length; v < end; v += 16, u += 16) {
    const y0 = v128.load(v), y1 = v128.load(v + column);
    const s = v128.load(u), t = v128.load(u + column);
    a0 = multiplyAdd<f64>(y0, s, a0); a1 = multiplyAdd<f64>(y1, s, a1);
    b0 = multiplyAdd<f64>(y0, t, b0); b1 = multiplyAdd<f64>(y1, t, b1);
  }
  v128.store(acc, a0); v128.store(acc, a1, 16); v128.store(acc, b0, 32); v128.store(acc, b1, 48);
}
