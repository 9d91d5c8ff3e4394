// Sizes, and where everything lies. All memory is the host's to lay out (kernels/simd/layout.ts); pointers are byte
// addresses, multiples of 16.

// How components see a row. The host's names for them are in kernels/simd/layout.ts.
/** Each through a triangular matrix of its own, or all through one: z = (x − μ_k) W_k. */
// @ts-ignore: decorators are AssemblyScript's
@inline export const MATRIX: i32 = 0;
/** All through one triangular matrix, rows whitened once: z = y − m_k with y = (x − o) W, m_k = (μ_k − o) W. */
// @ts-ignore
@inline export const SHARED: i32 = 1;
/** Each through one factor per column. */
// @ts-ignore
@inline export const DIAGONAL: i32 = 2;
/** Each through one factor. */
// @ts-ignore
@inline export const BALL: i32 = 3;
/** Not at all: d = 0, and all that says something of a row is the linear term (linear.ts). */
// @ts-ignore
@inline export const NONE: i32 = 4;

export let path: i32 = MATRIX;
export let d: i32 = 0;
export let k: i32 = 0;
/** Bytes of b floats: from one column of a tile to the next. */
export let stride: usize = 0;
/** Bytes of a column that are worked on: all of them, but for a last tile of gathered rows. A multiple of 32. */
export let extent: usize = 0;
export let means: usize = 0; // [k, d]; shared: m_k
export let origin: usize = 0; // shared: o, [d]
export let whitening: usize = 0; // matrix, shared: packed, see whitenMatrix; diagonal: [k, d]
export let slopes: usize = 0; // shared, ball: logit = offset + slope ‖difference‖², [k]
export let whiteningStep: usize = 0; // bytes from one component's to the next; 0 where all share one
export let offsets: usize = 0; // [k]
export let whitened: usize = 0; // z, [k or 1, d, b]; shared: y, [d, b]
export let whitenedStep: usize = 0; // 0 where z is not kept but computed again
export let plan: usize = 0; // [k, b]: logits, then responsibilities, then the plan
export let scratch: usize = 0; // differences of 8 rows, [d, 8]
export let squares: usize = 0; // ball: ‖x − μ_k‖², [k, b]
export let active: usize = 0; // components that some row of the tile has any of, [k]
export let weighted: usize = 0; // plan · z of one component, [d, b]; shared: summed over components
export let kept: usize = 0; // responsibilities, [k, b], where coupling is wanted; else 0
export let gathered: usize = 0; // rows of each component, [k, d, b]; 0: none are gathered
export let gatheredPlan: usize = 0; // [k, b]
export let gatheredRows: usize = 0; // how many there are, [k]
export let turned: usize = 0; // the tiles of a group as rows, [1024, d]; 0: none are summed one by one
export let notedRows: usize = 0; // such rows of each component, as bytes from `turned`, [k, 1024]
export let notedShares: usize = 0; // their plan, [k, 1024]
export let noted: usize = 0; // bytes of these lists that are filled, [k]
export let enough: i32 = 0; // rows of a tile from which on a component is summed over the whole tile
// Bounds (bounds.ts): what a few coordinates y = (x − o) P of a row say of its logits.
export let boundColumns: i32 = 0; // m, a multiple of 4; 0: there are none
export let boundOrigin: usize = 0; // o, [d]
export let boundProjection: usize = 0; // P, by blocks of four columns, [m / 4, d, 4]
export let boundMeans: usize = 0; // [k, m]
export let boundWhitening: usize = 0; // packed, see whitenMatrix
export let boundWhiteningStep: usize = 0;
export let projected: usize = 0; // y, [m, b]
// Lists (sparse.ts): the components that rows of a group may have any of. R: rows of the group and some more.
export let groupPlan: usize = 0; // logits or bounds of them, then the plan, [k, R]
export let groupKept: usize = 0; // responsibilities where coupling is wanted, [k, R]
export let labels: usize = 0; // likeliest by bound, [R]
export let best: usize = 0; // logits of these, [R]
export let byLabel: usize = 0; // rows in the order of their labels, [R]
export let blocks: usize = 0; // z of 8 rows of one component, [capacity, d, 8]
export let blockRows: usize = 0; // which these are, −1: none, [capacity, 8]
export let blockComponents: usize = 0; // [capacity]
export let capacity: i32 = 0;
export let sums: usize = 0; // float32 sums of four lanes: objective, mass [k], first [k, d], second, coupling
export let sumsSecond: usize = 0;
export let sumsSecondStep: usize = 0; // 0 where all components share one
export let sumsCoupling: usize = 0;
export let sumsCount: i32 = 0;
export let totals: usize = 0; // the same in float64, one number for four lanes
export let rate: f32 = 0;
export let squareRate: f32 = 0; // logit = offset − squareRate ‖z‖²: `rate`, or −1 where a function of ‖z‖² follows (radial.ts)
export let centre: f32 = 0;
export let hard: bool = false;
export let least: f32 = 0; // logits so much under the largest of a row count as nothing

