// Sizes and places of sweeps in float64 over tiles: b rows, column by column, `[columns, b]`; lanes are rows, b is a
// multiple of 4. The host lays memory out (kernels/simd/tile-places.ts); places are byte addresses. A sum has two lanes
// until `fold64` adds them.

export let k: i32 = 0;
/** Bytes of a column of a tile. */
export let column: usize = 0;
/** Row weights, `[b]`. */
export let weights: usize = 0;
/** Logits, then responsibilities, `[k, b]`. */
export let logits: usize = 0;
/** Weight times responsibility, `[k, b]`. */
export let plan: usize = 0;
/** Differences of four rows, `[d, 4]`. */
export let scratch: usize = 0;
/** Share times z of a component, `[d, b]`, or of its waiting rows. */
export let weighted: usize = 0;
/** What else rows come to, `[d, b]`. */
export let other: usize = 0;
/** Rows that a component has any of, and next to nothing of, int32 `[2, b + 4]`. */
export let fewRows: usize = 0;
/** Of less than this share a component has next to nothing. */
export let coarseBelow: f64 = 0;
/** Bytes of a column of rows that wait, a multiple of 32. */
export let waiting: usize = 0;

/** Sets sizes and places that all terms have in common. */
export function placeTiles64(
  components: i32, rows: i32, waitingRows: i32, coarse: f64, weightsAt: usize, logitsAt: usize, planAt: usize, scratchAt: usize, weightedAt: usize, otherAt: usize, rowsAt: usize,
): void {
  k = components; column = usize(rows) << 3; waiting = usize(waitingRows) << 3; coarseBelow = coarse; weights = weightsAt; logits = logitsAt; plan = planAt;
  scratch = scratchAt; weighted = weightedAt; other = otherAt; fewRows = rowsAt;
}

/** Begins logits at the offsets `[k]`. */
export function beginTile64(offsets: usize): void {
  for (let at = logits, end = logits + usize(k) * column; at < end; offsets += 8) {
    const offset = v128.load64_splat(offsets);
    for (const last = at + column; at < last; at += 32) { v128.store(at, offset); v128.store(at, offset, 16); }
  }
}

/** Adds the lanes of sums: `count` numbers of two lanes at `from` become as many numbers at `into`. */
export function fold64(from: usize, count: i32, into: usize): void {
  for (let index: usize = 0; index < usize(count); index++) {
    f64.store(into + (index << 3), f64.load(from + (index << 4)) + f64.load(from + (index << 4), 8));
  }
}
