import { Anderson } from './anderson.js';

/**
 * The iterates of one problem: where to go from what was reached, and whether to believe it. The rule:
 *
 * - an accelerated point whose error exceeds that of the point before it is given up. The plain iteration's point from
 *   there takes its place, and what was remembered is forgotten;
 * - after that so many plain iterations come as there were such failures in a row, doubled each time.
 *
 * So errors fall wherever those of the plain iteration do, and all but a logarithmic number of iterations count.
 */
export class Path {
  private readonly anderson: Anderson | undefined;
  private error = Infinity;
  private plain: Float64Array | undefined;
  private accelerated = false;
  private pause = 0;
  private penalty = 1;

  constructor(weights: Float64Array, accelerate: boolean) {
    this.anderson = accelerate ? new Anderson(weights) : undefined;
  }

  /** The next point, from x, its error, and what the plain iteration makes of it. */
  next(x: Float64Array, reached: Float64Array, error: number): Float64Array {
    if (this.accelerated && this.plain && !(error <= this.error)) return this.retreat(this.plain);
    if (this.accelerated) this.penalty = 1;
    this.error = error;
    this.plain = reached;
    const point = this.anderson?.next(x, reached);
    this.accelerated = point !== undefined && this.pause === 0 && point.every(Number.isFinite);
    this.pause = Math.max(0, this.pause - 1);
    return point && this.accelerated ? point : reached;
  }

  /** For another problem from here on: what was remembered holds no longer. */
  restart(): void {
    this.anderson?.forget();
    this.error = Infinity;
    this.accelerated = false;
    this.pause = 0;
    this.penalty = 1;
  }

  private retreat(plain: Float64Array): Float64Array {
    this.anderson?.forget();
    this.accelerated = false;
    this.pause = this.penalty;
    this.penalty = Math.min(64, 2 * this.penalty);
    return plain;
  }
}
