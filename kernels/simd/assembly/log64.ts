/**
 * log x for normal x > 0, in float64, error under one unit in the last place. x = m 2^e with m in [√½, √2); with
 * s = (m − 1) / (m + 1), log m = 2 s + s R(s²). Source of R: FreeBSD's e_log.c (Sun Microsystems, 1993).
 */
export function log64(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let e = i32(bits >> 52) - 1023, m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) { m *= 0.5; e++; }
  const f = m - 1, s = f / (2 + f), z = s * s, w = z * z, half = 0.5 * f * f, scale = f64(e);
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const odd = z * (6.666666666666735130e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return scale * 6.93147180369123816490e-1 - (half - (s * (half + even + odd) + scale * 1.90821492927058770002e-10) - f);
}
