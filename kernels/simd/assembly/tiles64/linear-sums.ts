// Sums of the plan against dense statistics, in float64: two lanes each until they are folded.

import { multiplyAdd } from '../exp2';
import { column, k, plan } from './state';

/** Adds Σ_i P_ik t_i of dense statistics t `[dense, b]` to `[k, dense]`: 4 components × 2 statistics in registers. */
export function addDenseSumsTile64(t: usize, dense: i32, into: usize): void {
  const own = usize(dense) << 4, blocked = k & ~3;
  let p = plan;
  for (let c = 0; c < blocked; c += 4, p += 4 * column, into += 4 * own) {
    let at = t, j = 0, sums = into;
    for (; j + 2 <= dense; j += 2, at += 2 * column, sums += 32) eightSums(at, p, sums, own);
    if (j < dense) for (let i: usize = 0; i < 4; i++) oneSum(at, p + i * column, sums + i * own);
  }
  for (let c = blocked; c < k; c++, p += column, into += own) {
    for (let j: usize = 0; j < usize(dense); j++) oneSum(t + j * column, p, into + (j << 4));
  }
}

// @ts-ignore
@inline
function eightSums(t: usize, p: usize, sums: usize, own: usize): void {
  const s1 = sums + own, s2 = s1 + own, s3 = s2 + own;
  let a0 = v128.load(sums), a1 = v128.load(sums, 16), b0 = v128.load(s1), b1 = v128.load(s1, 16);
  let c0 = v128.load(s2), c1 = v128.load(s2, 16), e0 = v128.load(s3), e1 = v128.load(s3, 16);
  for (const end = t + column; t < end; t += 16, p += 16) {
    const u = v128.load(t), v = v128.load(t + column);
    let s = v128.load(p);
    a0 = multiplyAdd<f64>(u, s, a0); a1 = multiplyAdd<f64>(v, s, a1);
    s = v128.load(p + column);
    b0 = multiplyAdd<f64>(u, s, b0); b1 = multiplyAdd<f64>(v, s, b1);
    s = v128.load(p + 2 * column);
    c0 = multiplyAdd<f64>(u, s, c0); c1 = multiplyAdd<f64>(v, s, c1);
    s = v128.load(p + 3 * column);
    e0 = multiplyAdd<f64>(u, s, e0); e1 = multiplyAdd<f64>(v, s, e1);
  }
  v128.store(sums, a0); v128.store(sums, a1, 16); v128.store(s1, b0); v128.store(s1, b1, 16);
  v128.store(s2, c0); v128.store(s2, c1, 16); v128.store(s3, e0); v128.store(s3, e1, 16);
}

// @ts-ignore
@inline
function oneSum(t: usize, p: usize, into: usize): void {
  let sum = v128.load(into), more = f64x2.splat(0);
  for (const end = t + column; t < end; t += 32, p += 32) {
    sum = multiplyAdd<f64>(v128.load(t), v128.load(p), sum);
    more = multiplyAdd<f64>(v128.load(t, 16), v128.load(p, 16), more);
  }
  v128.store(into, f64x2.add(sum, more));
}
