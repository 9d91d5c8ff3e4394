/** Exponents below this one add nothing to a sum that has a term of 1, 10⁴ of them together less than 1e-13. */
export const LEAST = -40;

const PER_OCTAVE = 16;
const SCALE = PER_OCTAVE / Math.LN2;
const STEP = Math.LN2 / PER_OCTAVE;
/** e^(−k·STEP), down to e^LEAST. */
const powers = Float64Array.from({ length: Math.ceil(-LEAST * SCALE) + 2 }, (_, k) => Math.exp(-k * STEP));

/**
 * e^x for LEAST ≤ x ≤ 0 to 1e-14 relative, in a third of the time of Math.exp. A power comes from a table, and a
 * polynomial of the sixth degree takes the rest, at most half a step (0.0217).
 */
export function expOf(x: number): number {
  const k = (0.5 - x * SCALE) | 0;
  const r = x + k * STEP;
  return powers[k] * (1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r / 720))))));
}
