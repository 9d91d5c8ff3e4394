// Squared distances where differences are not whitened by matrices: 4 components × 4 rows in registers.

import { multiplyAdd } from '../exp2';
import { column, k } from './state';

/** Adds slope_k ‖x − μ_k‖² to what is at `into` `[k, b]`. */
export function addBalls64(x: usize, d: i32, means: usize, slopes: usize, into: usize): void {
  distances(x, d, means, means, slopes, into, false);
}

/** The same of differences that are scaled by a factor for each column, `[k, d]`. */
export function addEllipses64(x: usize, d: i32, means: usize, factors: usize, slopes: usize, into: usize): void {
  distances(x, d, means, factors, slopes, into, true);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function difference(x: v128, mean: v128, factor: usize, scaled: bool): v128 {
  const difference = f64x2.sub(x, mean);
  return scaled ? f64x2.mul(difference, v128.load64_splat(factor)) : difference;
}

// @ts-ignore
@inline
function add(at: usize, slope: usize, q0: v128, q1: v128): void {
  const rate = v128.load64_splat(slope);
  v128.store(at, multiplyAdd<f64>(q0, rate, v128.load(at)));
  v128.store(at, multiplyAdd<f64>(q1, rate, v128.load(at, 16)), 16);
}

// @ts-ignore
@inline
function distances(x: usize, d: i32, means: usize, factors: usize, slopes: usize, into: usize, scaled: bool): void {
  const own = usize(d) << 3, blocked = k & ~3;
  for (let c = 0; c < blocked; c += 4) {
    for (let row: usize = 0; row < column; row += 32) {
      let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
      let at = x + row, w = factors;
      for (let m = means, end = means + own; m < end; m += 8, w += 8, at += column) {
        const u = v128.load(at), v = v128.load(at, 16);
        let mean = v128.load64_splat(m);
        let y = difference(u, mean, w, scaled), z = difference(v, mean, w, scaled);
        a0 = multiplyAdd<f64>(y, y, a0); a1 = multiplyAdd<f64>(z, z, a1);
        mean = v128.load64_splat(m + own);
        y = difference(u, mean, w + own, scaled); z = difference(v, mean, w + own, scaled);
        b0 = multiplyAdd<f64>(y, y, b0); b1 = multiplyAdd<f64>(z, z, b1);
        mean = v128.load64_splat(m + 2 * own);
        y = difference(u, mean, w + 2 * own, scaled); z = difference(v, mean, w + 2 * own, scaled);
        c0 = multiplyAdd<f64>(y, y, c0); c1 = multiplyAdd<f64>(z, z, c1);
        mean = v128.load64_splat(m + 3 * own);
        y = difference(u, mean, w + 3 * own, scaled); z = difference(v, mean, w + 3 * own, scaled);
        e0 = multiplyAdd<f64>(y, y, e0); e1 = multiplyAdd<f64>(z, z, e1);
      }
      let to = into + row;
      add(to, slopes, a0, a1); to += column;
      add(to, slopes + 8, b0, b1); to += column;
      add(to, slopes + 16, c0, c1); to += column;
      add(to, slopes + 24, e0, e1);
    }
    means += 4 * own; factors += 4 * own; slopes += 32; into += 4 * column;
  }
  for (let c = blocked; c < k; c++, means += own, factors += own, slopes += 8, into += column) {
    for (let row: usize = 0; row < column; row += 32) {
      let a0 = f64x2.splat(0), a1 = a0;
      let at = x + row, w = factors;
      for (let m = means, end = means + own; m < end; m += 8, w += 8, at += column) {
        const mean = v128.load64_splat(m);
        const y = difference(v128.load(at), mean, w, scaled), z = difference(v128.load(at, 16), mean, w, scaled);
        a0 = multiplyAdd<f64>(y, y, a0); a1 = multiplyAdd<f64>(z, z, a1);
      }
      add(into + row, slopes, a0, a1);
    }
  }
}

/** Adds rate times numbers `[k, b]` to the logits. */
export function addTimes64(numbers: usize, rate: f64, into: usize): void {
  const factor = f64x2.splat(rate);
  for (const end = into + usize(k) * column; into < end; into += 32, numbers += 32) {
    v128.store(into, multiplyAdd<f64>(factor, v128.load(numbers), v128.load(into)));
    v128.store(into, multiplyAdd<f64>(factor, v128.load(numbers, 16), v128.load(into, 16)), 16);
  }
}
