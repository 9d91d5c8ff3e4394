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
  7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
  -2.4999993993e-1, 3.3333331174e-1, -2.12194440e-4, -0.5, 0.693359375, 0.707106781186547524,
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

/** log x for normal x > 0, absolute error under 2e-7 for x in [1, 4096]. x = m 2^e with m in [√½, √2). */
// @ts-ignore
@inline
export function log(x: v128): v128 {
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  const half = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(half, constant(23));
  e = f32x4.sub(e, v128.and(small, f32x4.splat(1)));
  return logOf(f32x4.sub(f32x4.add(half, v128.and(small, half)), f32x4.splat(1)), e);
}

/**
 * log(1 + y) for 0 ≤ y ≤ 1e37, relative error under 3e-7 however small y is. s = 1 + y = (1 + m) 2^e as above, and what
 * rounding took off s goes back to m: where e is 0, m is y itself.
 */
// @ts-ignore
@inline
export function log1p(y: v128): v128 {
  const one = constant(10);
  const s = f32x4.add(y, one), lost = f32x4.sub(y, f32x4.sub(s, one));
  const half = v128.or(v128.and(s, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(half, constant(23));
  const e = i32x4.add(i32x4.sub(i32x4.shr_u(s, 23), i32x4.splat(126)), small);
  const m = f32x4.sub(f32x4.add(half, v128.and(small, half)), one);
  const inverse = i32x4.shl(i32x4.sub(i32x4.splat(127), e), 23);
  return logOf(madd(lost, inverse, m), f32x4.convert_i32x4_s(e));
}

/** log((1 + m) 2^e) for m in [√½ − 1, √2 − 1), by the polynomial of Cephes' logf. */
// @ts-ignore
@inline
function logOf(m: v128, e: v128): v128 {
  const square = f32x4.mul(m, m);
  let p = madd(constant(11), m, constant(12));
  p = madd(p, m, constant(13));
  p = madd(p, m, constant(14));
  p = madd(p, m, constant(15));
  p = madd(p, m, constant(16));
  p = madd(p, m, constant(17));
  p = madd(p, m, constant(18));
  p = madd(p, m, constant(19));
  p = f32x4.mul(f32x4.mul(p, m), square);
  p = madd(e, constant(20), p);
  p = madd(square, constant(21), p);
  return madd(e, constant(22), f32x4.add(m, p));
}

/** Sum of the four lanes, in float64. */
// @ts-ignore
@inline
export function total(x: v128): f64 {
  const pairs = f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0)));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}
