/**
 * The gamma function's relatives, float64. Errors are relative unless said otherwise, as measured against 60 digits.
 * A NaN, and an argument outside a function's domain, is a `RangeError`.
 */

/** From here on, asymptotic series reach float64. */
const ASYMPTOTIC = 10;
const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** Bernoulli numbers B₂, B₄, …, B₁₈. */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798] as const;
/** B_{2n}/(2n (2n − 1)) and B_{2n}/(2n) from n = 1 on: the series of log Γ and ψ. */
const REMAINDER = BERNOULLI.map((b, i) => b / ((2 * i + 2) * (2 * i + 1)));
const DIGAMMA = BERNOULLI.map((b, i) => b / (2 * i + 2));

/** (−1)^k (ζ(k) − 1)/k from k = 1 on, with 1 − γ for k = 1: log Γ(2 + z) by powers of z. */
const ABOUT_TWO = [
  0.42278433509846713, 0.3224670334241132, -0.06735230105319809, 0.020580808427784546, -0.007385551028673986,
  0.0028905103307415234, -0.0011927539117032608, 0.0005096695247430425, -0.00022315475845357939, 9.945751278180853e-5,
  -4.492623673813314e-5, 2.050721277567069e-5, -9.439488275268397e-6, 4.374866789907488e-6, -2.039215753801366e-6,
  9.55141213040742e-7, -4.492469198764566e-7, 2.1207184805554667e-7, -1.0043224823968099e-7, 4.7698101693639804e-8,
  -2.2711094608943164e-8, 1.0838659214896955e-8, -5.183475041970047e-9, 2.4836745438024785e-9, -1.1921401405860912e-9,
  5.731367241678861e-10, -2.7595228851242334e-10, 1.330476437424449e-10,
] as const;

/** log Γ(x), x > 0. Error 4e-16, also beside its zeros 1 and 2. DLMF 5.7.3 below 10, 5.11.1 above. */
export function logGamma(x: number): number {
  demand(x > 0, 'logGamma', 'x > 0', x);
  if (x === Infinity) return x;
  if (x >= ASYMPTOTIC) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingRemainder(x);
  if (x < 0.5) return aboutTwo(x) - Math.log1p(x) - Math.log(x);
  if (x < 1.5) return aboutTwo(x - 1) - Math.log(x);
  let product = 1;
  let y = x;
  while (y >= 2.5) product *= --y;
  return Math.log(product) + aboutTwo(y - 2);
}

/** log n! of small n, of which counts mostly are. */
const LOG_FACTORIALS = Float64Array.from({ length: 256 }, (_, n) => logGamma(n + 1));

/** log n!, n a whole number ≥ 0: `logGamma(n + 1)`. */
export function logFactorial(n: number): number {
  return n < LOG_FACTORIALS.length ? LOG_FACTORIALS[n] : logGamma(n + 1);
}

/** log Γ(2 + z), |z| ≤ ½. */
function aboutTwo(z: number): number {
  return z * polynomial(ABOUT_TWO, z);
}

/**
 * What Stirling's formula lacks: log Γ(x) − (x − ½) log x + x − ½ log 2π, x > 0; it falls from ∞ to 0 as 1/(12 x).
 * Error 3e-16 absolute. DLMF 5.11.1, and from below 10 up by Γ(x + 1) = x Γ(x).
 */
export function stirlingRemainder(x: number): number {
  demand(x > 0, 'stirlingRemainder', 'x > 0', x);
  let sum = 0;
  let y = x;
  for (; y < ASYMPTOTIC; y++) sum += (y + 0.5) * logNext(y) - 1;
  return sum + polynomial(REMAINDER, 1 / (y * y)) / y;
}

/**
 * log Γ(a + x) − log Γ(a), a > 0 and x ≥ 0, which keeps its digits where a is large and both terms are alike.
 * Error 1e-15, or 1e-15 absolute.
 */
