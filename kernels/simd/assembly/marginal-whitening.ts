// From rows to whitened differences, of the columns that are there. With Q = W Wᵀ the precision, m the missing columns and
// Q_mm = L Lᵀ, the rows of Y = L⁻¹ W_m are orthonormal. Whitened differences of completed rows are z = (1 − Yᵀ Y) z', where z'
// has 0 for what is missing.

import { multiplyAdd } from './exp2';
import { log64 } from './log64';
import { addTimes, k, most, product, scale, scratch, step, x } from './marginal-state';

/** Writes columns `first` … of the rows, 0 where they are missing, as rows `[rows, width]`. */
export function present64(rows: i32, first: i32, d: i32, width: i32, into: usize): void {
  let from = x + (usize(first) << 3);
  for (let row = 0; row < rows; row++, from += step, into += usize(width) << 3) {
    for (let j: usize = 0; j < usize(d) << 3; j += 8) {
      const value = f64.load(from + j);
      f64.store(into + j, value == value ? value : 0);
    }
  }
}

/** z `[k, most, width]` = (y − μ_k) W_k of rows y; the factors are packed by `packExactFactor`, `bytes` from one to the next. */
export function shear64(rows: i32, y: usize, width: i32, means: usize, factors: usize, bytes: usize, z: usize): void {
  const own = usize(width) << 3;
  for (let c = 0; c < k; c++, means += own, factors += bytes, z += most * own) {
    for (let row: usize = 0; row < usize(rows); row += 4) {
      differences(y + row * own, means, own);
      fourRows(factors, own, z + row * own);
    }
  }
}

/** The same with a factor for each column, `[k, width]`. */
export function stretch64(rows: i32, y: usize, width: i32, means: usize, factors: usize, z: usize): void {
  const own = usize(width) << 3;
  for (let c = 0; c < k; c++, means += own, factors += own, z += most * own) {
    for (let row: usize = 0; row < usize(rows); row++) {
      const from = y + row * own, into = z + row * own;
      for (let j: usize = 0; j < own; j += 16) {
        v128.store(into + j, f64x2.mul(f64x2.sub(v128.load(from + j), v128.load(means + j)), v128.load(factors + j)));
      }
    }
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function differences(y: usize, mean: usize, own: usize): void {
  for (let row: usize = 0; row < 4; row++, y += own) {
    const into = scratch + row * own;
    for (let j: usize = 0; j < own; j += 16) v128.store(into + j, f64x2.sub(v128.load(y + j), v128.load(mean + j)));
  }
}

function fourRows(p: usize, own: usize, z: usize): void {
  const r0 = scratch, r1 = r0 + own, r2 = r1 + own, r3 = r2 + own;
  for (let block: usize = 0; block < own; block += 32) {
    let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
    for (let i: usize = 0; i < block + 32; i += 8, p += 32) {
      const w0 = v128.load(p), w1 = v128.load(p, 16);
      let v = v128.load64_splat(r0 + i);
      a0 = multiplyAdd<f64>(w0, v, a0); a1 = multiplyAdd<f64>(w1, v, a1);
      v = v128.load64_splat(r1 + i);
      b0 = multiplyAdd<f64>(w0, v, b0); b1 = multiplyAdd<f64>(w1, v, b1);
      v = v128.load64_splat(r2 + i);
      c0 = multiplyAdd<f64>(w0, v, c0); c1 = multiplyAdd<f64>(w1, v, c1);
      v = v128.load64_splat(r3 + i);
      e0 = multiplyAdd<f64>(w0, v, e0); e1 = multiplyAdd<f64>(w1, v, e1);
    }
    let at = z + block;
    v128.store(at, a0); v128.store(at, a1, 16);
    at += own;
    v128.store(at, b0); v128.store(at, b1, 16);
    at += own;
    v128.store(at, c0); v128.store(at, c1, 16);
    at += own;
    v128.store(at, e0); v128.store(at, e1, 16);
  }
}

/** Y `[count, width]` of factors one after the other, for missing columns, ascending int32 `[count]`; and log |L| of each. */
export function complete64(
  factorCount: i32, width: i32, factors: usize, bytes: usize, count: i32, columns: usize, y: usize, logarithms: usize,
): void {
  const own = usize(width) << 3;
  for (let c = 0; c < factorCount; c++, factors += bytes, y += usize(count) * own, logarithms += 8) {
    for (let p: usize = 0; p < usize(count); p++) copyRow(factors, usize(i32.load(columns + (p << 2))), own, y + p * own);
    f64.store(logarithms, orthonormalize(usize(count), own, y));
  }
}

/** Row j of a packed factor. */
function copyRow(factor: usize, j: usize, own: usize, into: usize): void {
  for (let block: usize = 0; block < own; block += 32, into += 32) {
    const i = j << 3;
    if (i >= block + 32) { v128.store(into, f64x2.splat(0)); v128.store(into, f64x2.splat(0), 16); }
    else { v128.store(into, v128.load(factor + (i << 2))); v128.store(into, v128.load(factor + (i << 2), 16), 16); }
    factor += (block + 32) << 2;
  }
}

/** Turns rows R into L⁻¹ R with R Rᵀ = L Lᵀ, by modified Gram–Schmidt; returns log |L|. */
function orthonormalize(count: usize, own: usize, y: usize): f64 {
  let logarithm: f64 = 0;
  for (let end = y + count * own, row = y; row < end; row += own) {
    for (let other = y; other < row; other += own) addTimes(-product(row, other, own), other, row, own);
    const pivot = Math.sqrt(product(row, row, own));
    logarithm += log64(pivot);
    scale(1 / pivot, row, own);
  }
  return logarithm;
}

/** z ← (1 − Yᵀ Y) z; Y is 0 before column `from`, and the next component's lies `bytes` farther. */
export function project64(rows: i32, width: i32, z: usize, y: usize, bytes: usize, count: i32, from: i32): void {
  const own = usize(width) << 3, start = usize(from) << 3, length = own - start;
  for (let c = 0; c < k; c++, z += most * own, y += bytes) {
    for (let row: usize = 0; row < usize(rows); row++) {
      const at = z + row * own + start;
      for (let p: usize = 0; p < usize(count); p++) {
        const direction = y + p * own + start;
        addTimes(-product(direction, at, length), direction, at, length);
      }
    }
  }
}
