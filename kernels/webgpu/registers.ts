/** What a lane may hold in registers where it has 128 of them, as Intel's have in subgroups of 8. */
import { MOST_HELD } from './layout.js';

const FEW = /^intel\b/i;

/** Columns up to which kernels that make logits hold a row's values; more are read for every block of columns of W. */
export function columnsHeld(adapter: string): number {
  return FEW.test(adapter) ? 8 : MOST_HELD;
}

/** Quads along the side of a square of sums (scatter.wgsl.ts), at the most. */
export function mostSide(adapter: string): 1 | 2 {
  return FEW.test(adapter) ? 1 : 2;
}