export function logRising(a: number, x: number): number {
  demand(a > 0 && a < Infinity, 'logRising', 'a finite a > 0', a);
  demand(x >= 0, 'logRising', 'x ≥ 0', x);
  if (x === 0 || x === Infinity) return x;
  const growth = (a - 0.5) * Math.log1p(x / a) + x * (Math.log(a + x) - 1);
  return growth + stirlingRemainder(a + x) - stirlingRemainder(a);
}

/** log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), a and b > 0 and finite. Error 1e-15, or 1e-15 absolute. */
export function logBeta(a: number, b: number): number {
  const p = Math.min(a, b);
  const q = Math.max(a, b);
  demand(p > 0 && q < Infinity, 'logBeta', 'finite a > 0 and b > 0', `${a} and ${b}`);
  const remainders = stirlingRemainder(p) + stirlingRemainder(q) - stirlingRemainder(p + q);
  const large = (p - 0.5) * Math.log(p / (p + q)) - q * Math.log1p(p / q);
  return large - Math.log(q) / 2 + HALF_LOG_TWO_PI + remainders;
}

/** ψ(x) = d log Γ(x)/dx, x > 0. Error 1e-15, or 1e-15 absolute beside its zero at 1.46. */
export function digamma(x: number): number {
  demand(x > 0, 'digamma', 'x > 0', x);
  return Math.log(x) - logMinusDigamma(x);
}

/** ψ′(x), x > 0. Error 5e-16. */
export function trigamma(x: number): number {
  demand(x > 0, 'trigamma', 'x > 0', x);
  return 1 / x - logMinusDigammaSlope(x);
}

/**
 * log x − ψ(x), x > 0: positive, falling, between 1/(2x) and 1/x. Error 2e-15, which the difference itself has not.
 * DLMF 5.11.2, and from below 10 up by ψ(x + 1) = ψ(x) + 1/x.
 */
export function logMinusDigamma(x: number): number {
  demand(x > 0, 'logMinusDigamma', 'x > 0', x);
  let sum = 0;
  let y = x;
  for (; y < ASYMPTOTIC; y++) sum += 1 / y - logNext(y);
  const inverse = 1 / (y * y);
  return sum + 0.5 / y + inverse * polynomial(DIGAMMA, inverse);
}

/** 1/x − ψ′(x), the slope of log x − ψ(x), x > 0: negative. Error 1e-15. */
export function logMinusDigammaSlope(x: number): number {
  demand(x > 0, 'logMinusDigammaSlope', 'x > 0', x);
  let sum = 0;
  let y = x;
  for (; y < ASYMPTOTIC; y++) sum -= 1 / (y * y * (y + 1));
  const inverse = 1 / (y * y);
  return sum - 0.5 * inverse - (inverse / y) * polynomial(BERNOULLI, inverse);
}

/** ψ(a + x) − ψ(a), a > 0 and x ≥ 0, also where a is far larger than x. Error 4e-15 for x ≥ 1. */
export function digammaRise(a: number, x: number): number {
  demand(a > 0 && a < Infinity, 'digammaRise', 'a finite a > 0', a);
  demand(x >= 0, 'digammaRise', 'x ≥ 0', x);
  return x === 0 ? 0 : Math.log1p(x / a) + (logMinusDigamma(a) - logMinusDigamma(a + x));
}

/** ψ′(a) − ψ′(a + x), a > 0 and x ≥ 0, also where a is far larger than x. Error 4e-15. */
export function trigammaFall(a: number, x: number): number {
  demand(a > 0 && a < Infinity, 'trigammaFall', 'a finite a > 0', a);
  demand(x >= 0, 'trigammaFall', 'x ≥ 0', x);
  return x / a / (a + x) + (logMinusDigammaSlope(a + x) - logMinusDigammaSlope(a));
}

/** log (1 + 1/y), also where 1/y overflows. */
function logNext(y: number): number {
  return y < 1 ? Math.log1p(y) - Math.log(y) : Math.log1p(1 / y);
}

/** Σ_i c_i z^i. */
function polynomial(coefficients: readonly number[], z: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * z + coefficients[i];
  return sum;
}

function demand(holds: boolean, where: string, expected: string, got: number | string): void {
  if (!holds) throw new RangeError(`${where}: expected ${expected}, got ${got}`);
}
