/** What an acceleration is made for. */
export interface AccelerationOptions {
  /** Norm that residuals are measured by, `[length]`. */
  readonly weights: Float64Array;
  /** Differences that are remembered. */
  readonly memory: number;
  /** Share of the largest diagonal that is added to the normal equations: differences become nearly dependent. */
  readonly ridge: number;
  /** Plain iterations after a first failure; default 1. */
  readonly pause?: number;
  /** Whether a point of this error is worse than the one before; default: where its error is larger, or no number. */
  readonly isWorse?: (error: number, before: number) => boolean;
  /** Keeps an accelerated point within reach of x, given where the plain iteration goes. */
  readonly within?: (x: Float64Array, reached: Float64Array, point: Float64Array) => Float64Array;
}

/**
 * Anderson's acceleration of a fixed-point iteration, and whether to believe it:
 *
 * - an accelerated point whose error exceeds that of the point before it is given up for the one that the plain
 *   iteration goes to from there, and what was remembered is forgotten;
 * - after that so many plain iterations come as there were such failures in a row, doubled each time.
 *
 * So errors fall wherever those of the plain iteration do, and all but a logarithmic number of iterations count. The error
 * is any number that says how far a point is from the solution: a residual, or an objective.
 */
export class Acceleration {
  private readonly extrapolation: Extrapolation;
  private error = Infinity;
  private plain: Float64Array | undefined;
  private accelerated = false;
  private pause = 0;
  private penalty: number;

  constructor(private readonly options: AccelerationOptions) {
    this.extrapolation = new Extrapolation(options);
    this.penalty = this.mildest;
  }

  /** Whether the next point is an accelerated one, which may be worse than the one before. */
  get isTrial(): boolean {
    return this.accelerated;
  }

  /** The next point, from x, its error, and what the plain iteration makes of it. */
  next(x: Float64Array, reached: Float64Array, error: number): Float64Array {
    const { isWorse = exceeds, within } = this.options;
    if (this.accelerated && this.plain && isWorse(error, this.error)) return this.retreat(this.plain);
    if (this.accelerated) this.penalty = this.mildest;
    this.error = error;
    this.plain = reached;
    const free = this.extrapolation.next(x, reached);
    const point = within ? within(x, reached, free) : free;
    this.accelerated = this.pause === 0 && point.every(Number.isFinite);
    this.pause = Math.max(0, this.pause - 1);
    return this.accelerated ? point : reached;
  }

  /** For another problem from here on: what was remembered holds no longer. */
  restart(): void {
    this.extrapolation.forget();
    this.error = Infinity;
    this.accelerated = false;
    this.pause = 0;
    this.penalty = this.mildest;
  }

  private get mildest(): number {
    return this.options.pause ?? 1;
  }

  private retreat(plain: Float64Array): Float64Array {
    this.extrapolation.forget();
    this.accelerated = false;
    this.pause = this.penalty;
    this.penalty = Math.min(64, 2 * this.penalty);
    return plain;
  }
}

/** Also where one is no number. */
function exceeds(error: number, before: number): boolean {
  return !(error <= before);
}

/**
 * Anderson's mixing (Walker & Ni 2011, equation 2.1) of a fixed-point iteration x ← x + r(x): the next point is
 * G − ΔG γ, G = x + r, with γ least in ‖r − ΔR γ‖ over the last differences ΔR of residuals and ΔG of points reached.
 */
class Extrapolation {
  private readonly residuals: Float64Array[] = [];
  private readonly reached: Float64Array[] = [];
  private last: { readonly residual: Float64Array; readonly reached: Float64Array } | undefined;

  constructor(private readonly options: AccelerationOptions) {}

  /** Takes an iterate and the point that the plain iteration goes to; returns the point to go to instead. */
  next(x: Float64Array, reached: Float64Array): Float64Array {
    const residual = reached.map((value, at) => value - x[at]);
    if (this.last) {
      const { residual: before, reached: reachedBefore } = this.last;
      this.residuals.push(residual.map((value, at) => value - before[at]));
      this.reached.push(reached.map((value, at) => value - reachedBefore[at]));
      if (this.residuals.length > this.options.memory) {
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
    const ridge = this.options.ridge * Math.max(0, ...gram.map((row, k) => row[k]));
    gram.forEach((row, k) => (row[k] += ridge));
    const solution = solveSymmetric(
      gram,
      residuals.map((u) => this.dot(u, residual)),
    );
    return solution.every(Number.isFinite) ? solution : [];
  }

  private dot(u: Float64Array, v: Float64Array): number {
    const { weights } = this.options;
    let sum = 0;
    for (let at = 0; at < u.length; at++) sum += weights[at] * u[at] * v[at];
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
