/** Σ of `length` values from one on, all by default, in float64 and in their order. */
export function total(values: ArrayLike<number>, from = 0, length = values.length): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += values[i];
  return sum;
}

/** max |value|; 0 of none. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}
