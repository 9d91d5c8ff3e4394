import type { ColumnMarginal, LogDensity } from '../families/marginals.js';
import { type Interval, quantile } from './density.js';
import type { PictureInput, SampleRows } from './input.js';

/** By so many of its sums of rows a component stands for all of them. */
const SUMS = 24;

/** A column of the sample. */
export function columnOf(rows: SampleRows, j: number, d: number): Float64Array {
  if (!('shape' in rows)) return Float64Array.from(rows, (row) => row[j]);
  return Float64Array.from({ length: rows.shape[0] }, (_, i) => rows.data[i * d + j]);
}

/** Whether a column is drawn against others: real numbers, positive ones by their logarithms, and directions. */
export function isPlanar({ kind, family }: ColumnMarginal): boolean {
  return kind === 'real' || kind === 'direction' || family === 'logNormal';
}

/** What an axis shows of values that a column can have; around counts there is room for a bar. */
export function withinSupport([low, high]: Interval, { kind }: ColumnMarginal): Interval {
  if (kind === 'count') return [Math.max(-0.5, Math.floor(low) - 0.5), Math.ceil(high) + 0.5];
  if (kind === 'positive') return [Math.max(0, low), high];
  if (kind === 'share') return [Math.max(0, low), Math.min(1, high)];
  return kind === 'direction' ? [Math.max(-1, low), Math.min(1, high)] : [low, high];
}

/** Values of a column divided by the lengths of their rows. */
export function directionsOf(input: PictureInput, marginal: ColumnMarginal, values: Float64Array): Float64Array {
  const squared = overBlock(input, marginal, (x) => x * x);
  return values.map((x, i) => x / Math.sqrt(squared[i]));
}

/** The densities of a column under each component, `[k]`; none of Gaussians, which moments say all of. */
export function componentDensities(input: PictureInput, marginal: ColumnMarginal): LogDensity[] | undefined {
  if (marginal.kind === 'real' || marginal.kind === 'level') return undefined;
  const components = Array.from({ length: input.k }, (_, c) => c);
  if (marginal.family !== 'multinomial') return components.map((c) => marginal.logDensity(c));
  const sums = overBlock(input, marginal, (x) => x);
  return components.map((c) => overSums(marginal, c, typicalSums(sums, input.sample.labels, c)));
}

/** Multinomial counts of rows with these sums, each as likely as the others. */
function overSums(marginal: ColumnMarginal, c: number, sums: readonly number[]): LogDensity {
  const densities = sums.map((sum) => marginal.logDensity(c, sum));
  return (x) => Math.log(densities.reduce((all, density) => all + Math.exp(density(x)), 0) / sums.length);
}

/** Evenly spaced quantiles of the sums of a component's rows; of all rows where the sample has none of it. */
function typicalSums(sums: Float64Array, labels: ArrayLike<number>, c: number): number[] {
  const all = sums.filter((sum) => !Number.isNaN(sum));
  const own = sums.filter((sum, i) => labels[i] === c && !Number.isNaN(sum));
  const sorted = (own.length > 0 ? own : all).slice().sort();
  const distinct = new Set(sorted).size;
  if (distinct < 2) return [sorted.at(0) ?? 1];
  return Array.from({ length: SUMS }, (_, i) => Math.round(quantile(sorted, (i + 0.5) / SUMS)));
}

/** Σ_j f(x_ij) over the columns of a column's block, of each row of the sample. */
function overBlock(input: PictureInput, { block }: ColumnMarginal, f: (x: number) => number): Float64Array {
  const names = new Set(input.components?.[block].columns);
  const columns = input.columns.flatMap((name, j) => (names.has(name) ? [j] : []));
  const sums = new Float64Array(input.sample.labels.length);
  for (const j of columns) columnOf(input.sample.rows, j, input.d).forEach((x, i) => (sums[i] += f(x)));
  return sums;
}

/** The index of the level of each row of the sample. */
export function levelIndices(input: PictureInput, j: number, { levels = [] }: ColumnMarginal): Float64Array {
  const places = new Map(levels.map((level, place) => [level, place]));
  return columnOf(input.sample.rows, j, input.d).map((x) => places.get(x) ?? x);
}

/** Probabilities of a column's levels under a component. */
export function levelShares(marginal: ColumnMarginal, component: number): number[] {
  const density = marginal.logDensity(component);
  return Array.from(marginal.levels ?? [], (_, level) => Math.exp(density(level)));
}

/** Σ_l Σ_k w_k (p_kl − p̄_l)² / Σ_l Σ_k w_k p_kl (1 − p_kl). */
export function levelSeparation(weights: readonly number[], marginal: ColumnMarginal): number {
  const shares = weights.map((_, c) => levelShares(marginal, c));
  const total = weights.reduce((sum, w) => sum + w, 0);
  let [between, within] = [0, 0];
  for (const level of shares[0].keys()) {
    const mean = weights.reduce((sum, w, c) => sum + w * shares[c][level], 0) / total;
    for (const [c, w] of weights.entries()) {
      between += w * (shares[c][level] - mean) ** 2;
      within += w * shares[c][level] * (1 - shares[c][level]);
    }
  }
  if (!(between > 0)) return 0;
  return within > 0 ? between / within : Infinity;
}
