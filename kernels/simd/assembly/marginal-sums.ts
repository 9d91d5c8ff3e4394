// From the plan to sums. What the conditional covariance adds to second moments is Yᵀ Y times the mass, as if Y's rows
// (marginal-whitening.ts) were rows of that weight.

import { multiplyAdd } from './exp2';
import { addTimes, k, line, listed, logits, masses, most, plan, step, weighted, x } from './marginal-state';

/** Lists z and plan · z of the rows that component c has any of, and adds these to `first`; returns how many. */
function list(rows: i32, c: usize, own: usize, z: usize, first: usize): usize {
  let to: usize = 0;
  for (let row: usize = 0; row < usize(rows); row++) {
    const share = f64.load(plan + row * line + (c << 3));
    if (share == 0) continue;
    const from = z + row * own, factor = f64x2.splat(share);
    for (let j: usize = 0; j < own; j += 16, to += 16) {
      const value = v128.load(from + j), part = f64x2.mul(factor, value);
      v128.store(listed + to, value);
      v128.store(weighted + to, part);
      v128.store(first + j, f64x2.add(v128.load(first + j), part));
    }
  }
  return to;
}

/**
 * Adds to the moments of a term with matrices: first `[k, width]`, and second as blocks of 4 × 4 of its lower triangle,
 * `bytes` from one component's to the next. Of `count` rows Y `[count, width]` the next component's lie `yBytes` farther.
 */
export function addScatters64(
  rows: i32, width: i32, z: usize, y: usize, yBytes: usize, count: i32, first: usize, second: usize, bytes: usize,
): void {
  const own = usize(width) << 3;
  for (let c: usize = 0; c < usize(k); c++, z += most * own, y += yBytes, first += own, second += bytes) {
    const mass = f64.load(masses + (c << 3));
    if (mass == 0) continue;
    let to = list(rows, c, own, z, first);
    const factor = f64x2.splat(mass), end = usize(count) * own;
    for (let j: usize = 0; j < end; j += 16, to += 16) {
      const value = v128.load(y + j);
      v128.store(listed + to, value);
      v128.store(weighted + to, f64x2.mul(factor, value));
    }
    scatter(to, own, second);
  }
}

/** Adds Σ (plan · z) zᵀ of what is listed. */
function scatter(bytes: usize, own: usize, into: usize): void {
  for (let i: usize = 0; i < own; i += 32) {
    for (let j: usize = 0; j <= i; j += 32, into += 128) {
      let a0 = v128.load(into), a1 = v128.load(into, 16), b0 = v128.load(into, 32), b1 = v128.load(into, 48);
      let c0 = v128.load(into, 64), c1 = v128.load(into, 80), e0 = v128.load(into, 96), e1 = v128.load(into, 112);
      for (let row: usize = 0; row < bytes; row += own) {
        const z0 = v128.load(listed + row + j), z1 = v128.load(listed + row + j, 16), p = weighted + row + i;
        let v = v128.load64_splat(p);
        a0 = multiplyAdd<f64>(v, z0, a0); a1 = multiplyAdd<f64>(v, z1, a1);
        v = v128.load64_splat(p, 8);
        b0 = multiplyAdd<f64>(v, z0, b0); b1 = multiplyAdd<f64>(v, z1, b1);
        v = v128.load64_splat(p, 16);
        c0 = multiplyAdd<f64>(v, z0, c0); c1 = multiplyAdd<f64>(v, z1, c1);
        v = v128.load64_splat(p, 24);
        e0 = multiplyAdd<f64>(v, z0, e0); e1 = multiplyAdd<f64>(v, z1, e1);
      }
      v128.store(into, a0); v128.store(into, a1, 16); v128.store(into, b0, 32); v128.store(into, b1, 48);
      v128.store(into, c0, 64); v128.store(into, c1, 80); v128.store(into, e0, 96); v128.store(into, e1, 112);
    }
  }
}

/**
 * Adds to the moments of a term without matrices, `[k, width]` each; to `missing` the mass of rows that lack a column,
 * which `gaps` `[width]` has as 1.
 */
export function addSquares64(rows: i32, width: i32, z: usize, gaps: usize, first: usize, second: usize, missing: usize): void {
  const own = usize(width) << 3;
  for (let c: usize = 0; c < usize(k); c++, z += most * own, first += own, second += own, missing += own) {
    const mass = f64.load(masses + (c << 3));
    if (mass == 0) continue;
    addTimes(mass, gaps, missing, own);
    for (let row: usize = 0; row < usize(rows); row++) {
      const share = f64.load(plan + row * line + (c << 3));
      if (share == 0) continue;
      const factor = f64x2.splat(share), from = z + row * own;
      for (let j: usize = 0; j < own; j += 16) {
        const value = v128.load(from + j), part = f64x2.mul(factor, value);
        v128.store(first + j, f64x2.add(v128.load(first + j), part));
        v128.store(second + j, multiplyAdd<f64>(part, value, v128.load(second + j)));
      }
    }
  }
}

/** Adds the masses to a sum `[k]`, and Σ_i P_i r_iᵀ to `coupling` `[k, k]`, filled up, unless it is 0. */
export function addMasses64(rows: i32, hard: bool, into: usize, coupling: usize): void {
  addTimes(1, masses, into, line);
  if (!coupling) return;
  for (let row: usize = 0; row < usize(rows); row++) {
    const own = plan + row * line, r = logits + row * line;
    for (let c: usize = 0; c < usize(k); c++) {
      const share = f64.load(own + (c << 3));
      if (share == 0) continue;
      if (hard) f64.store(coupling + c * line + (c << 3), f64.load(coupling + c * line + (c << 3)) + share);
      else addTimes(share, r, coupling + c * line, line);
    }
  }
}

/** Adds Σ_i P_i t_i of dense statistics, `[statistics, k]`. */
export function addDenseSums64(rows: i32, first: i32, dense: i32, into: usize): void {
  const statistics = x + (usize(first) << 3);
  for (let j: usize = 0; j < usize(dense); j++, into += line) {
    for (let c: usize = 0; c < line; c += 16) {
      let sum = v128.load(into + c);
      for (let row: usize = 0; row < usize(rows); row++) {
        sum = multiplyAdd<f64>(v128.load64_splat(statistics + row * step + (j << 3)), v128.load(plan + row * line + c), sum);
      }
      v128.store(into + c, sum);
    }
  }
}

/** The same of a column of levels. */
export function addLevelSums64(rows: i32, column: i32, into: usize): void {
  const own = x + (usize(column) << 3);
  for (let row: usize = 0; row < usize(rows); row++) {
    const level = f64.load(own + row * step);
    if (level >= 0) addTimes(1, plan + row * line, into + usize(level) * line, line);
  }
}
