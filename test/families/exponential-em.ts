/** EM for mixtures of exponential families in float64, plain: what families are tested by, and sweeps may be. */
import type { ExponentialFamily } from '../../src/families/exponential-family.js';

/** Consecutive columns of a row, each block independent of the others given the component. */
export interface Model {
  readonly blocks: readonly ExponentialFamily[];
  readonly weights: readonly number[];
  /** θ by block and component. */
  readonly thetas: readonly (readonly Float64Array[])[];
}

/** Rows `[n]` as blocks see them, and how often each is there. */
export interface Prepared {
  readonly rows: readonly (readonly (Observed | undefined)[])[];
  readonly counts: readonly number[];
}

/** A block of a row: T(x) and log h(x). */
interface Observed {
  readonly statistic: Float64Array;
  readonly base: number;
}

/** Rows `[n][d]` by blocks; a block with a NaN is missing. */
export function prepare(
  blocks: readonly ExponentialFamily[],
  { rows, counts }: { readonly rows: readonly (readonly number[])[]; readonly counts: readonly number[] },
): Prepared {
  const observed = rows.map((row) => {
    let from = 0;
    return blocks.map((block): Observed | undefined => {
      const x = Float64Array.from(row.slice(from, (from += block.columns)));
      if (x.some(Number.isNaN)) return undefined;
      const statistic = new Float64Array(block.width);
      block.statistic(x, statistic);
      return { statistic, base: block.logBase(x) };
    });
  });
  return { rows: observed, counts };
}

/** The log-likelihood of a mixture, nats, and the mixture after one step of EM. */
export function emStep(
  { blocks, weights, thetas }: Model,
  { rows, counts }: Prepared,
): { logLikelihood: number; next: Model } {
  const packed = blocks.map((block, b) => thetas[b].map((theta) => packedOf(block, theta)));
  const sums = blocks.map(({ width }) => weights.map(() => ({ mass: 0, statistics: new Float64Array(width) })));
  const masses = weights.map(() => 0);
  let logLikelihood = 0;
  rows.forEach((row, i) => {
    const logits = weights.map((weight, c) => {
      let logit = Math.log(weight);
      row.forEach((part, b) => (logit += part ? densityOf(part, packed[b][c]) : 0));
      return logit;
    });
    const largest = Math.max(...logits);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    logLikelihood += counts[i] * (largest + Math.log(total));
    logits.forEach((logit, c) => {
      const share = (counts[i] * Math.exp(logit - largest)) / total;
      masses[c] += share;
      row.forEach((part, b) => {
        if (!part) return;
        const into = sums[b][c];
        into.mass += share;
        for (let j = 0; j < part.statistic.length; j++) into.statistics[j] += share * part.statistic[j];
      });
    });
  });
  const all = masses.reduce((sum, mass) => sum + mass, 0);
  const next = sums.map((block, b) =>
    block.map(({ mass, statistics }) => blocks[b].fit(statistics.map((sum) => sum / mass))),
  );
  return { logLikelihood, next: { blocks, weights: masses.map((mass) => mass / all), thetas: next } };
}

interface Packed {
  readonly eta: Float64Array;
  readonly normalizer: number;
}

function packedOf(block: ExponentialFamily, theta: Float64Array): Packed {
  const eta = new Float64Array(block.width);
  return { normalizer: block.natural(theta, eta), eta };
}

function densityOf({ statistic, base }: Observed, { eta, normalizer }: Packed): number {
  let sum = base - normalizer;
  for (let j = 0; j < eta.length; j++) sum += eta[j] * statistic[j];
  return sum;
}
