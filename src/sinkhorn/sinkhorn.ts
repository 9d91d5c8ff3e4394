/** Entropic optimal transport of costs or of clouds of points, many problems at once. */
import type { Device } from '../backend/backend.js';
import { total } from '../base/numbers.js';
import { sharesOf, type Solved } from './apply.js';
import { moveApart } from './forbidden.js';
import type { Ending } from './iterate.js';
import { dualObjective } from './objective.js';
import type { SinkhornCosts } from './problem.js';
import type { SinkhornOptions } from './settings.js';
import { prepare, solve, type Prepared } from './solve.js';
import { Transport } from './transport.js';
import { marginalErrors, masses } from './updates.js';

export type { TransportValues } from './apply.js';
export { sinkhornDivergence, type Divergence, type DivergenceOptions } from './divergence.js';
export type { IterationProgress as SinkhornProgress, SinkhornStatus } from './iterate.js';
export type { ShapedArray, SinkhornNumbers } from './numbers.js';
export type { Side } from '../geometry/geometry.js';
export type { PointMetric } from '../../kernels/costs.js';
export type { PointClouds, SinkhornCosts } from './problem.js';
export type { EpsilonLadder, SinkhornOptions } from './settings.js';
export { Transport } from './transport.js';

/**
 * Solves min_P ⟨P, C⟩ + ε KL(P | a⊗b) + ρ_a KL(P1 | a) + ρ_b KL(Pᵀ1 | b) over P ≥ 0, for B problems at once. Sinkhorn
 * iterations go in the log domain (Cuturi 2013; Séjourné et al. 2019 for finite ρ) with Anderson acceleration. KL(P|Q)
 * = Σ P log(P/Q) − P + Q; ρ = ∞, the default, prescribes a marginal.
 *
 * Costs C are `[n, m]` or `[B, n, m]`, tensors or arrays. Costs of points `{ x, y }` are never stored where there are
 * more than a million pairs, or on a device. Tensors stay the caller's, and `dispose` frees what the solution keeps of
 * them on a device. Throws `InputError`.
 */
export async function sinkhorn(costs: SinkhornCosts, options: SinkhornOptions): Promise<Transport> {
  return sinkhornAt(undefined, costs, options);
}

/** The same on a device of one's choice. */
export async function sinkhornAt(
  device: Device | undefined,
  costs: SinkhornCosts,
  options: SinkhornOptions,
): Promise<Transport> {
  const prepared = await prepare(costs, options, 'sinkhorn', device);
  try {
    return new Transport(await complete(prepared, await solve(prepared)));
  } catch (error) {
    for (const geometry of prepared.parts.geometries) geometry.dispose();
    throw error;
  } finally {
    prepared.parts.release();
  }
}

/** Everything that the solution says, from the potentials that the iterations ended at. */
async function complete(prepared: Prepared, endings: readonly Ending[]): Promise<Solved> {
  const { parts, sizes, marginals } = prepared;
  const { geometries, backend } = parts;
  const { epsilon } = prepared.settings;
  const { a, b, rhoA, rhoB } = marginals;
  const { batches, m } = sizes;
  const all = (pick: (ending: Ending) => Float64Array): Float64Array => joined(endings.map(pick));
  const [f, g] = [all(({ kept }) => kept[0]), all(({ x }) => x)];
  const softmins = { a: all(({ kept }) => kept[1]), b: all(({ kept }) => kept[2]) };
  if (rhoA === Infinity && rhoB === Infinity) balance(f, g, softmins, marginals, batches);
  const own = { a: masses(a, f, softmins.a, epsilon), b: masses(b, g, softmins.b, epsilon) };
  const errors = {
    a: marginalErrors(f, softmins.a, a, rhoA, epsilon, batches),
    b: marginalErrors(g, softmins.b, b, rhoB, epsilon, batches),
  };
  const base = {
    sizes,
    epsilon,
    backend,
    marginals,
    geometries,
    f,
    g,
    softmins,
    masses: own,
    errors,
  };
  const { cost } = await sharesOf(base, 'a', new Float64Array(batches * m), 1);
  const { costs, objectives } = valuesOf(base, cost);
  separate(prepared, base);
  const statuses = endings.map(({ status }) => status);
  return { ...base, costs, objectives, statuses, iterations: endings.map(({ iterations }) => iterations) };
}

/** Moves potentials of blocks between which nothing goes apart, in place. */
function separate(
  { apart, sizes, settings, marginals }: Prepared,
  { f, g, softmins }: Pick<Solved, 'f' | 'g' | 'softmins'>,
): void {
  const { batches, n, m } = sizes;
  apart.forEach((blocks, s) => {
    if (!blocks) return;
    const ofA = (values: Float64Array): Float64Array => values.subarray(s * n, (s + 1) * n);
    const ofB = (values: Float64Array): Float64Array => values.subarray(s * m, (s + 1) * m);
    const own = { f: ofA(f), g: ofB(g), softmins: { a: ofA(softmins.a), b: ofB(softmins.b) } };
    moveApart(blocks, own, { a: ofA(marginals.a), b: ofB(marginals.b) }, settings.epsilon);
  });
  if (apart.some(Boolean)) balance(f, g, softmins, marginals, batches);
}

/** ⟨P, C⟩ and the objective of each problem, from the mean cost of what leaves each row, `[B, n]`. */
function valuesOf(
  {
    sizes,
    epsilon,
    marginals,
    masses: own,
    f,
    g,
  }: Pick<Solved, 'sizes' | 'epsilon' | 'marginals' | 'masses' | 'f' | 'g'>,
  cost: Float64Array,
): Pick<Solved, 'costs' | 'objectives'> {
  const { batches, n } = sizes;
  const [costs, objectives] = [new Float64Array(batches), new Float64Array(batches)];
  for (let s = 0; s < batches; s++) {
    const part = (values: Float64Array): Float64Array => {
      const length = values.length / batches;
      return values.subarray(s * length, (s + 1) * length);
    };
    const mass = part(own.a);
    mass.forEach((value, i) => (costs[s] += value * cost[s * n + i]));
    const parted = { ...marginals, a: part(marginals.a), b: part(marginals.b) };
    objectives[s] = dualObjective(parted, part(f), part(g), total(mass), epsilon);
  }
  return { costs, objectives };
}

/**
 * Moves a constant from f to g until ⟨a, f⟩ = ⟨b, g⟩, in place; softmins move with the
 * potentials they are compared with.
 */
function balance(
  f: Float64Array,
  g: Float64Array,
  softmins: Solved['softmins'],
  { a, b }: Prepared['marginals'],
  batches: number,
): void {
  const [n, m] = [f.length / batches, g.length / batches];
  for (let s = 0; s < batches; s++) {
    const mean = (weights: Float64Array, potential: Float64Array, length: number): number => {
      let sum = 0;
      for (let at = s * length; at < (s + 1) * length; at++) sum += weights[at] * potential[at];
      return sum / total(weights, s * length, length);
    };
    const excess = (mean(a, f, n) - mean(b, g, m)) / 2;
    for (const values of [f, softmins.a]) for (let i = s * n; i < (s + 1) * n; i++) values[i] -= excess;
    for (const values of [g, softmins.b]) for (let j = s * m; j < (s + 1) * m; j++) values[j] += excess;
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
