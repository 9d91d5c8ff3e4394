import type { Dataset } from '../data/dataset.js';
import type { Precision } from '../sweep/float32-reach.js';
import type { RowOutputs } from '../sweep/shard.js';
import { logVolumeOf } from '../families/family.js';
import { summedRows, type HeldRows, type MixtureParts, type Summed } from './evaluate.js';

/** How well a mixture describes data. Lower is better for bic, aic and icl. */
export interface Criteria {
  /** ℓ = Σ_i a_i log p(x_i), over rows with their sample weights, nats. */
  readonly logLikelihood: number;
  /** ℓ / Σ a_i. */
  readonly meanLogLikelihood: number;
  /** −2ℓ + p log n, with p free parameters and n = Σ a_i (Schwarz 1978). */
  readonly bic: number;
  /** −2ℓ + 2p (Akaike 1974). */
  readonly aic: number;
  /** bic − 2 Σ_i a_i log max_k r_ik: also rewards clusters that do not overlap (Biernacki et al. 2000). */
  readonly icl: number;
}

/** Sums over rows that criteria follow from; those of other rows add. */
export interface CriteriaSums {
  readonly weight: number;
  readonly density: number;
  readonly certainty: number;
}

type Block = Pick<RowOutputs, 'logDensity' | 'logLargest' | 'weights'>;
type Rows = AsyncIterable<Block>;

/**
 * Σ a_i, Σ a_i log p(x_i) and Σ a_i log max_k r_ik: one read of the data. `volume`: what log-densities are above log p(x_i),
 * nats, as they are in scaled coordinates.
 */
export async function criteriaSums(blocks: Rows, volume = 0): Promise<CriteriaSums> {
  let sums: CriteriaSums = { weight: 0, density: 0, certainty: 0 };
  for await (const block of blocks) sums = added(sums, block, volume);
  return sums;
}

/** A function of its own: the engine optimises a loop sooner than all that is around it. */
function added(sums: CriteriaSums, { logDensity, logLargest, weights }: Block, volume: number): CriteriaSums {
  let { weight, density, certainty } = sums;
  for (let i = 0; i < weights.length; i++) {
    const share = weights[i];
    weight += share;
    density += share * (logDensity[i] - volume);
    certainty += share * logLargest[i];
  }
  return { weight, density, certainty };
}

/** The same of a mixture and the rows of a loaded dataset, which are here. */
export function sumsHere(parts: MixtureParts, dataset: HeldRows, precision?: Precision): Promise<CriteriaSums> {
  return criteriaSums(summedRows(parts, dataset, precision), logVolumeOf(parts.family, dataset.scaling));
}

/** The same by whoever holds the rows. */
export async function sumsOver(parts: MixtureParts, dataset: Dataset, precision: Precision): Promise<CriteriaSums> {
  if (!dataset.ask) return sumsHere(parts, dataset, precision);
  const { weights, components } = parts;
  const { name, options } = parts.family;
  const asked: Summed = { family: { name, options }, weights, components, precision };
  return addedSums((await dataset.ask('score', asked)) as readonly CriteriaSums[]);
}

/** The sums over all rows, of those of parts, in their order. */
export function addedSums(parts: readonly CriteriaSums[]): CriteriaSums {
  const sum = (name: keyof CriteriaSums): number => parts.reduce((all, one) => all + one[name], 0);
  return { weight: sum('weight'), density: sum('density'), certainty: sum('certainty') };
}

/** Criteria from the rows' log-densities: one read of the data. `totalWeight`: Σ a_i in the user's units, if rows have others. */
export async function criteriaOf(blocks: Rows, parameters: number, totalWeight?: number): Promise<Criteria> {
  return criteriaOfSums(await criteriaSums(blocks), parameters, totalWeight);
}

/** The same of sums. */
export function criteriaOfSums(
  { weight, density, certainty }: CriteriaSums,
  parameters: number,
  totalWeight?: number,
): Criteria {
  const meanLogLikelihood = density / weight;
  const n = totalWeight ?? weight;
  const logLikelihood = meanLogLikelihood * n;
  const bic = -2 * logLikelihood + parameters * Math.log(n);
  const aic = -2 * logLikelihood + 2 * parameters;
  return { logLikelihood, meanLogLikelihood, bic, aic, icl: bic - 2 * (certainty / weight) * n };
}
