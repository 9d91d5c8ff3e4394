/** Differences that are remembered. */
const MEMORY = 8;
/** Share of the largest diagonal that is added to the normal equations: differences become nearly dependent. */
const RIDGE = 1e-12;

/**
 * Anderson acceleration (Walker & Ni 2011, equation 2.1) of a fixed-point iteration x ← x + r(x). The next point is G −
 * ΔG γ, with G = x + r and γ least in ‖r − ΔR γ‖. ΔR are the last differences of residuals, ΔG of points reached. The
 * norm weighs coordinates by `weights`.
 */
export class Anderson {
  private readonly residuals: Float64Array[] = [];
  private readonly reached: Float64Array[] = [];
  private last: { readonly residual: Float64Array; readonly reached: Float64Array } | undefined;

  constructor(private readonly weights: Float64Array) {}

  /** Takes an iterate and the point that the plain iteration goes to; returns the point to go to instead. */
  next(x: Float64Array, reached: Float64Array): Float64Array {
    const residual = reached.map((value, at) => value - x[at]);
    if (this.last) {
      const { residual: before, reached: reachedBefore } = this.last;
      this.residuals.push(residual.map((value, at) => value - before[at]));
      this.reached.push(reached.map((value, at) => value - reachedBefore[at]));
      if (this.residuals.length > MEMORY) {
        this.residuals.shift();
        this.reached.shift();
      }
    }
    this.last = { residual, reached };
    const gamma = this.solve(residual);
    const point = Float64Array.from(reached);
    gamma.forEach((share, k) => {
      const difference = this.reached[k];
      for (let at = 0; at < point.length; at++) point[at] -= share * difference[at];
    });
    return point;
  }

  forget(): void {
    this.residuals.length = 0;
    this.reached.length = 0;
    this.last = undefined;
  }

  /** γ by the normal equations; none where they can't be solved. */
  private solve(residual: Float64Array): number[] {
    const { residuals } = this;
    const gram = residuals.map((u) => residuals.map((v) => this.dot(u, v)));
    const ridge = RIDGE * Math.max(0, ...gram.map((row, k) => row[k]));
    gram.forEach((row, k) => (row[k] += ridge));
    const solution = solveSymmetric(
      gram,
      residuals.map((u) => this.dot(u, residual)),
    );
    return solution.every(Number.isFinite) ? solution : [];
  }

  private dot(u: Float64Array, v: Float64Array): number {
    let sum = 0;
    for (let at = 0; at < u.length; at++) sum += this.weights[at] * u[at] * v[at];
    return sum;
  }
}

/** A⁻¹ b of a positive definite matrix, by elimination in place. */
function solveSymmetric(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  for (let k = 0; k < size; k++) {
    for (let i = k + 1; i < size; i++) {
      const factor = matrix[i][k] / matrix[k][k];
      for (let j = k; j < size; j++) matrix[i][j] -= factor * matrix[k][j];
      right[i] -= factor * right[k];
    }
  }
  for (let k = size - 1; k >= 0; k--) {
    for (let j = k + 1; j < size; j++) right[k] -= matrix[k][j] * right[j];
    right[k] /= matrix[k][k];
  }
  return right;
}
