import { cholesky, solveCholesky } from '../base/cholesky.js';
import { largest } from '../base/numbers.js';
import { curvedStep, exchangeAt, growthRates, type Exchange } from './exchange.js';
import type { InnerSolve } from './solver.js';
import { dot, moved, pointAt, type Point, type Prescription } from './semi-dual.js';

/** Sweeps of one inner solve at the most. */
const MOST_SWEEPS = 100;
/** Damping where the error is 1 or more; in proportion to the error below. */
const DAMPING = 1e-3;
/** Least damping: it makes up for the null vector 1. */
const LEAST_DAMPING = 1e-10;
/**
 * How far a potential may move in one step, nats: to begin with and without reason, and
 * after overshooting at the least.
 */
const RADIUS = 20;
const LEAST_RADIUS = 2;
/** Armijo's constant. */
const ARMIJO = 1e-4;
/** Differences of D that float32 sweeps do not resolve, nats per nat of D. */
const RESOLUTION = 1e-6;
/** Steps that may pass without halving the error before it is as small as sweeps resolve. */
const PATIENCE = 3;

/**
 * Maximises the semi-dual by damped Newton steps with an exact Hessian, −(diag(m) − Σ_i a_i r_i r_iᵀ)/ε (relaxed: less
 * diag(β)/ρ). Steps keep within a radius by more damping (Levenberg–Marquardt). So components that exchange no rows,
 * along which D is all but linear, do not hold up the others. Armijo's rule takes steps, or, where rounding hides the
 * gain, the slopes do (Hager & Zhang 2005, the approximate Wolfe condition). From the second step on the model of D
 * knows how exchange rates grow. Returns a point whose error is small enough, or as small as it gets. A bearable error
 * will do where mending it would gain no more than the tolerance.
 */
export async function newton(start: Point, prescription: Prescription, inner: InnerSolve): Promise<Point> {
  let point = start;
  let best = start;
  let radius = RADIUS;
  let waited = 0;
  let before: Exchange | undefined;
  for (let sweeps = 0; best.error > inner.tolerance && sweeps < MOST_SWEEPS && waited < PATIENCE;) {
    const exchange = exchangeAt(point, inner.epsilon);
    const growth = before && growthRates(exchange, before, inner.epsilon);
    const { step, bounded } = direction(point, prescription, inner.epsilon, { radius, exchange, growth });
    before = exchange;
    // What is missing of the maximum were D quadratic: half of what it were, were it linear.
    const shortfall = bounded ? Infinity : dot(step, point.gradient) / 2;
    if (point.error <= (inner.bearable ?? 0) && shortfall <= inner.tolerance) {
      return { ...point, ahead: moved(prescription, point.side, step).potential };
    }
    const search = await lineSearch(point, step, prescription, inner);
    sweeps += search.sweeps;
    if (!search.point) break;
    radius = nextRadius(radius, bounded, largest(step) * search.length, search);
    point = search.point;
    // Far from the solution D decides, and the error may rise on the way.
    waited = point.error < best.error / 2 || point.error > 1e-3 ? 0 : waited + 1;
    if (point.error < best.error) best = point;
  }
  return best;
}

interface Direction {
  readonly step: Float64Array;
  /** Whether it took more damping than usual to keep within the radius. */
  readonly bounded: boolean;
}

interface Known {
  /** How far the step may move a potential, nats. */
  readonly radius: number;
  readonly exchange: Exchange;
  /** How exchange rates grow, where there has been a step to tell. */
  readonly growth: Float64Array | undefined;
}

/** The Newton step with the least damping that keeps it within the radius, corrected for how exchange rates grow. */
function direction(point: Point, { rho }: Prescription, epsilon: number, known: Known): Direction {
  const { mass, wanted, gradient, error } = point;
  const { radius, growth, exchange } = known;
  const { rates } = exchange;
  const k = mass.length;
  const least = Math.max(LEAST_DAMPING, DAMPING * Math.min(1, error));
  // For ρ under ε D bends like e^{−g/ρ}, and the equation g = −ρ log(m/b) is nearer to linear than the gradient is.
  const logarithmic = rho < epsilon;
  const pull = logarithmic ? mass : wanted;
  const target = logarithmic ? mass.map((share, c) => share * logRatio(wanted[c], share)) : gradient;
  for (let damping = least; ; damping *= 2) {
    const diagonal = pull.map((share, c) => share / rho + (damping * Math.max(mass[c], wanted[c])) / epsilon);
    const matrix = rates.slice();
    for (let c = 0; c < k; c++) matrix[c * k + c] += diagonal[c];
    const factor = cholesky(matrix, k);
    if (!factor) continue;
    let step = solveCholesky(factor, target);
    if (!(dot(step, gradient) > 0)) step = solveCholesky(factor, gradient);
    const far = largest(step);
    const bounded = damping > least;
    if (far <= radius) {
      const curved =
        growth && !bounded && !logarithmic ? curvedStep({ rates, growth, target, diagonal }, radius) : undefined;
      return { step: curved && dot(curved, gradient) > 0 ? curved : step, bounded };
    }
    damping *= Math.max(1, Math.min(5, far / radius / 2));
  }
}

/** log(β/m), finite also where a component holds nothing at all. */
function logRatio(wanted: number, mass: number): number {
  return Math.log(Math.max(wanted, Number.MIN_VALUE)) - Math.log(Math.max(mass, Number.MIN_VALUE));
}

interface Search {
  /** Undefined where no step could be taken. */
  readonly point?: Point;
  readonly length: number;
  readonly sweeps: number;
  /** Slope along the step at its end over that at its beginning: 1 where D is linear, 0 at the maximum. */
  readonly slopes: number;
}

/** Takes the step, or the part of it that raises D; one sweep per trial, and the one accepted is the next point. */
async function lineSearch(
  from: Point,
  step: Float64Array,
  prescription: Prescription,
  inner: InnerSolve,
): Promise<Search> {
  const slope = dot(step, from.gradient);
  const blur = RESOLUTION * Math.max(1, Math.abs(from.value));
  let length = 1;
  for (let sweeps = 1; ; sweeps++) {
    const point = pointAt(prescription, await inner.sweep(moved(prescription, from.side, step, length)));
    const gain = point.value - from.value;
    const slopes = dot(step, point.gradient) / slope;
    const armijo = gain >= ARMIJO * length * slope && gain > blur;
    const wolfe = Math.abs(gain) <= blur && slopes >= 2 * ARMIJO - 1;
    if (armijo || wolfe) return { point, length, sweeps, slopes };
    if (length < 1e-6) return { length, sweeps, slopes };
    // Where the slope, were it linear, would be 0.
    length *= Math.max(0.1, Math.min(0.5, 1 / (1 - Math.min(0, slopes))));
  }
}

/**
 * Smaller after overshooting, larger after a step that found D bending little, at the usual most unless it is linear.
 */
function nextRadius(radius: number, bounded: boolean, reached: number, { length, slopes }: Search): number {
  if (length < 1 || slopes < -0.7) return Math.max(LEAST_RADIUS, reached / 2);
  if (bounded && slopes > 0.9) return 2 * radius;
  return slopes > 0.3 && radius < RADIUS ? Math.min(RADIUS, 2 * radius) : radius;
}
