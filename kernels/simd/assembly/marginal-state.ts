// Sweeps of rows that have the same columns, by the marginals of these; in float64, a few rows after one another. Lanes
// are columns, or components. Columns of a quadratic term are filled up with zeros to blocks of four, components to pairs.
// Here is what all of marginal-*.ts have in common: sizes, places, and sums of products.

import { multiplyAdd } from './exp2';

export let k: i32 = 0;
export let line: usize = 0; // bytes of a row of k numbers, filled up
export let most: usize = 0; // rows at once, a multiple of 4
export let x: usize = 0; // rows as they come
export let step: usize = 0; // bytes from one of these to the next
export let weights: usize = 0; // [most]
export let logits: usize = 0; // [most, k], then responsibilities
export let plan: usize = 0; // weight times responsibility, 0 where it is negligible, [most, k]
export let masses: usize = 0; // of the plan, [k]
export let scratch: usize = 0; // rows of the size of a term, [4]
export let listed: usize = 0; // z of rows of a component, [most + d, columns]
export let weighted: usize = 0; // the same times the plan

/** Sets sizes and places that all terms have in common. */
export function placeRows64(
  components: i32, rows: i32, xAt: usize, xBytes: usize, weightsAt: usize, logitsAt: usize, planAt: usize, massesAt: usize, scratchAt: usize, listedAt: usize, weightedAt: usize,
): void {
  k = components; line = usize((k + 1) & ~1) << 3; most = usize(rows); x = xAt; step = xBytes; weights = weightsAt;
  logits = logitsAt; plan = planAt; masses = massesAt; scratch = scratchAt; listed = listedAt; weighted = weightedAt;
}

/** Sets what moments are weighted by: the plan, or what a Student-t term makes of it. */
export function weightBy64(planAt: usize): void {
  plan = planAt;
}

// @ts-ignore: decorators are AssemblyScript's
@inline
export function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

export function product(a: usize, b: usize, bytes: usize): f64 {
  let sum = f64x2.splat(0), more = sum, j: usize = 0;
  for (; j + 32 <= bytes; j += 32) {
    sum = multiplyAdd<f64>(v128.load(a + j), v128.load(b + j), sum);
    more = multiplyAdd<f64>(v128.load(a + j, 16), v128.load(b + j, 16), more);
  }
  if (j < bytes) sum = multiplyAdd<f64>(v128.load(a + j), v128.load(b + j), sum);
  return total(f64x2.add(sum, more));
}

/** into += factor · from. */
// @ts-ignore
@inline
export function addTimes(factor: f64, from: usize, into: usize, bytes: usize): void {
  const f = f64x2.splat(factor);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(into + j, multiplyAdd<f64>(f, v128.load(from + j), v128.load(into + j)));
}

// @ts-ignore
@inline
export function scale(factor: f64, at: usize, bytes: usize): void {
  const f = f64x2.splat(factor);
  for (let j: usize = 0; j < bytes; j += 16) v128.store(at + j, f64x2.mul(f, v128.load(at + j)));
}
