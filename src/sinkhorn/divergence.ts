import type { Device } from '../backend/backend.js';
import { total } from '../base/numbers.js';
import { dualObjective } from './objective.js';
import { worstOf, type IterationProgress, type SinkhornStatus } from './iterate.js';
import type { PointClouds } from './problem.js';
import type { SinkhornNumbers } from './numbers.js';
import type { SinkhornOptions } from './settings.js';
import { prepare, solve, type Prepared } from './solve.js';
import { alternating, masses, symmetric } from './updates.js';

/** Options of `sinkhornDivergence`; all others are those of `sinkhorn`. */
export interface DivergenceOptions extends Omit<SinkhornOptions, 'rhoA' | 'rhoB' | 'start' | 'onProgress'> {
  /** ρ of both marginals, in the units of the costs; Infinity (default) prescribes them. */
  readonly rho?: number;
  /** As in `sinkhorn`, of each of the three problems in turn. */
  readonly onProgress?: (progress: IterationProgress & { readonly of: 'xy' | 'xx' | 'yy' }) => void;
}

/** The result of `sinkhornDivergence`. */
export interface Divergence {
  /** The divergence of the only pair of clouds, and of each. In the units of squared distances. */
  readonly value: number;
  readonly values: Float64Array;
  /** The worst of the three problems' (or 3B problems') statuses. */
  readonly status: SinkhornStatus;
  /** Iterations of the three problems, the most of all pairs. */
  readonly iterations: { readonly xy: number; readonly xx: number; readonly yy: number };
  readonly backend: string;
}

/**
 * The Sinkhorn divergence of two weighted clouds of points for the cost ‖x − y‖² (Feydy et al. 2019; Séjourné et al.
 * 2019, definition 2, for finite ρ):
 *
 *     S(a, b) = OT(a, b) − OT(a, a)/2 − OT(b, b)/2 + ε (Σa − Σb)²/2
 *
 * with OT the least objective of `sinkhorn`. It is ≥ 0, and 0 only where both are the same measure: what is less is
 * rounding, and given as 0. It has not the bias
 * that OT itself has from ε. Clouds are `[n, d]` and `[m, d]`, or with B in front. Throws `InputError`.
 */
export async function sinkhornDivergence(
  x: SinkhornNumbers,
  y: SinkhornNumbers,
  options: DivergenceOptions,
): Promise<Divergence> {
  return divergenceAt(undefined, x, y, options);
}

/** The same on a device of one's choice. */
export async function divergenceAt(
  device: Device | undefined,
  x: SinkhornNumbers,
  y: SinkhornNumbers,
  options: DivergenceOptions,
): Promise<Divergence> {
  const { rho, a, b, onProgress, ...rest } = (options as DivergenceOptions | undefined) ?? ({} as DivergenceOptions);
  const of = (
    pair: 'xy' | 'xx' | 'yy',
    clouds: PointClouds,
    weights: Pick<SinkhornOptions, 'a' | 'b'>,
  ): Promise<Term> =>
    termOf(device, clouds, pair, {
      ...rest,
      ...weights,
      ...(rho !== undefined && { rhoA: rho, rhoB: rho }),
      ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, of: pair }) }),
    });
  const ofA = a === undefined ? {} : { a, b: a };
  const ofB = b === undefined ? {} : { a: b, b };
  const xy = await of('xy', { x, y }, { ...(a !== undefined && { a }), ...(b !== undefined && { b }) });
  const xx = await of('xx', { x, y: x }, ofA);
  const yy = await of('yy', { x: y, y }, ofB);
  const { epsilon } = options;
  const values = xy.objectives.map((value, s) => {
    const excess = Math.sqrt(xx.products[s]) - Math.sqrt(yy.products[s]);
    const own = (xx.objectives[s] + yy.objectives[s]) / 2;
    return Math.max(0, value - own + (epsilon / 2) * excess * excess);
  });
  const iterations = { xy: xy.iterations, xx: xx.iterations, yy: yy.iterations };
  return {
    value: values[0],
    values,
    status: worstOf([xy.status, xx.status, yy.status]),
    iterations,
    backend: xy.backend,
  };
}

/** One of the three transport problems. */
interface Term {
  readonly objectives: Float64Array;
  /** Σa Σb */
  readonly products: Float64Array;
  readonly status: SinkhornStatus;
  readonly iterations: number;
  readonly backend: string;
}

async function termOf(
  device: Device | undefined,
  clouds: PointClouds,
  pair: 'xy' | 'xx' | 'yy',
  options: SinkhornOptions,
): Promise<Term> {
  const prepared = await prepare(clouds, options, 'sinkhornDivergence', device);
  try {
    return await solved(prepared, pair !== 'xy');
  } finally {
    prepared.parts.release();
    for (const geometry of prepared.parts.geometries) geometry.dispose();
  }
}

async function solved(prepared: Prepared, isSymmetric: boolean): Promise<Term> {
  const { sizes, marginals, settings, parts } = prepared;
  const endings = await solve(prepared, isSymmetric ? symmetric : alternating);
  const { batches, n, m } = sizes;
  const [objectives, products] = [new Float64Array(batches), new Float64Array(batches)];
  endings.forEach(({ x, kept }, s) => {
    const a = marginals.a.subarray(s * n, (s + 1) * n);
    const b = marginals.b.subarray(s * m, (s + 1) * m);
    // Of a symmetric problem x is f, which is g too, and what is kept its softmin.
    const [f, ofRows] = isSymmetric ? [x, kept[0]] : kept;
    const mass = total(masses(a, f, ofRows, settings.epsilon));
    objectives[s] = dualObjective({ ...marginals, a, b }, f, x, mass, settings.epsilon);
    products[s] = total(a) * total(b);
  });
  const status = worstOf(endings.map((ending) => ending.status));
  return {
    objectives,
    products,
    status,
    iterations: Math.max(...endings.map((one) => one.iterations)),
    backend: parts.backend,
  };
}
