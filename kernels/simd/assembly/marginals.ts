// Sweeps of rows that have the same columns, by the marginals of these; in float64, a few rows after one another. Lanes
// are columns, or components. Columns of a quadratic term are filled up with zeros to blocks of four, components to pairs.
//
// With Q = W Wᵀ the precision, m the missing columns and Q_mm = L Lᵀ, the rows of Y = L⁻¹ W_m are orthonormal. Whitened
// differences of completed rows are z = (1 − Yᵀ Y) z', where z' has 0 for what is missing. What the conditional covariance
// adds to second moments is Yᵀ Y times the mass, as if Y's rows were rows of that weight.

import { exp2, multiplyAdd } from './exp2';
import { log64 } from './log64';

// @ts-ignore: decorators are AssemblyScript's
@inline const LOG2_E: f64 = 1.4426950408889634;
/** Logits so much under the largest, in base 2, are of no normal share. */
// @ts-ignore
@inline const NONE: f64 = -1020;

let k: i32 = 0;
let line: usize = 0; // bytes of a row of k numbers, filled up
let most: usize = 0; // rows at once, a multiple of 4
let x: usize = 0; // rows as they come
let step: usize = 0; // bytes from one of these to the next
let weights: usize = 0; // [most]
let logits: usize = 0; // [most, k], then responsibilities
let plan: usize = 0; // weight times responsibility, 0 where it is negligible, [most, k]
let masses: usize = 0; // of the plan, [k]
let scratch: usize = 0; // rows of the size of a term, [4]
let listed: usize = 0; // z of rows of a component, [most + d, columns]
let weighted: usize = 0; // the same times the plan

/** Sets sizes and places that all terms have in common. */
export function placeRows64(
  components: i32, rows: i32, xAt: usize, xBytes: usize, weightsAt: usize, logitsAt: usize, planAt: usize, massesAt: usize, scratchAt: usize, listedAt: usize, weightedAt: usize,
): void {
  k = components; line = usize((k + 1) & ~1) << 3; most = usize(rows); x = xAt; step = xBytes; weights = weightsAt;
  logits = logitsAt; plan = planAt; masses = massesAt; scratch = scratchAt; listed = listedAt; weighted = weightedAt;
}

/** Begins rows: their logits are the offsets `[k]`. */
export function begin64(rows: i32, offsets: usize): void {
  for (let row: usize = 0; row < usize(rows); row++) memory.copy(logits + row * line, offsets, line);
}

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

// @ts-ignore
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

// @ts-ignore
@inline
function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

function product(a: usize, b: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0), more = sum, j: usize = 0;
  for (; j + 32 <= bytes; j += 32) {
    sum = multiplyAdd<f64>(v128.load(a + j), v128.load(b + j), sum);
    more = multiplyAdd<f64>(v128.load(a + j, 16), v128.load(b + j, 16), more);
  }
  if (j < bytes) sum = multiplyAdd<f64>(v128.load(a + j), v128.load(b + j), sum);
  return total(f64x2.add(sum, more));
}

/** into += factor · from. */
// @ts-ignore
@inline
function addTimes(factor: f64, from: usize, into: usize, bytes: usize): void {
  const f = f64x2.splat(factor);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(into + j, multiplyAdd<f64>(f, v128.load(from + j), v128.load(into + j)));
}

