// Sums of the plan against rows, in float64: two lanes each until they are folded.

import { multiplyAdd } from '../exp2';
import { scatter, weigh } from './scatter';
import { column, k, logits, other, plan, weighted, weights } from './state';
import { listRows, wait, waitingStep } from './waiting';
import { whitenOne64 } from './whiten';

/** What it takes to copy a number of a row, beside a product of two. */
// @ts-ignore: decorators are AssemblyScript's
@inline const COPIED: i32 = 4;

/** Adds masses `[k]`, and counts the rows that each component has any of, int32 `[k]`. */
export function addMassesTile64(into: usize, counts: usize): void {
  let at = plan;
  for (let c = 0; c < k; c++, into += 16, counts += 4) {
    let sum = v128.load(into), count = i64x2.splat(0);
    for (const end = at + column; at < end; at += 16) {
      const share = v128.load(at);
      sum = f64x2.add(sum, share);
      count = i64x2.sub(count, f64x2.ne(share, f64x2.splat(0)));
    }
    v128.store(into, sum);
    i32.store(counts, i32(i64x2.extract_lane(count, 0) + i64x2.extract_lane(count, 1)));
  }
}

/** Adds Σ_i a_i r_i r_iᵀ, packed. */
export function addCouplingTile64(into: usize): void {
  scatter<f64>(plan, logits, into, k, column, column);
}

/**
 * Adds Σ p z `[k, d]` and Σ p z zᵀ, packed, `secondStep` bytes from one component's to the next, of shares p `[k, b]` and
 * z as `whitenAll64` left it, or computed again where none was kept. Rows of a component that has few of a tile wait
 * (waiting.ts) at `gathered`, 0 where none may, their shares at `gatheredShares`, and their bytes at `lengths`.
 */
export function addScattersTile64(
  x: usize, d: i32, means: usize, factors: usize, factorStep: usize, z: usize, zStep: usize, shares: usize, counts: usize, unused: usize, first: usize, second: usize, secondStep: usize, gathered: usize, gatheredShares: usize, lengths: usize,
): void {
  const own = usize(d), step = waitingStep();
  const enough = i32(column >> 3) * (d + 1) / (d + 1 + COPIED);
  for (let c: usize = 0; c < usize(k); c++, means += own << 3, factors += factorStep, z += zStep, shares += column, counts += 4, first += own << 4, second += secondStep) {
    if (i32.load(counts) == 0) continue;
    if (!zStep && k > 1) whitenOne64(x, d, means, factors, z, unused, 0);
    if (gathered && listRows(shares) < enough) wait(z, shares, d, gathered + 2 * c * own * step, gatheredShares + 2 * c * step, lengths + (c << 3), first, second);
    else {
      weigh<f64>(shares, z, d, column, column, first);
      scatter<f64>(weighted, z, second, d, column, column);
    }
  }
}

/**
 * Of differences δ = x − μ_k: adds Σ p δ `[k, d]`, and Σ p δ² `[k, d]` to `second` unless that is 0. Two components × two
 * columns in registers.
 */
export function addDifferencesTile64(x: usize, d: i32, means: usize, shares: usize, counts: usize, first: usize, second: usize): void {
  for (let c: usize = 0; c < usize(k); c++, means += usize(d) << 3, shares += column, counts += 4, first += usize(d) << 4) {
    if (i32.load(counts) != 0) {
      const squares = second ? second + c * (usize(d) << 4) : 0;
      let at = x, j = 0;
      for (; j + 4 <= d; j += 4, at += 4 * column) fourColumns(at, means + (usize(j) << 3), shares, first + (usize(j) << 4), squares ? squares + (usize(j) << 4) : 0);
      for (; j < d; j++, at += column) oneColumn(at, means + (usize(j) << 3), shares, first + (usize(j) << 4), squares ? squares + (usize(j) << 4) : 0);
    }
  }
}

