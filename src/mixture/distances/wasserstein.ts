import { nested } from '../../families/dense.js';
import { yieldToEvents } from '../../base/event-loop.js';
import { exactTransport } from '../../sinkhorn/exact.js';
import { sinkhorn, type SinkhornStatus } from '../../sinkhorn/sinkhorn.js';
import type { Mixture } from '../mixture.js';
import { buresWasserstein, Roots, type Gaussian } from './bures.js';
import { gaussiansOf, requireComparable } from './gaussians.js';

/** How the distances between components are computed. */
export interface ComponentDistanceOptions {
  /** Called after each pair of components, of which there are k_a k_b: in 512 columns one takes half a second. */
  readonly onProgress?: (done: number, pairs: number) => void;
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of `mixtureWasserstein`. */
export interface MixtureTransportOptions extends ComponentDistanceOptions {
  /**
   * Temperature of the transport between weights, in squared units of the data: `sinkhorn` solves it then. Without, it is
   * solved exactly.
   */
  readonly epsilon?: number;
}

/** Transport between the weights of two mixtures. */
export interface MixtureTransport {
  /** MW₂ = √⟨P, C⟩, in the data's units. */
  readonly distance: number;
  /** ⟨P, C⟩. */
  readonly cost: number;
  /** C_kl = W₂² of component k of one and l of the other, `[k_a][k_b]`. */
  readonly costs: readonly (readonly number[])[];
  /** P, `[k_a][k_b]`: its row sums are the weights of one, its column sums those of the other. */
  readonly plan: readonly (readonly number[])[];
  /** How `sinkhorn` ended; 'converged' of exact transport. */
  readonly status: SinkhornStatus;
}

/** Of transport between weights by `sinkhorn`: maps and distances should be good to more digits than a plot. */
const sinkhornPrecision = { tolerance: 1e-10, maxIterations: 10_000, backend: 'cpu' } as const;

/**
 * MW₂ of two Gaussian mixtures: the least mean cost ⟨P, C⟩ over couplings P of their weights, with C the W₂² of components
 * (Delon & Desolneux 2020, SIAM J. Imaging Sci. 13, eq. 4.1 and prop. 4). It is a distance, in the data's units, and W₂
 * where only Gaussian mixtures are allowed as couplings. Covariances of any forms, singular ones included.
 *
 * Throws `InputError` unless both are Gaussian mixtures of the same columns, without noise.
 */
export async function mixtureWasserstein(
  a: Mixture,
  b: Mixture,
  options: MixtureTransportOptions = {},
): Promise<MixtureTransport> {
  requireComparable(a, b, 'mixtureWasserstein');
  const { costs, plan, cost, status } = await coupled(a, b, options);
  return { distance: Math.sqrt(cost), cost, costs: nested(costs, b.k), plan: nested(plan, b.k), status };
}

/** Components of two mixtures and a coupling of their weights. */
export interface Coupled {
  readonly from: readonly Gaussian[];
  readonly to: readonly Gaussian[];
  readonly roots: Roots;
  /** `[k_a, k_b]`, row-major. */
  readonly costs: Float64Array;
  readonly plan: Float64Array;
  readonly cost: number;
  readonly status: SinkhornStatus;
}

export async function coupled(a: Mixture, b: Mixture, options: MixtureTransportOptions): Promise<Coupled> {
  const between = await componentCosts(a, b, options);
  const { epsilon, signal } = options;
  if (epsilon === undefined) {
    const { plan, cost } = exactTransport(between.costs, a.weights, b.weights);
    return { ...between, plan, cost, status: 'converged' };
  }
  const given = { a: a.weights, b: b.weights, epsilon, ...(signal && { signal }), ...sinkhornPrecision };
  const transport = await sinkhorn({ data: between.costs, shape: [a.k, b.k] }, given);
  const { data: plan } = await transport.plan();
  return { ...between, plan: Float64Array.from(plan), cost: transport.cost, status: transport.status };
}

/** W₂² of every pair of components, `[k_a, k_b]`, row-major. */
export async function componentCosts(
  a: Mixture,
  b: Mixture,
  { signal, onProgress }: ComponentDistanceOptions,
): Promise<Pick<Coupled, 'from' | 'to' | 'roots' | 'costs'>> {
  const [from, to] = [gaussiansOf(a), gaussiansOf(b)];
  const roots = new Roots(a.d);
  const costs = new Float64Array(a.k * b.k);
  for (let at = 0; at < costs.length; at++) {
    await yieldToEvents(signal);
    costs[at] = buresWasserstein(from[Math.floor(at / b.k)], to[at % b.k], roots);
    onProgress?.(at + 1, costs.length);
  }
  return { from, to, roots, costs };
}
