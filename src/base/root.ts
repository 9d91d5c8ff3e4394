/** A function's value and slope at a point. */
export interface Tangent {
  readonly value: number;
  readonly slope: number;
}

/** Where a zero is sought. */
export interface Bracket {
  readonly low: number;
  readonly high: number;
  /** Where to begin; the nearer end if that is outside. */
  readonly start: number;
  /** Whether the function falls from positive to negative; else it rises from negative to positive. */
  readonly falling: boolean;
}

/** More steps than halving a bracket of float64 numbers takes. */
const STEPS = 200;
/** Steps this small beside the point change its last digits alone. */
const SETTLED = 2 ** -50;
/** Steps this small double their digits, as long as values have any. */
const NEAR = 2 ** -20;

/**
 * The zero of a continuous function in a bracket, by Newton's method. A step that leaves the bracket halves the bracket
 * instead, and so does one from a value that is not half the last. A step that is near and comes from such a value ends
 * the search: values are rounding there. Where the function has but one sign, the end of the bracket that it points to.
 * Throws `RangeError` where a value is NaN.
 */
export function findRoot(at: (point: number) => Tangent, { low, high, start, falling }: Bracket): number {
  let [from, to] = [low, high];
  let point = Math.min(Math.max(start, low), high);
  let last = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const { value, slope } = at(point);
    if (Number.isNaN(value)) throw new RangeError(`findRoot: expected a number at ${point}, got NaN`);
    if (value === 0) return point;
    if (value > 0 === falling) from = point;
    else to = point;
    const newton = point - value / slope;
    const halved = Math.abs(value) < last / 2;
    if (!halved && Math.abs(newton - point) <= NEAR * Math.abs(point)) return point;
    const next = halved && newton > from && newton < to ? newton : from + (to - from) / 2;
    if (Math.abs(next - point) <= SETTLED * Math.abs(next)) return next;
    last = Math.abs(value);
    point = next;
  }
  return point;
}
