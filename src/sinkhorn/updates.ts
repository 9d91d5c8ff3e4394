import type { Geometry } from '../geometry/geometry.js';
import type { Evaluate } from './iterate.js';

/** Exponents of masses are no more: potentials far from a solution would overflow. */
const LARGEST_EXPONENT = 700;

/** What the plan's marginals should be, and how much it costs to miss them. */
export interface Marginals {
  /** `[B, n]`, `[B, m]` */
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** ρ of either side: Infinity prescribes the marginal, 0 leaves it free. */
  readonly rhoA: number;
  readonly rhoB: number;
}

/** What an iteration needs of a geometry. */
type Softmins = Pick<Geometry, 'batches' | 'm' | 'softmin'>;

/** τ = ρ/(ρ + ε), which damps a potential. */
export function damping(rho: number, epsilon: number): number {
  return rho === Infinity ? 1 : rho / (rho + epsilon);
}

/**
 * One Sinkhorn iteration on the potential g `[B, m]`: f = τ_a softmin(g), g ← τ_b softmin(f) (Séjourné et al. 2019,
 * proposition 8). It keeps f, softmin(g), softmin(f): the rows' condition holds at (f, g), the columns' is the error.
 * Where both marginals are prescribed, potentials are given up to a constant, and g has mean 0.
 */
export function alternating(geometry: Softmins, { b, rhoA, rhoB }: Marginals): Evaluate {
  const { m, batches } = geometry;
  return async (g, epsilon) => {
    const ofRows = await geometry.softmin('a', g, epsilon);
    const f = scaled(ofRows, damping(rhoA, epsilon));
    const ofColumns = await geometry.softmin('b', f, epsilon);
    const reached = scaled(ofColumns, damping(rhoB, epsilon));
    if (rhoA === Infinity && rhoB === Infinity) for (let s = 0; s < batches; s++) centre(reached, b, s * m, m);
    return { reached, errors: marginalErrors(g, ofColumns, b, rhoB, epsilon, batches), kept: [f, ofRows, ofColumns] };
  };
}

/**
 * One iteration on the potential of a problem that is symmetric: f ← (f + τ softmin(f))/2 (Feydy et al. 2019,
 * equation 25). It keeps softmin(f).
 */
export function symmetric(geometry: Softmins, { a, rhoA }: Marginals): Evaluate {
  return async (f, epsilon) => {
    const softmins = await geometry.softmin('a', f, epsilon);
    const tau = damping(rhoA, epsilon);
    const reached = f.map((value, at) => (value + tau * softmins[at]) / 2);
    return { reached, errors: marginalErrors(f, softmins, a, rhoA, epsilon, geometry.batches), kept: [softmins] };
  };
}

/** w exp((p − softmin)/ε): the mass of each point of a side in the plan of its potential p. */
export function masses(
  weights: Float64Array,
  potential: Float64Array,
  softmins: Float64Array,
  epsilon: number,
): Float64Array {
  return weights.map((w, at) =>
    w === 0 ? 0 : w * Math.exp(Math.min((potential[at] - softmins[at]) / epsilon, LARGEST_EXPONENT)),
  );
}

/** w exp(−p/ρ): the mass that is best at potential p; nothing is where ρ is 0, and p is 0 throughout. */
function wanted(w: number, potential: number, rho: number): number {
  return rho === Infinity ? w : w * Math.exp(Math.min(-potential / rho, LARGEST_EXPONENT));
}

/** Σ |mass − wanted| / Σ w, `[B]`. */
export function marginalErrors(
  potential: Float64Array,
  softmins: Float64Array,
  weights: Float64Array,
  rho: number,
  epsilon: number,
  batches: number,
): Float64Array {
  const errors = new Float64Array(batches);
  if (rho === 0) return errors;
  const length = weights.length / batches;
  const got = masses(weights, potential, softmins, epsilon);
  for (let s = 0; s < batches; s++) {
    let [error, total] = [0, 0];
    for (let at = s * length; at < (s + 1) * length; at++) {
      total += weights[at];
      error += Math.abs(got[at] - wanted(weights[at], potential[at], rho));
    }
    errors[s] = error / total;
  }
  return errors;
}

/** Takes the weighted mean off a part of a potential. */
function centre(potential: Float64Array, weights: Float64Array, from: number, length: number): void {
  let [sum, total] = [0, 0];
  for (let at = from; at < from + length; at++) {
    sum += weights[at] * potential[at];
    total += weights[at];
  }
  for (let at = from; at < from + length; at++) potential[at] -= sum / total;
}

function scaled(values: Float64Array, factor: number): Float64Array {
  return factor === 1 ? Float64Array.from(values) : values.map((value) => factor * value);
}
