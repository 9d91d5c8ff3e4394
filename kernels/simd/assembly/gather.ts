// Rows of which a component has some, where it has nothing of most: gathered over the tiles of a group, so that moments
// cost what these rows cost. What is gathered is z where that is kept or listed (sparse.ts), else x.

import { whitenComponent } from './logits';
import { accumulateWhitened } from './moments';
import { d, gathered, gatheredPlan, gatheredRows, k, limit, plan, stride, weighted, whitened, whitenedStep } from './state';

/** Whether what is gathered of a group is x, to be whitened. */
let raw: bool = false;

/** To be called before rows of a group are gathered one by one: what is gathered is z. */
export function gatherWhitened(): void {
  raw = false;
}

/** Puts a tile's rows with some of component c beside those of earlier tiles; sums them up when a tile is full. */
export function gather(x: usize, c: i32): void {
  raw = !whitenedStep;
  const p = plan + usize(c) * stride;
  const rows = whitenedStep ? whitened + usize(c) * whitenedStep : x;
  for (let row: usize = 0; row < stride; row += 16) {
    let mask = i32x4.bitmask(f32x4.ne(v128.load(p + row), f32x4.splat(0)));
    for (; mask != 0; mask &= mask - 1) {
      const from = row + (usize(ctz(mask)) << 2);
      gatherRow(rows + from, stride, f32.load(p + from), c);
    }
  }
}

/** The same of one row, whose columns lie `step` bytes apart, and its share of the plan. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function gatherRow(row: usize, step: usize, share: f32, c: i32): void {
  const counter = gatheredRows + (usize(c) << 2);
  const at = usize(i32.load(counter)) << 2;
  f32.store(gatheredPlan + usize(c) * stride + at, share);
  let to = gathered + usize(c * d) * stride + at;
  for (const end = row + usize(d) * step; row < end; row += step, to += stride) f32.store(to, f32.load(row));
  const full = at + 4 == stride;
  i32.store(counter, full ? 0 : i32((at >> 2) + 1));
  if (full) accumulate(c);
}

/** Sums up what is left of all components, filled up to whole blocks of 8 rows. */
export function accumulateGathered(): void {
  for (let c = 0; c < k; c++) {
    const counter = gatheredRows + (usize(c) << 2);
    const end = usize(i32.load(counter)) << 2;
    if (end == 0) continue;
    const filled = (end + 31) & ~31;
    memory.fill(gatheredPlan + usize(c) * stride + end, 0, filled - end);
    limit(filled);
    accumulate(c);
    limit(stride);
    i32.store(counter, 0);
  }
}

function accumulate(c: i32): void {
  const rows = gathered + usize(c * d) * stride;
  const p = gatheredPlan + usize(c) * stride;
  if (!raw) {
    accumulateWhitened(p, rows, c);
    return;
  }
  whitenComponent(rows, c, whitened, weighted); // its logits are overwritten
  accumulateWhitened(p, whitened, c);
}
