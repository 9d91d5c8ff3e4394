/**
 * Arithmetic that the WGSL kernels share. Values are four rows at a time. exp and log are the CPU kernel's (Cephes'
 * expf and logf), since WGSL promises too little of its own. Its exp is within 3 + 2|x| units in the last place, its
 * log within 5e-7 near 1.
 */

/** e^x for x ≤ 0, relative error under 3e-7; exactly 0 under −87.3, where it would be no normal float32. */
export const EXP = /* wgsl */ `
fn expOf(x: vec4f) -> vec4f {
  let t = max(x, vec4f(-87.3));
  let n = round(t * 1.44269504088896341);
  let r = fma(n, vec4f(2.12194440e-4), fma(n, vec4f(-0.693359375), t));
  var p = fma(vec4f(1.9875691500e-4), r, vec4f(1.3981999507e-3));
  p = fma(p, r, vec4f(8.3334519073e-3));
  p = fma(p, r, vec4f(4.1665795894e-2));
  p = fma(p, r, vec4f(1.6666665459e-1));
  p = fma(p, r, vec4f(5.0000001201e-1));
  p = fma(p, r * r, r) + 1.0;
  let scaled = bitcast<vec4f>(bitcast<vec4i>(p) + (vec4i(n) << vec4u(23u)));
  return select(vec4f(0.0), scaled, x >= vec4f(-87.3));
}`;

/** x = 2ⁿ (1 + f), given `bits` of x, with 1 + f between √½ and √2; `f` says how f follows from 1 + f. */
const reduction = (f: (whole: string) => string): string => /* wgsl */ `
  let e = vec4f(vec4i(bits >> vec4u(23u)) - 126);
  let m = bitcast<vec4f>((bits & vec4u(0x007fffffu)) | vec4u(0x3f000000u));
  let small = m < vec4f(0.707106781186547524);
  let n = select(e, e - 1.0, small);
  let f = ${f('select(m, m + m, small)')};`;

/** n log 2 + log(1 + f). */
const LOG_OF_REDUCED = /* wgsl */ `
  let square = f * f;
  var p = fma(vec4f(7.0376836292e-2), f, vec4f(-1.1514610310e-1));
  p = fma(p, f, vec4f(1.1676998740e-1));
  p = fma(p, f, vec4f(-1.2420140846e-1));
  p = fma(p, f, vec4f(1.4249322787e-1));
  p = fma(p, f, vec4f(-1.6668057665e-1));
  p = fma(p, f, vec4f(2.0000714765e-1));
  p = fma(p, f, vec4f(-2.4999993993e-1));
  p = fma(p, f, vec4f(3.3333331174e-1));
  p = fma(n, vec4f(-2.12194440e-4), p * f * square);
  return fma(n, vec4f(0.693359375), f + fma(square, vec4f(-0.5), p));`;

/** log x for normal x > 0, absolute error under 3e-7 for x in [1, 4096]. */
export const LOG = /* wgsl */ `
fn logOf(x: vec4f) -> vec4f {
  let bits = bitcast<vec4u>(x);${reduction((whole) => `${whole} - 1.0`)}${LOG_OF_REDUCED}
}`;

/** log(1 + x) for x ≥ 0, relative error under 3e-7: where 1 + x is near 1, x itself takes the place of (1 + x) − 1. */
export const LOG1P = /* wgsl */ `
fn log1pOf(x: vec4f) -> vec4f {
  let bits = bitcast<vec4u>(min(1.0 + x, vec4f(3e38)));${reduction((whole) => `select(${whole} - 1.0, x, n == vec4f(0.0))`)}${LOG_OF_REDUCED}
}`;

/**
 * Sums in two floats (Knuth's TwoSum), about 48 bits: what a float32 block sum is added to. A driver may reassociate
 * float arithmetic and so cancel the correction; an exclusive or with a zero that it can't foresee keeps it from that.
 */
export const TWO_SUM = /* wgsl */ `
struct Sum { high: vec4f, low: vec4f }

fn opaque(x: vec4f, zero: u32) -> vec4f {
  return bitcast<vec4f>(bitcast<vec4u>(x) ^ vec4u(zero));
}

fn plus(sum: Sum, term: vec4f, zero: u32) -> Sum {
  let s = opaque(sum.high + term, zero);
  let t = opaque(s - sum.high, zero);
  return Sum(s, sum.low + ((sum.high - opaque(s - t, zero)) + (term - t)));
}`;

/** Sum over a workgroup, given to its first invocation; through subgroups where the device has them. */
export function workgroupSum(size: number, subgroups: boolean): string {
  return subgroups
    ? /* wgsl */ `
var<workgroup> shares: array<f32, ${size}>;
fn workgroupSum(value: f32, lane: u32, invocation: u32, subgroup: u32) -> f32 {
  let share = subgroupAdd(value);
  if (invocation == 0u) { shares[lane / subgroup] = share; }
  workgroupBarrier();
  var sum = 0.0;
  if (lane == 0u) { for (var i = 0u; i < ${size}u / subgroup; i++) { sum += shares[i]; } }
  workgroupBarrier();
  return sum;
}`
    : /* wgsl */ `
var<workgroup> shares: array<f32, ${size}>;
fn workgroupSum(value: f32, lane: u32, invocation: u32, subgroup: u32) -> f32 {
  shares[lane] = value;
  for (var half = ${size / 2}u; half > 0u; half = half / 2u) {
    workgroupBarrier();
    if (lane < half) { shares[lane] += shares[lane + half]; }
  }
  workgroupBarrier();
  let sum = shares[0];
  workgroupBarrier();
  return sum;
}`;
}
