/** float16 as IEEE 754 has it: 11 binary digits, from 6e-5 (below, 24 bits behind the point) to 65504. */

/** The largest number. */
export const LARGEST_HALF = 65504;

/** Σ of what rounding a number to float16 takes, as a share of it at the most: half a unit of the last digit. */
export const HALF_ROUNDING = 2 ** -11;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The float16 nearest to each number, of two the even one; what is beyond the largest becomes that. */
export function toHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < words.length; i++) halves[i] = halfOf(words[i]);
  return halves;
}

/** The bits of a float16 of those of a float32. */
function halfOf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude >= 0x477fe000) return sign | 0x7bff; // 65504
  // From 2⁻¹⁴ on: the exponent is moved by 112, and 13 bits are rounded away; they carry into the exponent where they must.
  if (magnitude >= 0x38800000) return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  bits[0] = magnitude;
  return sign | nearestEven(float[0] * 2 ** 24);
}

function nearestEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
}

/** The number that a float16 is, of its bits; of finite ones. */
export function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
