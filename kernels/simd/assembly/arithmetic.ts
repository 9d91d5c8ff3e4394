// Four-lane arithmetic. Built twice: with relaxed SIMD, where multiply-add is one rounding and one instruction, and without.

/** a · b + c. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}

/** In memory: V8 makes a constant anew at every use, in three instructions where a load is one. */
const CONSTANTS = memory.data<f32>([
  12582912, // 1.5 · 2²³: what is added to it is rounded to an integer
  1.44269504088896341, -0.693359375, 2.12194440e-4, // 1 / log 2, and −log 2 in two parts
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1,
]);

// @ts-ignore
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

/**
 * e^x for x ≤ 0, relative error under 2e-7; exactly 0 under `least` ≥ −87.3. x = n log 2 + r with |r| ≤ log 2 / 2, e^r by the
 * polynomial of Cephes' expf, 2^n through the exponent's bits.
 */
// @ts-ignore
@inline
export function exp(x: v128, least: v128): v128 {
  const normal = f32x4.ge(x, least);
  const t = f32x4.pmax(x, least);
  // Rounds to the nearest integer, which then is the low bits: cheaper than instructions that round and convert.
  const shift = constant(0);
  const shifted = madd(t, constant(1), shift);
  const n = f32x4.sub(shifted, shift);
  let r = madd(n, constant(2), t);
  r = madd(n, constant(3), r);
  let p = madd(constant(4), r, constant(5));
  p = madd(p, r, constant(6));
  p = madd(p, r, constant(7));
  p = madd(p, r, constant(8));
  p = madd(p, r, constant(9));
  p = madd(p, f32x4.mul(r, r), r);
  p = f32x4.add(p, constant(10));
  const bits = i32x4.add(p, i32x4.shl(shifted, 23));
  return v128.and(bits, normal);
}

/**
 * log x for normal x > 0, absolute error under 2e-7 for x in [1, 4096]. x = m 2^e with m in [√½, √2), log m by the
 * polynomial of Cephes' logf.
 */
// @ts-ignore
@inline
export function log(x: v128): v128 {
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(small, f32x4.splat(1)));
  m = f32x4.sub(f32x4.add(m, v128.and(small, m)), f32x4.splat(1));
  const square = f32x4.mul(m, m);
  let p = madd(f32x4.splat(7.0376836292e-2), m, f32x4.splat(-1.1514610310e-1));
  p = madd(p, m, f32x4.splat(1.1676998740e-1));
  p = madd(p, m, f32x4.splat(-1.2420140846e-1));
  p = madd(p, m, f32x4.splat(1.4249322787e-1));
  p = madd(p, m, f32x4.splat(-1.6668057665e-1));
  p = madd(p, m, f32x4.splat(2.0000714765e-1));
  p = madd(p, m, f32x4.splat(-2.4999993993e-1));
  p = madd(p, m, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), square);
  p = madd(e, f32x4.splat(-2.12194440e-4), p);
  p = madd(square, f32x4.splat(-0.5), p);
  return madd(e, f32x4.splat(0.693359375), f32x4.add(m, p));
}

/** Sum of the four lanes, in float64. */
// @ts-ignore
@inline
export function total(x: v128): f64 {
  const pairs = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0)));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}