// @ts-ignore
@inline
function scale(factor: f64, at: usize, bytes: usize): void {
  const f = f64x2.splat(factor);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(at + j, f64x2.mul(f, v128.load(at + j)));
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

/** Takes rate ‖z‖² off the logits. */
export function addDistances64(rows: i32, width: i32, z: usize, rate: f64): void {
  const own = usize(width) << 3;
  for (let c: usize = 0; c < usize(k); c++, z += most * own) {
    let at = z;
    for (let row: usize = 0; row < usize(rows); row++, at += own) {
      const logit = logits + row * line + (c << 3);
      f64.store(logit, f64.load(logit) - rate * product(at, at, own));
    }
  }
}

/** Adds rate ⟨t, η_k⟩ of dense statistics t from column `first` on; η and all that is like it is `[statistics, k]`. */
export function addDense64(rows: i32, first: i32, dense: i32, natural: usize, rate: f64): void {
  const statistics = x + (usize(first) << 3);
  for (let row: usize = 0; row < usize(rows); row++) {
    const t = statistics + row * step;
    for (let c: usize = 0; c < line; c += 16) {
      let sum = f64x2.splat(0), eta = natural + c;
      for (let j: usize = 0; j < usize(dense) << 3; j += 8, eta += line) sum = multiplyAdd<f64>(v128.load64_splat(t + j), v128.load(eta), sum);
      const logit = logits + row * line + c;
      v128.store(logit, multiplyAdd<f64>(f64x2.splat(rate), sum, v128.load(logit)));
    }
  }
}

/** The same of a column of levels, η of the first of which lies at `natural`; −1 is none. */
export function addLevel64(rows: i32, column: i32, natural: usize, rate: f64): void {
  const own = x + (usize(column) << 3);
  for (let row: usize = 0; row < usize(rows); row++) {
    const level = f64.load(own + row * step);
    if (level >= 0) addTimes(rate, natural + usize(level) * line, logits + row * line, line);
  }
}

/**
 * Softmax of the logits: responsibilities in their place, and what is said of rows. A share under
 * `least` counts as nothing in the plan. `hard`: a row is its likeliest component's, and softmin its logit. Adds
 * Σ_i v_i (softmin logit) to the number at `objective`, and v_i · share to the masses, which it begins.
 */
export function transport64(
  rows: i32, hard: bool, least: f64, objective: usize, labels: usize, logSum: usize, logLargest: usize,
): void {
  memory.fill(masses, 0, line);
  let sum: f64 = 0;
  for (let row: usize = 0; row < usize(rows); row++) {
    const at = logits + row * line, weight = f64.load(weights + (row << 3));
    let label = 0, largest = f64.load(at);
    for (let c = 1; c < k; c++) {
      const logit = f64.load(at + (usize(c) << 3));
      if (logit > largest) { largest = logit; label = c; }
    }
    const all = exponentials(at, largest);
    const into = plan + row * line;
    if (hard) {
      memory.fill(into, 0, line);
      f64.store(into + (usize(label) << 3), weight);
    } else cut(into, at, weight, all, least);
    scale(1 / all, at, line);
    for (let c: usize = 0; c < line; c += 16) v128.store(masses + c, f64x2.add(v128.load(masses + c), v128.load(into + c)));
    const log = log64(all), softmin = hard ? largest : largest + log;
    sum += weight * softmin;
    i32.store(labels + (row << 2), label);
    f64.store(logSum + (row << 3), softmin);
    f64.store(logLargest + (row << 3), -log);
  }
  f64.store(objective, f64.load(objective) + sum);
}

/** exp (logit − largest) in place, 0 for what is no component; returns the sum. */
function exponentials(at: usize, largest: f64): f64 {
  const from = f64x2.splat(largest), unit = f64x2.splat(LOG2_E), none = f64x2.splat(NONE);
  let sum = f64x2.splat(0);
  for (let c: usize = 0; c < line; c += 16) {
    const logit = f64x2.mul(f64x2.sub(v128.load(at + c), from), unit);
    const value = v128.and(exp2<f64>(logit), f64x2.gt(logit, none));
    v128.store(at + c, value);
    sum = f64x2.add(sum, value);
  }
  return total(sum);
}

/** Writes weight · share of exponentials, 0 where the share is under 2^least. */
// @ts-ignore
@inline
function cut(into: usize, at: usize, weight: f64, all: f64, least: f64): void {
  const factor = f64x2.splat(weight / all), bound = f64x2.splat(least * all);
  for (let c: usize = 0; c < line; c += 16) {
    const value = v128.load(at + c);
    v128.store(into + c, v128.and(f64x2.mul(value, factor), f64x2.ge(value, bound)));
  }
}

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
