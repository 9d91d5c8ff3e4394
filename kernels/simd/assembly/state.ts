// Sizes, and where everything lies. All memory is the host's to lay out (kernels/simd/layout.ts); pointers are byte
// addresses, multiples of 16.

/** Covariances as triangular matrices, else as one factor per column. */
export let matrix: bool = true;
export let d: i32 = 0;
export let k: i32 = 0;
/** Bytes of b floats: from one column of a tile to the next. */
export let stride: usize = 0;
export let means: usize = 0; // [k, d]
export let whitening: usize = 0; // matrix: packed, see whitenMatrix; else [k, d]
export let whiteningStep: usize = 0; // bytes from one component's to the next; 0 where all share one
export let offsets: usize = 0; // [k]
export let whitened: usize = 0; // z, [k or 1, d, b]
export let whitenedStep: usize = 0; // 0 where z is not kept but computed again
export let plan: usize = 0; // [k, b]: logits, then responsibilities, then the plan
export let scratch: usize = 0; // differences of 8 rows, [d, 8]
export let weighted: usize = 0; // plan · z of one component, [d, b]
export let kept: usize = 0; // responsibilities, [k, b], where coupling is wanted; else 0
export let sums: usize = 0; // float32 sums of four lanes: objective, mass [k], first [k, d], second, coupling
export let sumsSecond: usize = 0;
export let sumsSecondStep: usize = 0; // 0 where all components share one
export let sumsCoupling: usize = 0;
export let sumsCount: i32 = 0;
export let totals: usize = 0; // the same in float64, one number for four lanes
export let rate: f32 = 0;
export let centre: f32 = 0;
export let hard: bool = false;

/** Sets the size of tiles. */
export function shape(columns: i32, rows_: i32): void {
  d = columns; stride = usize(rows_) << 2;
}

/** Sets the form and the places of a model's arrays. */
export function place(
  isMatrix: bool, components: i32,
  meansAt: usize, whiteningAt: usize, whiteningBytes: usize, offsetsAt: usize,
  whitenedAt: usize, whitenedBytes: usize, planAt: usize, scratchAt: usize, weightedAt: usize, keptAt: usize,
  sumsAt: usize, secondAt: usize, secondBytes: usize, couplingAt: usize, count: i32, totalsAt: usize,
): void {
  matrix = isMatrix; k = components;
  means = meansAt; whitening = whiteningAt; whiteningStep = whiteningBytes; offsets = offsetsAt;
  whitened = whitenedAt; whitenedStep = whitenedBytes; plan = planAt; scratch = scratchAt; weighted = weightedAt; kept = keptAt;
  sums = sumsAt; sumsSecond = secondAt; sumsSecondStep = secondBytes; sumsCoupling = couplingAt; sumsCount = count; totals = totalsAt;
}

/** logit = offset − rate · ‖z‖²; hard: one-hot responsibilities; centre: taken off log Σ exp logit before it is summed. */
export function temper(rate_: f32, centre_: f32, hard_: bool): void {
  rate = rate_; centre = centre_; hard = hard_;
}
