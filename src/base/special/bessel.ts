/**
 * The modified Bessel function I_ν(x) of any order ν > −1 and x ≥ 0. Logarithms and ratios neither over- nor underflow at
 * orders and arguments of thousands. Errors are as measured against 60 digits. A NaN, and an argument outside the domain,
 * is a `RangeError`.
 *
 * Orders from 32 on have the expansion that is uniform in x (Olver; DLMF 10.41.3 and 10.41.5). Lower ones are reached by
 * I_{ν−1} = I_{ν+1} + (2ν/x) I_ν downwards, where errors fade (DLMF 10.29.1; Gautschi 1967).
 */
import { logGamma, stirlingRemainder } from './gamma.js';

/** From this order on, `TERMS` of the expansion err by 6e-17. */
const UNIFORM = 32;
const TERMS = 10;
/** Where x ≤ ν, each step down makes the error of a ratio at most a sixth. */
const STEPS_DOWN = 24;

/**
 * log of I_ν(x) Γ(ν + 1) (2/x)^ν = ₀F₁(; ν + 1; x²/4), ν > −1 and x ≥ 0: 0 at x = 0, rising. Its slope is I_{ν+1}/I_ν.
 * Error 1e-15 relative while x² ≤ 4 (ν + 1), else 1e-15 (ν + x) absolute.
 */
export function logNormalizedBesselI(order: number, x: number): number {
  demandDomain('logNormalizedBesselI', order, x);
  if (x === Infinity) return x;
  if (x * x <= 4 * (order + 1)) return Math.log1p(powerSeries(order, (x * x) / 4));
  const steps = stepsToUniform(order);
  let ratio = uniformRatio(order + steps, x);
  let sum = uniformLog(order + steps, x);
  for (let step = steps; step > 0; step--) {
    const twice = 2 * (order + step);
    sum += Math.log1p((x * ratio) / twice);
    ratio = x / (twice + x * ratio);
  }
  return sum;
}

/** log I_ν(x), ν ≥ 0 and x ≥ 0; −∞ at x = 0 for ν > 0. Error 1e-15 of its largest part: x, ν log x or log Γ(ν + 1). */
export function logBesselI(order: number, x: number): number {
  demandDomain('logBesselI', order, x);
  if (order === 0 || x === Infinity) return logNormalizedBesselI(order, x);
  return order * Math.log(x / 2) - logGamma(order + 1) + logNormalizedBesselI(order, x);
}

/** I_{ν+1}(x) / I_ν(x), ν > −1 and x ≥ 0: rises from 0, as x/(2ν + 2), to 1. Error 1e-15 relative. */
export function besselRatio(order: number, x: number): number {
  demandDomain('besselRatio', order, x);
  if (x === Infinity) return 1;
  const steps = stepsToUniform(order);
  let ratio = uniformRatio(order + steps, x);
  for (let step = steps; step > 0; step--) ratio = x / (2 * (order + step) + x * ratio);
  return ratio;
}

/** ₀F₁(; ν + 1; t) − 1 = Σ_{j ≥ 1} t^j / (j! (ν + 1) … (ν + j)): all positive; few terms where t ≤ ν + 1. */
function powerSeries(order: number, t: number): number {
  let term = t / (order + 1);
  let sum = term;
  for (let j = 2; term > sum * 2 ** -54; j++) {
    term *= t / (j * (order + j));
    sum += term;
  }
  return sum;
}

/** Whole numbers between an order and the first that the uniform expansion serves. */
function stepsToUniform(order: number): number {
  return Math.max(0, Math.ceil(UNIFORM - order));
}

/**
 * log of the normalised I_ν(x), ν ≥ 32. With s = √(1 + (x/ν)²) Stirling's formula takes from the expansion all that is
 * large: ν (s − 1 − log ((1 + s)/2)) − ½ log s + remainder + log Σ_k U_k(1/s)/ν^k.
 */
function uniformLog(order: number, x: number): number {
  const z = x / order;
  const s = Math.hypot(1, z);
  const rise = z * (z / (1 + s)); // s − 1
  const sum = series(expansion().u, order, s);
  return order * (rise - Math.log1p(rise / 2)) - Math.log(s) / 2 + stirlingRemainder(order) + Math.log(sum);
}

/** I_{ν+1}/I_ν, ν ≥ 32: I′_ν/I_ν − ν/x, or where this cancels the recurrence from some orders above. */
function uniformRatio(order: number, x: number): number {
  if (x > order) {
    const z = x / order;
    const s = Math.hypot(1, z);
    const { u, v } = expansion();
    return ((s * series(v, order, s)) / series(u, order, s) - 1) / z;
  }
  const top = order + STEPS_DOWN;
  let ratio = x / (top + Math.hypot(top, x)); // to be corrected
  for (let step = STEPS_DOWN; step > 0; step--) ratio = x / (2 * (order + step) + x * ratio);
  return ratio;
}

/** Σ_k p^k c_k(p²) / ν^k with p = 1/s. */
function series(polynomials: readonly Float64Array[], order: number, s: number): number {
  const square = 1 / (s * s);
  let sum = 0;
  for (let k = polynomials.length - 1; k >= 0; k--) {
    const coefficients = polynomials[k];
    let value = 0;
    for (let j = k; j >= 0; j--) value = value * square + coefficients[j];
    sum = sum / (s * order) + value;
  }
  return sum;
}

interface Expansion {
  /** Of U_k(p) = p^k u_k(p²), k = 0 … `TERMS`, by powers of p². */
  readonly u: readonly Float64Array[];
  /** Of V_k(p) = p^k v_k(p²). */
  readonly v: readonly Float64Array[];
}

let made: Expansion | undefined;

/** The polynomials of DLMF 10.41.9 to 10.41.11, made when first wanted. */
function expansion(): Expansion {
  if (made) return made;
  const u = [Float64Array.of(1)];
  const v = [Float64Array.of(1)];
  for (let k = 0; k < TERMS; k++) {
    const next = new Float64Array(k + 2);
    const slope = new Float64Array(k + 2);
    u[k].forEach((c, j) => {
      const power = k + 2 * j;
      next[j] += c * (power / 2 + 1 / (8 * (power + 1)));
      next[j + 1] -= c * (power / 2 + 5 / (8 * (power + 3)));
      slope[j] -= c * (0.5 + power);
      slope[j + 1] += c * (0.5 + power);
    });
    u.push(next);
    v.push(next.map((c, j) => c + slope[j]));
  }
  return (made = { u, v });
}

function demandDomain(where: string, order: number, x: number): void {
  if (order > -1 && order < Infinity && x >= 0) return;
  throw new RangeError(`${where}: expected a finite order > -1 and x ≥ 0, got order ${order} and x ${x}`);
}
