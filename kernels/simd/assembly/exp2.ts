// Powers of 2 for x ≤ 0, in float32 or float64 as T says: the nearest integer through the exponent's bits, the rest by the
// polynomial of least relative error on [−½, ½] that is 1 at 0: powers of whole numbers are exact.

/** a · b + c. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(c, v128.mul<T>(a, b));
}

/** 2^x, relative error under 2e-7 or 1e-15; under −126 or −1020 as there, which is lost beside any sum with a term of 1. */
// @ts-ignore
@inline
export function exp2<T>(x: v128): v128 {
  // Numbers near 1.5 · 2²³ or 1.5 · 2⁵² are integers, which are their low bits.
  const shift: T = sizeof<T>() == 4 ? <T>12582912 : <T>6755399441055744;
  const t = v128.pmax<T>(x, v128.splat<T>(sizeof<T>() == 4 ? <T>-126 : <T>-1020));
  const shifted = v128.add<T>(t, v128.splat<T>(shift));
  const r = v128.sub<T>(t, v128.sub<T>(shifted, v128.splat<T>(shift)));
  if (sizeof<T>() == 4) {
    let p = multiplyAdd<T>(v128.splat<T>(<T>1.3264727489442113e-3), r, v128.splat<T>(<T>9.671512641767528e-3));
    p = multiplyAdd<T>(p, r, v128.splat<T>(<T>5.5507337423102423e-2));
    p = multiplyAdd<T>(p, r, v128.splat<T>(<T>0.24022242085357606));
    p = multiplyAdd<T>(p, r, v128.splat<T>(<T>0.6931469775997517));
    p = multiplyAdd<T>(p, r, v128.splat<T>(<T>1));
    return v128.add<i32>(p, v128.shl<i32>(shifted, 23));
  }
  let p = multiplyAdd<T>(v128.splat<T>(<T>7.0372795305828035e-9), r, v128.splat<T>(<T>1.0208537904552164e-7));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>1.3215663171832846e-6));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>1.5252658116561384e-5));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>1.5403529961135955e-4));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>1.3333558228561476e-3));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>9.6181291080345887e-3));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>5.5504108664458833e-2));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>0.24022650695908768));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>0.69314718055994978));
  p = multiplyAdd<T>(p, r, v128.splat<T>(<T>1));
  return v128.add<i64>(p, v128.shl<i64>(shifted, 52));
}