/** Sets the size of tiles. */
export function shape(columns: i32, rows_: i32): void {
  d = columns; stride = usize(rows_) << 2; extent = stride;
}

/** Sets how many bytes of a column are worked on. */
export function limit(bytes: usize): void {
  extent = bytes;
}

/** Sets the path and the places of what a model gives. */
export function placeModel(
  path_: i32, components: i32, meansAt: usize, originAt: usize, whiteningAt: usize, whiteningBytes: usize, offsetsAt: usize, slopesAt: usize,
): void {
  path = path_; k = components;
  means = meansAt; origin = originAt; whitening = whiteningAt; whiteningStep = whiteningBytes; offsets = offsetsAt; slopes = slopesAt;
}

/** Sets the places of what a tile is turned into. */
export function placeTile(
  whitenedAt: usize, whitenedBytes: usize, planAt: usize, scratchAt: usize, squaresAt: usize, activeAt: usize, weightedAt: usize, keptAt: usize,
): void {
  whitened = whitenedAt; whitenedStep = whitenedBytes; plan = planAt; scratch = scratchAt;
  squares = squaresAt; active = activeAt; weighted = weightedAt; kept = keptAt;
}

/** Sets the places of gathered rows. */
export function placeGathered(rowsAt: usize, planAt: usize, countsAt: usize): void {
  gathered = rowsAt; gatheredPlan = planAt; gatheredRows = countsAt;
}

/** Sets the places of tiles as rows, and of what is noted of them. */
export function placeTurned(turnedAt: usize, rowsAt: usize, sharesAt: usize, notedAt: usize): void {
  turned = turnedAt; notedRows = rowsAt; notedShares = sharesAt; noted = notedAt;
}

/** Sets from how many rows of a tile on a component is summed over the whole tile. */
export function sparseBelow(enoughRows: i32): void {
  enough = enoughRows;
}

/** Sets what bounds are computed with; `columns` 0: there are none. */
export function placeBounds(
  columns: i32, originAt: usize, projectionAt: usize, meansAt: usize, whiteningAt: usize, whiteningBytes: usize, projectedAt: usize,
): void {
  boundColumns = columns; boundOrigin = originAt; boundProjection = projectionAt; boundMeans = meansAt;
  boundWhitening = whiteningAt; boundWhiteningStep = whiteningBytes; projected = projectedAt;
}

/** Sets the places of lists, and how many blocks there are. */
export function placeLists(
  planAt: usize, keptAt: usize, labelsAt: usize, bestAt: usize, byLabelAt: usize, blocksAt: usize, rowsAt: usize, componentsAt: usize, most: i32,
): void {
  groupPlan = planAt; groupKept = keptAt; labels = labelsAt; best = bestAt; byLabel = byLabelAt;
  blocks = blocksAt; blockRows = rowsAt; blockComponents = componentsAt; capacity = most;
}

/** Sets which plan is worked on, of so many bytes a column. */
export function view(bytes: usize, planAt: usize, keptAt: usize): void {
  stride = bytes; extent = bytes; plan = planAt; kept = keptAt;
}

/** Sets the places of sums. */
export function placeSums(sumsAt: usize, secondAt: usize, secondBytes: usize, couplingAt: usize, count: i32, totalsAt: usize): void {
  sums = sumsAt; sumsSecond = secondAt; sumsSecondStep = secondBytes; sumsCoupling = couplingAt; sumsCount = count; totals = totalsAt;
}

/**
 * logit = offset − squareRate · ‖z‖² + 2 rate · ⟨t, η⟩; hard: one-hot responsibilities; least: responsibilities under e^least are 0; centre:
 * taken off log Σ exp logit before it is summed.
 */
export function temper(rate_: f32, squareRate_: f32, centre_: f32, hard_: bool, least_: f32): void {
  rate = rate_; squareRate = squareRate_; centre = centre_; hard = hard_; least = least_;
}
