import { invalid } from '../../base/check.js';
import { yieldToEvents } from '../../base/event-loop.js';
import { nested } from '../../families/dense.js';
import { gaussian } from '../../families/gaussian.js';
import { Mixture } from '../mixture.js';
import { gaussianMap, isDiagonal, matrixOf, movedCovariance, type Gaussian } from './bures.js';
import { requireComparable } from './gaussians.js';
import { coupled, type Coupled, type MixtureTransportOptions } from './wasserstein.js';

/** Options of `barycentre`. */
export interface BarycentreOptions extends MixtureTransportOptions {
  /** How far from the first mixture to the second, from 0 to 1; default 0.5. */
  readonly share?: number;
}

/**
 * The barycentre of two Gaussian mixtures for MW₂: argmin (1 − t) MW₂²(a, ·) + t MW₂²(b, ·), t the `share`. Each coupled
 * pair of components gives one, a share t along its geodesic (Delon & Desolneux 2020, sec. 4.3): by exact transport at
 * most k_a + k_b − 1 where optima are unique. MW₂ from a to it is t MW₂(a, b). Its covariances are diagonal where both
 * mixtures' are, else full.
 *
 * Throws `InputError` as {@link mixtureWasserstein}.
 */
export async function barycentre(a: Mixture, b: Mixture, options: BarycentreOptions = {}): Promise<Mixture> {
  const { share = 0.5, signal } = options;
  if (!(typeof share === 'number' && share >= 0 && share <= 1)) {
    throw invalid('barycentre: share', 'a number from 0 to 1', share);
  }
  requireComparable(a, b, 'barycentre');
  const coupling = await coupled(a, b, options);
  const weights: number[] = [];
  const moved: Gaussian[] = [];
  for (let at = 0; at < coupling.plan.length; at++) {
    if (coupling.plan[at] === 0) continue;
    await yieldToEvents(signal);
    weights.push(coupling.plan[at]);
    moved.push(between(coupling, Math.floor(at / b.k), at % b.k, share));
  }
  return mixtureOf(weights, moved, a.columns);
}

function between({ from, to, roots }: Coupled, k: number, l: number, share: number): Gaussian {
  const [a, b] = [from[k], to[l]];
  const d = a.mean.length;
  const mean = a.mean.map((value, j) => (1 - share) * value + share * b.mean[j]);
  const map = gaussianMap(a.covariance, b.covariance, d, roots);
  return { mean, covariance: movedCovariance(a.covariance, map, share, d) };
}

/** The mixture of some Gaussians by the family that they fit in. */
function mixtureOf(masses: readonly number[], gaussians: readonly Gaussian[], columns: readonly string[]): Mixture {
  const d = columns.length;
  const diagonal = gaussians.every(({ covariance }) => isDiagonal(covariance, d));
  const family = gaussian({ covariance: diagonal ? 'diag' : 'full' });
  const sum = masses.reduce((x, y) => x + y, 0);
  const components = family.fromParameters(
    {
      means: gaussians.map(({ mean }) => Array.from(mean)),
      covariances: gaussians.map(({ covariance }) => nested(matrixOf(covariance, d), d)),
    },
    'barycentre',
  );
  return new Mixture({ family, weights: Float64Array.from(masses, (mass) => mass / sum), components }, columns);
}