// @ts-ignore
@inline
function fourColumns(x: usize, mean: usize, p: usize, first: usize, second: usize): void {
  const m0 = v128.load64_splat(mean), m1 = v128.load64_splat(mean, 8), m2 = v128.load64_splat(mean, 16), m3 = v128.load64_splat(mean, 24);
  let a = v128.load(first), b = v128.load(first, 16), c = v128.load(first, 32), e = v128.load(first, 48);
  if (!second) {
    for (const end = p + column; p < end; p += 16, x += 16) {
      const share = v128.load(p);
      a = multiplyAdd<f64>(share, f64x2.sub(v128.load(x), m0), a);
      b = multiplyAdd<f64>(share, f64x2.sub(v128.load(x + column), m1), b);
      c = multiplyAdd<f64>(share, f64x2.sub(v128.load(x + 2 * column), m2), c);
      e = multiplyAdd<f64>(share, f64x2.sub(v128.load(x + 3 * column), m3), e);
    }
  } else {
    let f = v128.load(second), g = v128.load(second, 16), h = v128.load(second, 32), i = v128.load(second, 48);
    for (const end = p + column; p < end; p += 16, x += 16) {
      const share = v128.load(p);
      let delta = f64x2.sub(v128.load(x), m0), u = f64x2.mul(share, delta);
      a = f64x2.add(a, u); f = multiplyAdd<f64>(u, delta, f);
      delta = f64x2.sub(v128.load(x + column), m1); u = f64x2.mul(share, delta);
      b = f64x2.add(b, u); g = multiplyAdd<f64>(u, delta, g);
      delta = f64x2.sub(v128.load(x + 2 * column), m2); u = f64x2.mul(share, delta);
      c = f64x2.add(c, u); h = multiplyAdd<f64>(u, delta, h);
      delta = f64x2.sub(v128.load(x + 3 * column), m3); u = f64x2.mul(share, delta);
      e = f64x2.add(e, u); i = multiplyAdd<f64>(u, delta, i);
    }
    v128.store(second, f); v128.store(second, g, 16); v128.store(second, h, 32); v128.store(second, i, 48);
  }
  v128.store(first, a); v128.store(first, b, 16); v128.store(first, c, 32); v128.store(first, e, 48);
}

// @ts-ignore
@inline
function oneColumn(x: usize, mean: usize, p: usize, first: usize, second: usize): void {
  const m = v128.load64_splat(mean);
  let a = v128.load(first), b = f64x2.splat(0), f = f64x2.splat(0), g = f;
  for (const end = p + column; p < end; p += 32, x += 32) {
    const y = f64x2.sub(v128.load(x), m), z = f64x2.sub(v128.load(x, 16), m);
    const u = f64x2.mul(v128.load(p), y), w = f64x2.mul(v128.load(p, 16), z);
    a = f64x2.add(a, u); b = f64x2.add(b, w);
    if (second) { f = multiplyAdd<f64>(u, y, f); g = multiplyAdd<f64>(w, z, g); }
  }
  v128.store(first, f64x2.add(a, b));
  if (second) v128.store(second, f64x2.add(v128.load(second), f64x2.add(f, g)));
}

/** Adds Σ p s `[k]` of shares and numbers of components, `[k, b]` each. */
export function addProductsTile64(shares: usize, numbers: usize, into: usize): void {
  for (let c = 0; c < k; c++, into += 16) {
    let sum = v128.load(into), more = f64x2.splat(0);
    for (const end = shares + column; shares < end; shares += 32, numbers += 32) {
      sum = multiplyAdd<f64>(v128.load(shares), v128.load(numbers), sum);
      more = multiplyAdd<f64>(v128.load(shares, 16), v128.load(numbers, 16), more);
    }
    v128.store(into, f64x2.add(sum, more));
  }
}

/**
 * Of rows that are whitened once, y `[d, b]`, and components that differ by their means alone: adds Σ_i a_i u_i u_iᵀ,
 * packed, with u_i = Σ_k r_ik (y_i − m_k). With Σ_i a_i r_i r_iᵀ this is all that second moments take.
 */
export function addSharedTile64(y: usize, d: i32, means: usize, second: usize): void {
  const own = usize(d) << 3;
  let to = weighted, plain = other;
  for (let m = means, end = means + own; m < end; m += 8, y += column, to += column, plain += column) {
    for (let row: usize = 0; row < column; row += 32) {
      const value0 = v128.load(y + row), value1 = v128.load(y + row, 16);
      let sum0 = f64x2.splat(0), sum1 = sum0, r = logits + row;
      for (let mean = m, last = m + usize(k) * own; mean < last; mean += own, r += column) {
        const centre = v128.load64_splat(mean);
        sum0 = multiplyAdd<f64>(v128.load(r), f64x2.sub(value0, centre), sum0);
        sum1 = multiplyAdd<f64>(v128.load(r, 16), f64x2.sub(value1, centre), sum1);
      }
      v128.store(plain + row, sum0); v128.store(plain + row, sum1, 16);
      v128.store(to + row, f64x2.mul(v128.load(weights + row), sum0));
      v128.store(to + row, f64x2.mul(v128.load(weights + row, 16), sum1), 16);
    }
  }
  scatter<f64>(weighted, other, second, d, column, column);
}
