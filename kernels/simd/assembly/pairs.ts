// Softmins over pairs of points, and averages with their shares, in base 2: the logit of row i and column j is
// o_j + slope · C_ij, C = ‖x_i − y_j‖² or x_i · y_j. In T, float32 or float64. Points lie in tiles of 32 bytes a
// coordinate, `[d, 8]` of float32 and `[d, 4]` of float64; lanes are rows, and four columns are taken at a time. No n × m
// is kept.

import { exp2, multiplyAdd } from './exp2';

/** Bytes of one coordinate of a tile: two vectors. */
// @ts-ignore: decorators are AssemblyScript's
@inline const STEP: usize = 32;

/** What has less than 2⁻⁶⁰ of the largest term is left out. */
// @ts-ignore
@inline const NEAR: f64 = -60;


// @ts-ignore
@inline
function addPair<T>(product: bool, u: v128, c: v128, sum: v128): v128 {
  if (product) return multiplyAdd<T>(u, c, sum);
  const t = v128.sub<T>(u, c);
  return multiplyAdd<T>(t, t, sum);
}

/** Where the four columns of a quad begin: in float32 a tile has two quads. */
// @ts-ignore
@inline
function columnsOf<T>(y: usize, quad: usize, d: usize): usize {
  return sizeof<T>() == 4 ? y + (quad >> 1) * d * STEP + ((quad & 1) << 4) : y + quad * d * STEP;
}

/**
 * Adds a block of columns to the sums Σ_j 2^(logit_ij − m_i) of `tiles` tiles of rows: `largest`, `[rows]`, has m, a whole
 * number no less than any logit so far, and `sums` what was summed. Whole, so that moving a sum to another m does not
 * round it: of sorted points every column may raise m.
 */
// @ts-ignore
@inline
function softmins<T>(product: bool, x: usize, tiles: i32, d: i32, y: usize, offsets: usize, quads: i32, slope: T, largest: usize, sums: usize): void {
  const rate = v128.splat<T>(slope), near = v128.splat<T>(<T>NEAR);
  const size = sizeof<T>(), length = usize(d) * STEP;
  for (let tile: usize = 0; tile < usize(tiles); tile++, x += length, largest += STEP, sums += STEP) {
    let m0 = v128.load(largest), m1 = v128.load(largest, 16);
    let s0 = v128.load(sums), s1 = v128.load(sums, 16);
    for (let quad: usize = 0; quad < usize(quads); quad++) {
      let at = columnsOf<T>(y, quad, usize(d));
      let a0 = v128.splat<T>(<T>0), a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
      for (let k: usize = x; k < x + length; k += STEP, at += STEP) {
        const u = v128.load(k), v = v128.load(k, 16);
        let c = v128.load_splat<T>(at);
        a0 = addPair<T>(product, u, c, a0); b0 = addPair<T>(product, v, c, b0);
        c = v128.load_splat<T>(at + size);
        a1 = addPair<T>(product, u, c, a1); b1 = addPair<T>(product, v, c, b1);
        c = v128.load_splat<T>(at + 2 * size);
        a2 = addPair<T>(product, u, c, a2); b2 = addPair<T>(product, v, c, b2);
        c = v128.load_splat<T>(at + 3 * size);
        a3 = addPair<T>(product, u, c, a3); b3 = addPair<T>(product, v, c, b3);
      }
      const o = offsets + quad * 4 * size;
      let c = v128.load_splat<T>(o);
      a0 = multiplyAdd<T>(rate, a0, c); b0 = multiplyAdd<T>(rate, b0, c);
      c = v128.load_splat<T>(o + size);
      a1 = multiplyAdd<T>(rate, a1, c); b1 = multiplyAdd<T>(rate, b1, c);
      c = v128.load_splat<T>(o + 2 * size);
      a2 = multiplyAdd<T>(rate, a2, c); b2 = multiplyAdd<T>(rate, b2, c);
      c = v128.load_splat<T>(o + 3 * size);
      a3 = multiplyAdd<T>(rate, a3, c); b3 = multiplyAdd<T>(rate, b3, c);
      const n0 = v128.pmax<T>(v128.pmax<T>(a0, a1), v128.pmax<T>(a2, a3));
      const n1 = v128.pmax<T>(v128.pmax<T>(b0, b1), v128.pmax<T>(b2, b3));
      if (!v128.any_true(v128.or(v128.gt<T>(n0, v128.add<T>(m0, near)), v128.gt<T>(n1, v128.add<T>(m1, near))))) continue;
      if (v128.any_true(v128.or(v128.gt<T>(n0, m0), v128.gt<T>(n1, m1)))) {
        const l0 = v128.pmax<T>(m0, v128.ceil<T>(n0)), l1 = v128.pmax<T>(m1, v128.ceil<T>(n1));
        s0 = v128.mul<T>(s0, exp2<T>(v128.sub<T>(m0, l0))); s1 = v128.mul<T>(s1, exp2<T>(v128.sub<T>(m1, l1)));
        m0 = l0; m1 = l1;
      }
      a0 = exp2<T>(v128.sub<T>(a0, m0)); b0 = exp2<T>(v128.sub<T>(b0, m1));
      a1 = exp2<T>(v128.sub<T>(a1, m0)); b1 = exp2<T>(v128.sub<T>(b1, m1));
      a2 = exp2<T>(v128.sub<T>(a2, m0)); b2 = exp2<T>(v128.sub<T>(b2, m1));
      a3 = exp2<T>(v128.sub<T>(a3, m0)); b3 = exp2<T>(v128.sub<T>(b3, m1));
      s0 = v128.add<T>(s0, v128.add<T>(v128.add<T>(a0, a1), v128.add<T>(a2, a3)));
      s1 = v128.add<T>(s1, v128.add<T>(v128.add<T>(b0, b1), v128.add<T>(b2, b3)));
    }
    v128.store(largest, m0); v128.store(largest, m1, 16);
    v128.store(sums, s0); v128.store(sums, s1, 16);
  }
}

