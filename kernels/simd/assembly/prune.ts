// Logits through matrices, where most components have nothing of most rows: ‖z‖² only grows with its columns, and a logit
// that has fallen far enough under another of its row need not be known any better.

import { best, d, k, least, likely, means, offsets, plan, prune, stride, whitened, whitenedStep, whitening, whiteningStep } from './state';
import { under, whitenRows } from './whiten';

/**
 * Logits of a tile into `plan`, −∞ where they are `least` under the largest of the row. By blocks of 8 rows: a quarter of
 * the columns, a sixteenth of the work, says which components may be the likeliest; these are computed first, then the
 * others up to where they cannot matter.
 */
export function prunedLogits(x: usize): void {
  const none = f32x4.splat(-Infinity);
  const quarter = (d >> 2) & ~3;
  for (let c = 0; c < k; c++) {
    for (let row: usize = 0; row < stride; row += 32) component(x, c, row, quarter, none, none);
  }
  markLikeliest();
  for (let row: usize = 0; row < stride; row += 16) v128.store(best + row, none);
  for (let c = 0; c < k; c++) {
    for (let row: usize = 0; row < stride; row += 32) {
      if (!load<u8>(markOf(c, row))) continue;
      component(x, c, row, d, none, none);
      const at = plan + usize(c) * stride + row;
      v128.store(best + row, f32x4.pmax(v128.load(best + row), v128.load(at)));
      v128.store(best + row, f32x4.pmax(v128.load(best + row, 16), v128.load(at, 16)), 16);
    }
  }
  // Where it has not paid twice for the first columns, not again before the next group of rows.
  if (8 * others(x) < i64(k) * i64(d * d) * i64(stride >> 5)) prune(false);
}

/** Logits of components that are not marked; returns how many products this saved, by blocks of 8 rows and twice. */
function others(x: usize): i64 {
  let saved: i64 = 0;
  const share = f32x4.splat(least), none = f32x4.splat(-Infinity);
  for (let c = 0; c < k; c++) {
    for (let row: usize = 0; row < stride; row += 32) {
      if (load<u8>(markOf(c, row))) continue;
      const least0 = f32x4.add(v128.load(best + row), share), least1 = f32x4.add(v128.load(best + row, 16), share);
      const at = plan + usize(c) * stride + row;
      const known = under(v128.load(at), v128.load(at, 16), least0, least1); // from the first columns alone
      const columns = known ? 0 : component(x, c, row, d, least0, least1);
      if (columns == d) continue;
      v128.store(at, none); v128.store(at, none, 16);
      saved += d * d - columns * columns;
    }
  }
  return saved;
}

/** Marks the components with the largest of what logits there are, of any of 8 rows. */
function markLikeliest(): void {
  memory.fill(likely, 0, usize(k) * (stride >> 5));
  for (let row: usize = 0; row < stride; row += 4) {
    let largest: f32 = -Infinity, label = 0;
    for (let c = 0; c < k; c++) {
      const logit = f32.load(plan + usize(c) * stride + row);
      if (logit > largest) {
        largest = logit;
        label = c;
      }
    }
    store<u8>(markOf(label, row), 1);
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function markOf(c: i32, row: usize): usize {
  return likely + usize(c) * (stride >> 5) + (row >> 5);
}

// @ts-ignore
@inline
function component(x: usize, c: i32, row: usize, columns: i32, least0: v128, least1: v128): i32 {
  const mean = means + (usize(c * d) << 2);
  const w = whitening + usize(c) * whiteningStep;
  const z = whitened + usize(c) * whitenedStep + row;
  const offset = v128.load32_splat(offsets + (usize(c) << 2));
  return whitenRows(x + row, mean, w, z, plan + usize(c) * stride + row, offset, columns, least0, least1);
}
