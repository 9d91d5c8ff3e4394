import { largest } from './numbers.js';

/** Most steps for one eigenvalue: two or three are the rule, and a matrix that takes thirty is not known. */
const STEPS = 60;

/**
 * Eigenvalues of a symmetric tridiagonal matrix, in place of its diagonal `[n]`, in no order. `below` `[n]` has the
 * entries beside the diagonal, the first of them at 0, and is spent. Rows of `vectors` `[n, width]`, if given, are rotated
 * along: of those of an orthogonal matrix Q with A = Qᵀ T Q come eigenvectors of A, one a row.
 *
 * Implicit QL with Wilkinson's shifts (Golub & Van Loan, Matrix Computations, 8.3): eigenvalues are right to rounding of
 * the largest. Throws `RangeError` where entries are not finite.
 */
export function tridiagonalEigenvalues(diagonal: Float64Array, below: Float64Array, vectors?: Float64Array): void {
  const n = diagonal.length;
  const width = vectors === undefined ? 0 : vectors.length / n;
  const size = Math.max(largest(diagonal), largest(below));
  if (!Number.isFinite(size)) throw notFinite();
  const negligible = (Number.EPSILON / 8) * size; // relative to its own place, rounding of the largest would never be
  for (let first = 0; first < n; first++) {
    for (let step = 0; ; step++) {
      const last = blockEnd(diagonal, below, first, negligible);
      if (last === first) break;
      if (step === STEPS) throw notFinite();
      chase(diagonal, below, first, last, vectors, width);
    }
  }
}

const notFinite = (): RangeError => new RangeError('tridiagonalEigenvalues: expected finite numbers of moderate size');

/** The last row of the block from `first` on that nothing but rounding joins to the next. */
function blockEnd(diagonal: Float64Array, below: Float64Array, first: number, negligible: number): number {
  let last = first;
  for (; last < diagonal.length - 1; last++) {
    const size = Math.abs(diagonal[last]) + Math.abs(diagonal[last + 1]);
    if (Math.abs(below[last]) <= Math.max(Number.EPSILON * size, negligible)) break;
  }
  return last;
}

/** One QL step of the block from first to last: rotations chase the bulge from its end to its beginning. */
function chase(
  diagonal: Float64Array,
  below: Float64Array,
  first: number,
  last: number,
  vectors: Float64Array | undefined,
  width: number,
): void {
  const half = (diagonal[first + 1] - diagonal[first]) / (2 * below[first]);
  const root = Math.hypot(half, 1);
  let g = diagonal[last] - diagonal[first] + below[first] / (half + (half < 0 ? -root : root));
  let sine = 1;
  let cosine = 1;
  let shift = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * below[i];
    const b = cosine * below[i];
    const r = Math.hypot(f, g);
    below[i + 1] = r;
    if (r === 0) {
      // The block has come apart here.
      diagonal[i + 1] -= shift;
      below[last] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    const rest = diagonal[i + 1] - shift;
    const turned = (diagonal[i] - rest) * sine + 2 * cosine * b;
    shift = sine * turned;
    diagonal[i + 1] = rest + shift;
    g = cosine * turned - b;
    if (vectors) rotateRows(vectors, i * width, width, cosine, sine);
  }
  diagonal[first] -= shift;
  below[first] = g;
  below[last] = 0;
}

/** Rows at `at` and behind it: (u, v) ← (c u − s v, s u + c v). */
function rotateRows(values: Float64Array, at: number, width: number, cosine: number, sine: number): void {
  for (let j = at, k = at + width; j < at + width; j++, k++) {
    const [u, v] = [values[j], values[k]];
    values[k] = sine * u + cosine * v;
    values[j] = cosine * u - sine * v;
  }
}