export function softmins32(product: bool, x: usize, tiles: i32, d: i32, y: usize, offsets: usize, quads: i32, slope: f32, largest: usize, sums: usize): void {
  if (product) softmins<f32>(true, x, tiles, d, y, offsets, quads, slope, largest, sums);
  else softmins<f32>(false, x, tiles, d, y, offsets, quads, slope, largest, sums);
}

export function softmins64(product: bool, x: usize, tiles: i32, d: i32, y: usize, offsets: usize, quads: i32, slope: f64, largest: usize, sums: usize): void {
  if (product) softmins<f64>(true, x, tiles, d, y, offsets, quads, slope, largest, sums);
  else softmins<f64>(false, x, tiles, d, y, offsets, quads, slope, largest, sums);
}

/**
 * Adds a block of columns to Σ_j q_ij, Σ_j q_ij C_ij and Σ_j q_ij v_j, `[p + 2, 4]` of each tile from `into` on, where
 * q_ij = 2^(logit_ij − logSum_i) and values v are `[columns, p]`.
 */
// @ts-ignore
@inline
function averages(product: bool, x: usize, tiles: i32, d: i32, y: usize, offsets: usize, quads: i32, slope: f64, logSums: usize, values: usize, p: i32, into: usize): void {
  const rate = f64x2.splat(slope), near = f64x2.splat(NEAR);
  const length = usize(d) * STEP, row = usize(p) << 3;
  for (let tile: usize = 0; tile < usize(tiles); tile++, x += length, logSums += STEP, into += usize(p + 2) * STEP) {
    const l0 = v128.load(logSums), l1 = v128.load(logSums, 16);
    let o = offsets, v = values;
    for (let column = 0; column < quads << 2; column++, o += 8, v += row) {
      let at = columnsOf<f64>(y, usize(column >> 2), usize(d)) + (usize(column & 3) << 3);
      let c0 = f64x2.splat(0), c1 = c0;
      for (let k: usize = x; k < x + length; k += STEP, at += STEP) {
        const c = v128.load64_splat(at);
        c0 = addPair<f64>(product, v128.load(k), c, c0); c1 = addPair<f64>(product, v128.load(k, 16), c, c1);
      }
      const offset = v128.load64_splat(o);
      const t0 = f64x2.sub(multiplyAdd<f64>(rate, c0, offset), l0), t1 = f64x2.sub(multiplyAdd<f64>(rate, c1, offset), l1);
      if (!v128.any_true(f64x2.gt(f64x2.pmax(t0, t1), near))) continue;
      const q0 = exp2<f64>(t0), q1 = exp2<f64>(t1);
      v128.store(into, f64x2.add(v128.load(into), q0)); v128.store(into, f64x2.add(v128.load(into, 16), q1), 16);
      v128.store(into, multiplyAdd<f64>(q0, c0, v128.load(into, 32)), 32); v128.store(into, multiplyAdd<f64>(q1, c1, v128.load(into, 48)), 48);
      let sum = into + 2 * STEP;
      for (let from = v; from < v + row; from += 8, sum += STEP) {
        const value = v128.load64_splat(from);
        v128.store(sum, multiplyAdd<f64>(q0, value, v128.load(sum))); v128.store(sum, multiplyAdd<f64>(q1, value, v128.load(sum, 16)), 16);
      }
    }
  }
}

export function averages64(product: bool, x: usize, tiles: i32, d: i32, y: usize, offsets: usize, quads: i32, slope: f64, logSums: usize, values: usize, p: i32, into: usize): void {
  if (product) averages(true, x, tiles, d, y, offsets, quads, slope, logSums, values, p, into);
  else averages(false, x, tiles, d, y, offsets, quads, slope, logSums, values, p, into);
}
