import { cholesky, inverseTransposed } from '../../base/cholesky.js';
import { symmetricEigen } from '../../base/eigen.js';
import { product, transposed } from '../../base/matrices.js';
import { singularValues } from '../../base/singular-values.js';

/** Eigenvalues under this share of the largest are rounding: a singular covariance has no width that way. */
const SINGULAR = 1e-14;

/** A Gaussian; its covariance is a matrix, `[d, d]`, or the variances `[d]` of columns that are independent. */
export interface Gaussian {
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
}

/** A symmetric linear map of `[d]`: a matrix, `[d, d]`, or factors `[d]` of the columns. */
export type SymmetricMap = Float64Array;

/** R with Σ = Rᵀ R and W with W Σ Wᵀ = I where Σ has any width; each `[d, d]`. */
interface Root {
  readonly factor: Float64Array;
  readonly whitener: () => Float64Array;
}

/** Roots of covariances that are met again and again, in pairs. */
export class Roots {
  private readonly known = new Map<Float64Array, Root>();

  constructor(private readonly d: number) {}

  /** A covariance may be singular. */
  of(covariance: Float64Array): Root {
    const known = this.known.get(covariance);
    if (known) return known;
    const root = covariance.length === this.d * this.d ? matrixRoot(covariance, this.d) : diagonalRoot(covariance);
    this.known.set(covariance, root);
    return root;
  }
}

function matrixRoot(covariance: Float64Array, d: number): Root {
  const lower = cholesky(covariance, d);
  if (lower) return { factor: transposed(lower, d), whitener: () => transposed(inverseTransposed(lower, d), d) };
  const { values, vectors } = symmetricEigen(covariance, d);
  const least = SINGULAR * values.reduce((a, b) => Math.max(a, b), 0);
  const widths = values.map((value) => (value > least ? Math.sqrt(value) : 0));
  const scaledBy = (factors: Float64Array): Float64Array => vectors.map((v, at) => v * factors[Math.floor(at / d)]);
  return { factor: scaledBy(widths), whitener: () => scaledBy(widths.map(inverse)) };
}

function diagonalRoot(variances: Float64Array): Root {
  const widths = variances.map(Math.sqrt);
  return { factor: diagonal(widths), whitener: () => diagonal(widths.map(inverse)) };
}

const inverse = (width: number): number => (width > 0 ? 1 / width : 0);

/**
 * W₂² of two Gaussians: ‖m_a − m_b‖² + tr Σ_a + tr Σ_b − 2 tr (Σ_a^½ Σ_b Σ_a^½)^½ (Dowson & Landau 1982). The last trace is
 * the sum of the singular values of R_a R_bᵀ: right to rounding of the traces, which eigenvalues, whose roots count, are
 * not. Equal covariances add 0 exactly.
 */
export function buresWasserstein(a: Gaussian, b: Gaussian, roots: Roots): number {
  let square = 0;
  for (let j = 0; j < a.mean.length; j++) square += (a.mean[j] - b.mean[j]) ** 2;
  return square + buresSquared(a.covariance, b.covariance, a.mean.length, roots);
}

/** B²(Σ_a, Σ_b), the part of the covariances. */
function buresSquared(a: Float64Array, b: Float64Array, d: number, roots: Roots): number {
  if (equal(a, b)) return 0;
  if (isDiagonal(a, d) && isDiagonal(b, d)) {
    return a.reduce((sum, variance, j) => sum + (Math.sqrt(variance) - Math.sqrt(b[j])) ** 2, 0);
  }
  const values = singularValues(product(roots.of(a).factor, transposed(roots.of(b).factor, d), d), d);
  return Math.max(0, trace(a, d) + trace(b, d) - 2 * values.reduce((x, y) => x + y, 0));
}

/**
 * The linear part T of the transport map m_b + T (x − m_a) of one Gaussian to another: Wᵀ (R Σ_b Rᵀ)^½ W, which for any
 * root R of Σ_a is Σ_a^−½ (Σ_a^½ Σ_b Σ_a^½)^½ Σ_a^−½ (Dowson & Landau 1982). 0 along directions that Σ_a has no width in.
 */
export function gaussianMap(a: Float64Array, b: Float64Array, d: number, roots: Roots): SymmetricMap {
  if (isDiagonal(a, d) && isDiagonal(b, d))
    return a.map((variance, j) => Math.sqrt(b[j]) * inverse(Math.sqrt(variance)));
  const { factor, whitener } = roots.of(a);
  const between = product(factor, transposed(roots.of(b).factor, d), d);
  const { values, vectors } = symmetricEigen(product(between, transposed(between, d), d), d);
  // T = Yᵀ Y with Y = Λ^¼ V W.
  const fourth = values.map((value) => Math.max(0, value) ** 0.25);
  const half = product(vectors, whitener(), d).map((value, at) => value * fourth[Math.floor(at / d)]);
  return product(transposed(half, d), half, d);
}

/** ((1 − t) I + t T) Σ ((1 − t) I + t T), the covariance a share t of the way along a map. */
export function movedCovariance(covariance: Float64Array, map: SymmetricMap, share: number, d: number): Float64Array {
  if (isDiagonal(map, d)) return covariance.map((variance, j) => variance * (1 - share + share * map[j]) ** 2);
  const step = map.map((value, at) => share * value + (at % (d + 1) === 0 ? 1 - share : 0));
  const moved = product(product(step, matrixOf(covariance, d), d), step, d);
  return moved.map((value, at) => (value + moved[(at % d) * d + Math.floor(at / d)]) / 2);
}

/** A covariance as a matrix `[d, d]`. */
export function matrixOf(covariance: Float64Array, d: number): Float64Array {
  return isDiagonal(covariance, d) ? diagonal(covariance) : covariance;
}

/** Of one column everything is diagonal. */
export function isDiagonal(covariance: Float64Array, d: number): boolean {
  return covariance.length === d;
}

function diagonal(values: Float64Array): Float64Array {
  const d = values.length;
  const matrix = new Float64Array(d * d);
  for (let j = 0; j < d; j++) matrix[j * (d + 1)] = values[j];
  return matrix;
}

function trace(covariance: Float64Array, d: number): number {
  const step = isDiagonal(covariance, d) ? 1 : d + 1;
  let sum = 0;
  for (let at = 0; at < covariance.length; at += step) sum += covariance[at];
  return sum;
}

function equal(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, at) => value === b[at]));
}
