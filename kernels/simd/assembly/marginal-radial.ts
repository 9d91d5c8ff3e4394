// Student-t terms, of e columns that are there: −(ν + e)/2 · log(1 + q/ν) of squared distances q, and sums that are weighted
// by u = (ν + e)/(ν + q) besides (src/sweep/exact/radial.ts).

import { log64 } from './log64';
import { k, line, logits, most, plan, product } from './marginal-state';

/** log(1 + y) for y ≥ 0, error some units in the last place: what rounding takes off 1 + y is given back. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function log1p64(y: f64): f64 {
  const s = 1 + y;
  return log64(s) + (y - (s - 1)) / s;
}

/**
 * Takes rate (ν + e) log(1 + q/ν) off the logits; writes u to `factors` and what is summed of it to `remainders`, `[most, k]`.
 * `parameters` `[3, k]`, filled up: ν, ν + e, and what log u − u is more than −log(1 + q/ν) − u.
 */
export function addRadial64(rows: i32, width: i32, z: usize, parameters: usize, rate: f64, factors: usize, remainders: usize): void {
  const own = usize(width) << 3;
  for (let c: usize = 0; c < usize(k); c++, z += most * own) {
    const parameter = parameters + (c << 3);
    const degrees = f64.load(parameter), scale = f64.load(parameter + line), more = f64.load(parameter + 2 * line);
    let at = z, place = c << 3;
    for (let row = 0; row < rows; row++, at += own, place += line) {
      const squared = product(at, at, own), logit = f64.load(logits + place);
      if (degrees == Infinity) {
        f64.store(logits + place, logit - rate * squared);
        f64.store(factors + place, 1);
        f64.store(remainders + place, -1);
        continue;
      }
      const logarithm = log1p64(squared / degrees), u = scale / (degrees + squared);
      f64.store(logits + place, logit - rate * scale * logarithm);
      f64.store(factors + place, u);
      f64.store(remainders + place, more - logarithm - u);
    }
  }
}

/** Makes P u of u; adds Σ P u and Σ P (log u − u) to `sums` `[2, k]`. */
export function weigh64(rows: i32, factors: usize, remainders: usize, sums: usize): void {
  for (let row = 0, from: usize = 0; row < rows; row++) {
    for (let c: usize = 0; c < line; c += 16, from += 16) {
      const share = v128.load(plan + from), part = f64x2.mul(share, v128.load(factors + from));
      v128.store(factors + from, part);
      v128.store(sums + c, f64x2.add(v128.load(sums + c), part));
      const logarithm = f64x2.mul(share, v128.load(remainders + from));
      v128.store(sums + line + c, f64x2.add(v128.load(sums + line + c), logarithm));
    }
  }
}
