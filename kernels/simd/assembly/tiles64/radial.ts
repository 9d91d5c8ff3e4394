// A Student-t term: from q = ‖z‖² to −rate (ν + d) log(1 + q / ν), and the plan times u = (ν + d) / (ν + q), which first and
// second moments are weighted by.

import { multiplyAdd } from '../exp2';
import { column, k, plan } from './state';

/** Squares of q / ν come near the end of float64's range beyond this. */
// @ts-ignore: decorators are AssemblyScript's
@inline const MOST: f64 = 1e300;

/**
 * log(1 + y) for 0 ≤ y ≤ 1e300, to one or two units in the last place however small y is. s = 1 + y = (1 + f) 2^e with 1 + f
 * in [√½, √2), and what rounding took off s goes back to f. Source of the polynomial: FreeBSD's e_log.c, as in `log64`.
 */
// @ts-ignore
@inline
function log1p(y: v128): v128 {
  const one = f64x2.splat(1);
  const s = f64x2.add(y, one), lost = f64x2.sub(y, f64x2.sub(s, one));
  const mantissa = v128.or(v128.and(s, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3ff0000000000000));
  const large = f64x2.gt(mantissa, f64x2.splat(1.4142135623730951));
  const e = i64x2.sub(i64x2.sub(i64x2.shr_u(s, 52), i64x2.splat(1023)), large);
  const m = v128.bitselect(f64x2.mul(mantissa, f64x2.splat(0.5)), mantissa, large);
  const inverse = i64x2.shl(i64x2.sub(i64x2.splat(1023), e), 52);
  const f = multiplyAdd<f64>(lost, inverse, f64x2.sub(m, one));
  // Numbers near 1.5 · 2⁵² are integers, which are their low bits.
  const shift = f64x2.splat(6755399441055744);
  const scale = f64x2.sub(i64x2.add(e, shift), shift);
  const r = f64x2.div(f, f64x2.add(f64x2.splat(2), f)), z = f64x2.mul(r, r), w = f64x2.mul(z, z);
  let even = multiplyAdd<f64>(w, f64x2.splat(1.531383769920937332e-1), f64x2.splat(2.222219843214978396e-1));
  even = multiplyAdd<f64>(w, even, f64x2.splat(3.999999999940941908e-1));
  let odd = multiplyAdd<f64>(w, f64x2.splat(1.479819860510658591e-1), f64x2.splat(1.818357216161805012e-1));
  odd = multiplyAdd<f64>(w, odd, f64x2.splat(2.857142874366239149e-1));
  odd = multiplyAdd<f64>(w, odd, f64x2.splat(6.666666666666735130e-1));
  const half = f64x2.mul(f64x2.splat(0.5), f64x2.mul(f, f));
  const series = multiplyAdd<f64>(w, even, f64x2.mul(z, odd));
  const low = multiplyAdd<f64>(r, f64x2.add(half, series), f64x2.mul(scale, f64x2.splat(1.90821492927058770002e-10)));
  return multiplyAdd<f64>(scale, f64x2.splat(6.93147180369123816490e-1), f64x2.sub(f, f64x2.sub(half, low)));
}

/**
 * From squared distances `[k, b]` to u in their place and log(1 + q/ν) − (q/ν) u at `remainders`; adds the term to the
 * logits. Parameters are 1/ν, 1 + d/ν and −rate (ν + d) of each component, `[k, 3]`.
 */
export function addRadialTile64(squares: usize, remainders: usize, parameters: usize, logits: usize): void {
  for (let c = 0; c < k; c++, parameters += 24) {
    const inverse = v128.load64_splat(parameters), scale = v128.load64_splat(parameters, 8), slope = v128.load64_splat(parameters, 16);
    for (const end = squares + column; squares < end; squares += 16, remainders += 16, logits += 16) {
      const y = f64x2.pmin(f64x2.mul(v128.load(squares), inverse), f64x2.splat(MOST));
      const logarithm = log1p(y), u = f64x2.div(scale, f64x2.add(y, f64x2.splat(1)));
      v128.store(logits, multiplyAdd<f64>(logarithm, slope, v128.load(logits)));
      v128.store(remainders, multiplyAdd<f64>(f64x2.neg(y), u, logarithm));
      v128.store(squares, u);
    }
  }
}

/** Makes P u of u `[k, b]`, in its place; adds Σ P u `[k]` and Σ P times the remainders `[k]`. */
export function weighTile64(factors: usize, remainders: usize, into: usize): void {
  let share = plan;
  const more = usize(k) << 4;
  for (let c = 0; c < k; c++, into += 16) {
    let weight = v128.load(into), sum = v128.load(into + more);
    for (const end = share + column; share < end; share += 16, factors += 16, remainders += 16) {
      const p = v128.load(share), own = f64x2.mul(p, v128.load(factors));
      weight = f64x2.add(weight, own);
      sum = multiplyAdd<f64>(p, v128.load(remainders), sum);
      v128.store(factors, own);
    }
    v128.store(into, weight); v128.store(into + more, sum);
  }
}
