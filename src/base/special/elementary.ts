/**
 * Exponentials and logarithms that are the same bits in every engine, by sums, products and quotients alone: those of
 * `Math` may be rounded differently from one engine to the next. Errors stay under one unit in the last place. Polynomials
 * and reductions are fdlibm's (Sun Microsystems 1993), scaling is by the bits of a number. Infinities, NaN and −0 are as
 * with `Math`.
 */

/** log 2 = LN2_HIGH + LN2_LOW; whole multiples of the first are exact. */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
/** Beyond these, exponentials are ∞, and less than half of the least number. */
const EXP_LARGEST = 709.782712893384;
const EXP_LEAST = -745.1332191019412;
/** From here down, e^x − 1 is −1. */
const EXPM1_LEAST = -56 * Math.LN2;

/** High words of 1 and of √½: what exponents are counted from. */
const ONE = 0x3ff00000;
const ROOT_HALF = 0x3fe6a09e;
/** From here on, numbers have all their bits: 2⁻¹⁰²². */
const LEAST_NORMAL = 2.2250738585072014e-308;

const bits = new DataView(new ArrayBuffer(8));

/** value · 2^k, rounded at most once; k from −1200 to 1024. */
function scaled(value: number, k: number): number {
  if (k > 1023) return value * 2 * powerOfTwo(k - 1);
  if (k < -1022) return value * powerOfTwo(k + 200) * powerOfTwo(-200);
  return value * powerOfTwo(k);
}

/** 2^k, k from −1022 to 1023. */
function powerOfTwo(k: number): number {
  bits.setInt32(0, (k + 1023) << 20);
  bits.setInt32(4, 0);
  return bits.getFloat64(0);
}

/** e^x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_LARGEST) return Infinity;
  if (x < EXP_LEAST) return 0;
  const k = Math.abs(x) > 0.5 * Math.LN2 ? Math.round(x / Math.LN2) : 0;
  const [high, low] = [x - k * LN2_HIGH, k * LN2_LOW];
  const r = high - low;
  const z = r * r;
  const even =
    z *
    (1.66666666666666019037e-1 +
      z *
        (-2.77777777770155933842e-3 +
          z * (6.61375632143793436117e-5 + z * (-1.6533902205465251539e-6 + z * 4.13813679705723846039e-8))));
  const rest = r - even;
  return scaled(1 + ((r * rest) / (2 - rest) - low + high), k);
}

/** e^x − 1, which keeps its digits beside 0. */
export function expm1(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) < 2 ** -54) return x;
  if (x > EXP_LARGEST) return Infinity;
  if (x < EXPM1_LEAST) return -1;
  const k = Math.abs(x) > 0.5 * Math.LN2 ? Math.round(x / Math.LN2) : 0;
  const [high, low] = [x - k * LN2_HIGH, k * LN2_LOW];
  const r = high - low;
  const lost = high - r - low;
  const half = 0.5 * r;
  const z = r * half;
  const series =
    1 +
    z *
      (-3.33333333333331316428e-2 +
        z *
          (1.58730158725481460165e-3 +
            z * (-7.93650757867487942473e-5 + z * (4.00821782732936239552e-6 + z * -2.01099218183624371326e-7))));
  const t = 3 - series * half;
  const quotient = z * ((series - t) / (6 - r * t));
  if (k === 0) return r - (r * quotient - z);
  return lessOne(k, r, r * (quotient - lost) - lost - z);
}

/** 2^k (1 + r − e) − 1, k ≠ 0: summed in the order that loses least. */
function lessOne(k: number, r: number, e: number): number {
  if (k === -1) return 0.5 * (r - e) - 0.5;
  if (k === 1) return r < -0.25 ? -2 * (e - (r + 0.5)) : 1 + 2 * (r - e);
  if (k < 0 || k > 56) return scaled(1 - (e - r), k) - 1;
  const inverse = powerOfTwo(-k);
  return scaled(k < 20 ? 1 - inverse - (e - r) : r - (e + inverse) + 1, k);
}

/** log x; −∞ at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const small = x < LEAST_NORMAL;
  const k = exponentOf(small ? x * 2 ** 54 : x);
  return logOfParts(k - (small ? 54 : 0), mantissa() - 1, 0);
}

/** log (1 + x), which keeps its digits beside 0; −∞ at −1, NaN below. */
export function log1p(x: number): number {
  if (!(x > -1)) return x === -1 ? -Infinity : NaN;
  if (x === Infinity || Math.abs(x) < 2 ** -53) return x;
  if (x > Math.SQRT1_2 - 1 && x < Math.SQRT2 - 1) return logOfParts(0, x, 0);
  const sum = 1 + x;
  const k = exponentOf(sum);
  const lost = k >= 2 ? 1 - (sum - x) : x - (sum - 1);
  return logOfParts(k, mantissa() - 1, k < 54 ? lost / sum : 0);
}

/** The k with x = m 2^k and m in [√½, √2), for x > 0 that has all its bits; leaves m's bits for `mantissa`. */
function exponentOf(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getInt32(0) + (ONE - ROOT_HALF);
  bits.setInt32(0, (high & 0xfffff) + ROOT_HALF);
  return (high >> 20) - 1023;
}

function mantissa(): number {
  return bits.getFloat64(0);
}

/** k log 2 + log (1 + f) + c, with √½ ≤ 1 + f < √2 and a small c. */
function logOfParts(k: number, f: number, c: number): number {
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const even =
    z * (0.666666666666673513 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const half = 0.5 * f * f;
  return k * LN2_HIGH - (half - (s * (half + (odd + even)) + (k * LN2_LOW + c)) - f);
}
