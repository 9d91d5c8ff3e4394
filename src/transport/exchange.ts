import { cholesky, solveCholesky } from '../base/cholesky.js';
import { largest } from '../base/numbers.js';
import { dot, type Point } from './semi-dual.js';

/**
 * How fast an exchange rate may be taken to grow, per ε of potential. A row's share of it is r_k r_l, which grows by 1 at
 * the most.
 */
const FASTEST = 0.8;
/** Potentials that differ by less, in ε, say nothing of growth. */
const TOO_NEAR = 0.02;
/** Newton steps on the model of one step, how far each may go, nats, and the share of the gain that is not worth another. */
const MOST_STEPS = 30;
const REACH = 4;
const ENOUGH = 1e-4;
const ARMIJO = 1e-4;

/** Exchange rates at a potential. */
export interface Exchange {
  /** (diag(m) − Σ_i a_i r_i r_iᵀ)/ε `[k, k]`. */
  readonly rates: Float64Array;
  readonly potential: Float64Array;
}

/**
 * The Hessian of −D, its diagonal computed as the sum of what lies beside it. Components that hardly overlap have rates
 * far below m, which a difference of float32 sums would lose.
 */
export function exchangeAt({ side, mass, moments }: Point, epsilon: number): Exchange {
  const k = mass.length;
  const coupling = moments.coupling ?? new Float64Array(k * k);
  const rates = new Float64Array(k * k);
  for (let c = 0; c < k; c++) {
    for (let l = 0; l < c; l++) {
      const rate = (coupling[c * k + l] + coupling[l * k + c]) / (2 * moments.weight * epsilon);
      rates[c * k + l] = rates[l * k + c] = -rate;
      rates[c * k + c] += rate;
      rates[l * k + l] += rate;
    }
  }
  return { rates, potential: side.potential };
}

/**
 * c_kl `[k, k]` below the diagonal, per nat of g_k − g_l. The rate between two components was another at the potential
 * before, and goes as e^{c (g_k − g_l)}. Which side of the gap between them the rows in question lie on decides its
 * sign.
 */
export function growthRates(now: Exchange, before: Exchange, epsilon: number): Float64Array {
  const k = now.potential.length;
  const moved = now.potential.map((value, c) => (value - before.potential[c]) / epsilon);
  const growth = new Float64Array(k * k);
  for (let c = 0; c < k; c++) {
    for (let l = 0; l < c; l++) {
      const apart = moved[c] - moved[l];
      const ratio = now.rates[c * k + l] / before.rates[c * k + l];
      if (Math.abs(apart) < TOO_NEAR || !(ratio > 0 && ratio < Infinity)) continue;
      growth[c * k + l] = Math.max(-FASTEST, Math.min(FASTEST, Math.log(ratio) / apart)) / epsilon;
    }
  }
  return growth;
}

/** A model of what D gains by a step. */
export interface CurvedModel {
  readonly rates: Float64Array;
  readonly growth: Float64Array;
  /** Slope of D, `[k]`. */
  readonly target: Float64Array;
  /** What else D bends by, `[k]`. */
  readonly diagonal: Float64Array;
}

interface ModelPoint {
  readonly value: number;
  readonly gradient: Float64Array;
  /** Less the Hessian, `[k, k]`. */
  readonly matrix: Float64Array;
}

/**
 * The step x that maximises target·x − ½ Σ_k diagonal_k x_k² − Σ_{k>l} E_kl (e^{cz} − 1 − cz)/c² with z = x_k − x_l and
 * E the rates: Newton's own model where no rate grows, and concave as that is. A host-side iteration, no sweep.
 * Undefined where it leads beyond the radius.
 */
export function curvedStep(model: CurvedModel, radius: number): Float64Array | undefined {
  const k = model.target.length;
  let x = new Float64Array(k);
  let at = modelAt(model, x);
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const factor = cholesky(at.matrix, k);
    if (!factor) return undefined;
    const step = solveCholesky(factor, at.gradient);
    const slope = dot(step, at.gradient);
    if (!(slope > ENOUGH * dot(x, model.target))) break;
    for (let length = Math.min(1, REACH / largest(step)); ; length /= 2) {
      const trial = x.map((value, c) => value + length * step[c]);
      const next = modelAt(model, trial);
      if (length < 1e-6) return x;
      if (!(next.value >= at.value + ARMIJO * length * slope)) continue;
      x = trial;
      at = next;
      break;
    }
    if (largest(x) > radius) return undefined;
  }
  return x;
}

function modelAt({ rates, growth, target, diagonal }: CurvedModel, x: Float64Array): ModelPoint {
  const k = x.length;
  const matrix = new Float64Array(k * k);
  const gradient = target.map((value, c) => value - diagonal[c] * x[c]);
  let value = x.reduce((sum, xc, c) => sum + target[c] * xc - (diagonal[c] * xc * xc) / 2, 0);
  for (let c = 0; c < k; c++) {
    matrix[c * k + c] += diagonal[c];
    for (let l = 0; l < c; l++) {
      const at = c * k + l;
      const cost = exchanged(-rates[at], growth[at], x[c] - x[l]);
      value -= cost.value;
      gradient[c] -= cost.slope;
      gradient[l] += cost.slope;
      matrix[c * k + c] += cost.bend;
      matrix[l * k + l] += cost.bend;
      matrix[at] = matrix[l * k + c] = -cost.bend;
    }
  }
  return { value, gradient, matrix };
}

/** E (e^{cz} − 1 − cz)/c² with its first and second derivative in z. */
function exchanged(rate: number, growth: number, z: number): { value: number; slope: number; bend: number } {
  const u = growth * z;
  if (Math.abs(u) < 1e-4) {
    return { value: rate * z * z * (1 / 2 + u / 6), slope: rate * z * (1 + u / 2), bend: rate * (1 + u) };
  }
  const grown = Math.expm1(u);
  return { value: (rate * (grown - u)) / growth ** 2, slope: (rate * grown) / growth, bend: rate * (grown + 1) };
}
