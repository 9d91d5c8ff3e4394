import { Acceleration } from '../base/anderson.js';
import { largest } from '../base/numbers.js';
import type { InnerSolve } from './solver.js';
import { moved, pointAt, type Point, type Prescription } from './semi-dual.js';

/** Sweeps of one inner solve at the most. */
const MOST_SWEEPS = 500;
/** Steps remembered, and what makes their normal equations definite. */
const MEMORY = 6;
const RIDGE = 4e-10;
/** How far an accelerated step may move a potential, nats, or as far again as the plain one moves any. */
const RADIUS = 20;
/** Differences of D that float32 sweeps do not resolve, nats per nat of D. */
const RESOLUTION = 1e-6;
/** Sweeps that may pass without a smaller error before it is as small as sweeps resolve. */
const PATIENCE = 25;

/**
 * What a mass that sweeps say is 0 has at the most: e^−87.3 of every row is 0 there. A step that is shorter than
 * Sinkhorn's in some components still raises D, which it bounds from below one by one. A longer one may lower D.
 */
const FAINTEST = 2e-38;

/**
 * Solves for the potential by Sinkhorn steps g ← τ (g + ε (log b − log m)), τ = ρ/(ρ+ε), with Anderson's acceleration
 * (Walker & Ni 2011): masses alone, no coupling. An accelerated step that lowers D is taken back; a plain one never
 * does. For many components, where the coupling would cost more than the moments.
 */
export async function anderson(start: Point, prescription: Prescription, inner: InnerSolve): Promise<Point> {
  const { weights } = prescription;
  const acceleration = new Acceleration({ weights, memory: MEMORY, ridge: RIDGE, pause: 0, isWorse: isHigher, within });
  let point = start;
  let best = start;
  let waited = 0;
  for (let sweeps = 0; best.error > inner.tolerance && sweeps < MOST_SWEEPS && waited < PATIENCE; sweeps++) {
    const { potential } = point.side;
    const reached = sinkhornStep(point, prescription, inner.epsilon);
    const goal = acceleration.next(potential, reached, -point.value);
    const step = goal.map((value, k) => value - potential[k]);
    const next = pointAt(prescription, await inner.sweep(moved(prescription, point.side, step)));
    // Far from the solution D decides, and the error may rise on the way.
    waited = next.error < best.error || next.error > 1e-3 ? 0 : waited + 1;
    if (next.error < best.error) best = next;
    // A plain step raises D, unless rounding hides it.
    if (!acceleration.isTrial && isHigher(-next.value, -point.value)) break;
    point = next;
  }
  return best;
}

/** Whether −D has risen, by more than sweeps of that size resolve. */
function isHigher(now: number, before: number): boolean {
  return !(now <= before + RESOLUTION * Math.max(1, Math.abs(before)));
}

/** τ (g + ε (log b − log m)), `[k]`. */
function sinkhornStep({ side, mass }: Point, { weights, rho }: Prescription, epsilon: number): Float64Array {
  const tau = rho === Infinity ? 1 : rho / (rho + epsilon);
  return mass.map(
    (share, k) => tau * (side.potential[k] + epsilon * (Math.log(weights[k]) - Math.log(Math.max(share, FAINTEST)))),
  );
}

/** The accelerated step, no longer in any component than a radius. */
function within(x: Float64Array, reached: Float64Array, point: Float64Array): Float64Array {
  const radius = Math.max(RADIUS, 2 * largest(reached.map((value, k) => value - x[k])));
  return point.map((value, k) => x[k] + Math.max(-radius, Math.min(radius, value - x[k])));
}
