import { total } from '../base/numbers.js';
import type { ComponentSide, Swept } from './solver.js';

/** Proportions b `[k]`, sum 1, and how strongly the plan is drawn to them: ρ nats, Infinity where they must be met. */
export interface Prescription {
  readonly weights: Float64Array;
  readonly rho: number;
}

/** The semi-dual D at one potential. */
export interface Point extends Swept {
  /** D(g), nats. */
  readonly value: number;
  /** ∂D/∂g = β − m, `[k]`. */
  readonly gradient: Float64Array;
  /** Column masses m, `[k]`, sum 1. */
  readonly mass: Float64Array;
  /** What m should be at this potential: β = b, or b e^{−g/ρ}, `[k]`. */
  readonly wanted: Float64Array;
  /** ‖β − m‖₁. */
  readonly error: number;
}

/**
 * D(g) = Σ_k b_k g_k − ε Σ_i a_i log Σ_k b_k e^{(g_k − C_ik)/ε}, which is concave; relaxed, its first term is
 * −ρ Σ_k b_k (e^{−g_k/ρ} − 1). Its maximum is F of the plan (Cuturi & Peyré 2018, section 2). The sweep's objective is
 * the second term.
 */
export function pointAt({ weights, rho }: Prescription, { side, moments }: Swept): Point {
  const { potential } = side;
  const sum = moments.mass.reduce((total, share) => total + share, 0);
  const mass = moments.mass.map((share) => share / sum);
  const wanted = weights.map((weight, k) => weight * Math.exp(-potential[k] / rho));
  const gradient = wanted.map((share, k) => share - mass[k]);
  const gain = weights.map((weight, k) =>
    rho === Infinity ? weight * potential[k] : -rho * weight * Math.expm1(-potential[k] / rho),
  );
  return {
    side,
    moments,
    value: total(gain) + moments.objective / moments.weight,
    gradient,
    mass,
    wanted,
    error: total(gradient.map(Math.abs)),
  };
}

/** The side at potential g + t Δ. Where only differences of g matter, Σ b g is kept at 0. */
export function moved(
  { weights, rho }: Prescription,
  { potential }: ComponentSide,
  step: Float64Array,
  length = 1,
): ComponentSide {
  const next = potential.map((value, k) => value + length * step[k]);
  const mean = rho === Infinity ? dot(weights, next) : 0;
  return { weights, potential: next.map((value) => value - mean) };
}

export function dot(u: Float64Array, v: Float64Array): number {
  return u.reduce((sum, value, k) => sum + value * v[k], 0);
}
