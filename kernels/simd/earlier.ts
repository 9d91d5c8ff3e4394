/** Approximate logits of a shard's rows under an earlier model, which bound those under the model at hand. */
import { BLOCK_ROWS, GROUP_ROWS } from './layout.js';
import { filledWidth, lineSize } from './linear.js';
import type { SimdModel } from './model.js';

/** What a sweep keeps of approximate logits, or bounds its own with; all threads see it. Sums are the same with and without. */
export interface EarlierLogits {
  /** Which model the logits are of that are kept, or that may be used. */
  readonly id: number;
  /** A record for each block of rows: logits `[b, K]` and lengths of rows `[b]`. Empty: none are kept. */
  readonly values: Float32Array;
  /** Which model a block's record is of; 0: none. */
  readonly ids: Int32Array;
  /** Blocks that were swept by earlier logits, and by approximate ones of their own. */
  readonly tally: Int32Array;
  /** What `boundsBy` makes of both models; none where logits are kept. */
  readonly bounds?: Float32Array | undefined;
}

const BLOCKS = GROUP_ROWS / BLOCK_ROWS;

/** Numbers of a block's record. */
function recordSize(size: number): number {
  return BLOCK_ROWS * (size + 1);
}

/** Blocks of so many groups, and numbers of their records. */
export function recordsOf(groups: number, k: number): { readonly blocks: number; readonly numbers: number } {
  return { blocks: groups * BLOCKS, numbers: groups * BLOCKS * recordSize(lineSize(k)) };
}

/** Which block begins at a row of a group, and where its record does; K numbers a row. */
export function placeOfBlock(
  group: number,
  row: number,
  size: number,
): { readonly block: number; readonly at: number } {
  const block = group * BLOCKS + row / BLOCK_ROWS;
  return { block, at: block * recordSize(size) };
}

/** What of a model logits are made of. */
export type LogitModel = Pick<SimdModel, 'k' | 'offsets' | 'rate' | 'linear'>;

/** As assembly/shorts.ts: units of a length, and a little more than the excess it grants. */
const UNITS = 32_000;
const EXCESS = 1.1;
/** Far more than float32 rounding of products and sums of so many numbers, relative to their lengths. */
const ROUNDING = 4e-6;

/**
 * What bounds logits now by approximate ones of an earlier model, `[4, K]`: base, s, rounding and spread, by which a row t has
 * |logit − base − s · earlier| ≤ rounding + ‖t‖ · spread. With natural parameters η and ζ times their rates and s = ⟨η, ζ⟩ / ‖ζ‖²,
 * ⟨t, η⟩ = s ⟨t, ζ⟩ + ⟨t, η − s ζ⟩, of which the last is at most ‖t‖ ‖η − s ζ‖ (Cauchy and Schwarz).
 */
export function boundsBy(earlier: LogitModel, now: LogitModel): Float32Array {
  const { k } = now;
  const size = lineSize(k);
  const bounds = new Float32Array(4 * size);
  const [base, times, rounding, spread] = [0, 1, 2, 3].map((line) => bounds.subarray(line * size, (line + 1) * size));
  base.fill(-Infinity);
  times.fill(1);
  const longest = Math.sqrt(Math.max(...Array.from({ length: k }, (_, c) => square(earlier, earlier, c))));
  const allowance = (EXCESS * longest * Math.sqrt(filledWidth(now.linear?.dense ?? 0))) / UNITS;
  for (let c = 0; c < k; c++) {
    if (now.offsets[c] === -Infinity) continue; // which no row belongs to
    const [own, other] = [square(now, now, c), square(earlier, earlier, c)];
    const s = (times[c] = other > 0 ? square(now, earlier, c) / other : 0);
    base[c] = now.offsets[c] - times[c] * earlier.offsets[c];
    rounding[c] = ROUNDING * (Math.abs(now.offsets[c]) + 2 * Math.abs(s * earlier.offsets[c]));
    const away = Math.sqrt(apart(now, earlier, times[c], c));
    spread[c] = Math.abs(s) * allowance + away + ROUNDING * (away + Math.sqrt(own) + Math.abs(s) * Math.sqrt(other));
  }
  return bounds;
}

/** ⟨η_c, ζ_c⟩ times both rates. */
function square(a: LogitModel, b: LogitModel, c: number): number {
  return sum(a, b, c, (x, y) => x * y);
}

/** ‖η_c − s ζ_c‖², of both times their rates. */
function apart(a: LogitModel, b: LogitModel, s: number, c: number): number {
  return sum(a, b, c, (x, y) => (x - s * y) ** 2);
}

function sum(a: LogitModel, b: LogitModel, c: number, of: (x: number, y: number) => number): number {
  const size = lineSize(a.k);
  const [x, y] = [a.linear?.natural ?? [], b.linear?.natural ?? []];
  const [p, q] = [2 * Math.fround(a.rate), 2 * Math.fround(b.rate)];
  let all = 0;
  for (let at = c; at < x.length; at += size) all += of(p * x[at], q * y[at]);
  return all;
}
