// A linear term ⟨t, η_k⟩: dense statistics, 4 components × 4 rows in registers, and columns of levels.

import { multiplyAdd } from '../exp2';
import { column, k, logits, plan } from './state';

/** Adds rate ⟨t, η_k⟩ of dense statistics t `[dense, b]` to the logits; η `[k, dense]`. */
export function addDenseTile64(t: usize, dense: i32, natural: usize, rate: f64): void {
  addProductsOf64(t, dense, natural, k, rate, logits);
}

/** Adds rate ⟨t, η⟩ for so many η, `[count, dense]`, to what is at `into`, `[count, b]`. */
export function addProductsOf64(t: usize, dense: i32, natural: usize, count: i32, rate: f64, into: usize): void {
  const own = usize(dense) << 3, blocked = count & ~3, scale = f64x2.splat(rate);
  for (let c = 0; c < blocked; c += 4, natural += 4 * own, into += 4 * column) {
    for (let row: usize = 0; row < column; row += 32) {
      let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, e0 = a0, e1 = a0;
      let at = t + row;
      for (let eta = natural, end = natural + own; eta < end; eta += 8, at += column) {
        const u = v128.load(at), v = v128.load(at, 16);
        let s = v128.load64_splat(eta);
        a0 = multiplyAdd<f64>(u, s, a0); a1 = multiplyAdd<f64>(v, s, a1);
        s = v128.load64_splat(eta + own);
        b0 = multiplyAdd<f64>(u, s, b0); b1 = multiplyAdd<f64>(v, s, b1);
        s = v128.load64_splat(eta + 2 * own);
        c0 = multiplyAdd<f64>(u, s, c0); c1 = multiplyAdd<f64>(v, s, c1);
        s = v128.load64_splat(eta + 3 * own);
        e0 = multiplyAdd<f64>(u, s, e0); e1 = multiplyAdd<f64>(v, s, e1);
      }
      let to = into + row;
      add(to, scale, a0, a1); to += column;
      add(to, scale, b0, b1); to += column;
      add(to, scale, c0, c1); to += column;
      add(to, scale, e0, e1);
    }
  }
  for (let c = blocked; c < count; c++, natural += own, into += column) {
    for (let row: usize = 0; row < column; row += 32) {
      let a0 = f64x2.splat(0), a1 = a0, at = t + row;
      for (let eta = natural, end = natural + own; eta < end; eta += 8, at += column) {
        const s = v128.load64_splat(eta);
        a0 = multiplyAdd<f64>(v128.load(at), s, a0); a1 = multiplyAdd<f64>(v128.load(at, 16), s, a1);
      }
      add(into + row, scale, a0, a1);
    }
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function add(at: usize, scale: v128, sum0: v128, sum1: v128): void {
  v128.store(at, multiplyAdd<f64>(scale, sum0, v128.load(at)));
  v128.store(at, multiplyAdd<f64>(scale, sum1, v128.load(at, 16)), 16);
}

/** Turns a column of levels `[b]`, −1 for none, into bytes from the first number of a component's, int32 `[b]`. */
export function placeLevels64(levels: usize, into: usize): void {
  for (let row: usize = 0; row < column; row += 8, into += 4) i32.store(into, (i32(f64.load(levels + row)) + 1) << 3);
}

/** Adds rate η of rows' levels: of each component 0 for none, and then η of each level, `step` bytes from one to the next. */
export function addLevelsTile64(places: usize, natural: usize, step: usize, rate: f64): void {
  const scale = f64x2.splat(rate), last = places + (column >> 1);
  let into = logits;
  for (let c = 0; c < k; c++, natural += step) {
    for (let at = places; at < last; at += 8, into += 16) {
      const first = v128.load64_zero(natural + usize(i32.load(at)));
      const both = v128.load_lane<f64>(natural + usize(i32.load(at, 4)), first, 1);
      v128.store(into, multiplyAdd<f64>(scale, both, v128.load(into)));
    }
  }
}

/** Adds Σ_i P_i of rows' levels to sums that lie as η does. */
export function addLevelSumsTile64(places: usize, into: usize, step: usize): void {
  let share = plan;
  const last = places + (column >> 1);
  for (let c = 0; c < k; c++, into += step) {
    for (let at = places; at < last; at += 4, share += 8) {
      const sum = into + usize(i32.load(at));
      f64.store(sum, f64.load(sum) + f64.load(share));
    }
  }
}
