/** Whether costs may lie so far apart that some are not used. */
export function hasFar(values: ArrayLike<number>, n: number, m: number, epsilon: number): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < values.length; at++) {
    low = Math.min(low, values[at]);
    high = Math.max(high, values[at]);
  }
  return high - low > reach(n, m, 0, epsilon);
}

/**
 * What costs must exceed the least by so that a plan can do without them, where the others have this range. A cycle of
 * pairs, at most 2 min(n, m) long, shares the price of a dear one. Potentials of the blocks that it leaves are as far
 * apart.
 */
export function reach(n: number, m: number, range: number, epsilon: number): number {
  return (Math.min(n, m) + 1) * (4 * range + 1000 * epsilon);
}
