// From whitened differences and statistics to logits.

import { multiplyAdd } from './exp2';
import { addTimes, k, line, logits, most, product, step, x } from './marginal-state';

/** Begins rows: their logits are the offsets `[k]`. */
export function begin64(rows: i32, offsets: usize): void {
  for (let row: usize = 0; row < usize(rows); row++) memory.copy(logits + row * line, offsets, line);
}

/** Takes rate ‖z‖² off the logits. */
export function addDistances64(rows: i32, width: i32, z: usize, rate: f64): void {
  const own = usize(width) << 3;
  for (let c: usize = 0; c < usize(k); c++, z += most * own) {
    let at = z;
    for (let row: usize = 0; row < usize(rows); row++, at += own) {
      const logit = logits + row * line + (c << 3);
      f64.store(logit, f64.load(logit) - rate * product(at, at, own));
    }
  }
}

/** Adds rate ⟨t, η_k⟩ of dense statistics t from column `first` on; η and all that is like it is `[statistics, k]`. */
export function addDense64(rows: i32, first: i32, dense: i32, natural: usize, rate: f64): void {
  const statistics = x + (usize(first) << 3);
  for (let row: usize = 0; row < usize(rows); row++) {
    const t = statistics + row * step;
    for (let c: usize = 0; c < line; c += 16) {
      let sum = f64x2.splat(0), eta = natural + c;
      for (let j: usize = 0; j < usize(dense) << 3; j += 8, eta += line) sum = multiplyAdd<f64>(v128.load64_splat(t + j), v128.load(eta), sum);
      const logit = logits + row * line + c;
      v128.store(logit, multiplyAdd<f64>(f64x2.splat(rate), sum, v128.load(logit)));
    }
  }
}

/** The same of a column of levels, η of the first of which lies at `natural`; −1 is none. */
export function addLevel64(rows: i32, column: i32, natural: usize, rate: f64): void {
  const own = x + (usize(column) << 3);
  for (let row: usize = 0; row < usize(rows); row++) {
    const level = f64.load(own + row * step);
    if (level >= 0) addTimes(rate, natural + usize(level) * line, logits + row * line, line);
  }
}
