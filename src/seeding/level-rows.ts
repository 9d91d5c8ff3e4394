import type { BorrowedShard, NearestCentres } from '../sweep/shard.js';
import type { LinearShape } from '../sweep/model.js';
import type { Scaling } from '../families/scaling.js';
import { fillColumns, HostRows } from '../sweep/exact/host-rows.js';
import { kMeansPlusPlus } from './k-means-plus-plus.js';
import { metricOf, type SeedingProblem } from './seeding.js';

/** Rows that are drawn, with replacement and as often as they weigh. */
const DRAWS = 4096;

/** The same problem among rows that the host holds. */
export type HeldProblem = Omit<SeedingProblem, 'shard'> & { readonly shard: HostRows };

/** Where the levels of each level column lie on a line; undefined of mere names. */
type Positions = readonly (Float64Array | undefined)[];

/**
 * Centres, of k-means++ unless something else is given, of rows that have columns of levels. Of mere names a difference of
 * indices says nothing. Such a column counts 2 where two rows differ, as numbers do in the mean, in units of their variance.
 * What is missing counts as the mean. It looks at 4,096 rows drawn by weight, on the host. Returns centres `[k, D]`.
 */
export async function levelCentres(
  problem: SeedingProblem,
  { dense, levels }: LinearShape,
  {
    positions = [],
    masks,
    centresAmong = kMeansPlusPlus,
  }: {
    readonly positions?: Positions | undefined;
    readonly masks?: readonly number[] | undefined;
    readonly centresAmong?: ((problem: HeldProblem) => Promise<Float64Array>) | undefined;
  },
): Promise<Float64Array> {
  const { shard, scaling, variances, random, signal } = problem;
  const first = shard.d - levels.length;
  const places = await drawnRows(shard, random.uniform.bind(random), signal);
  const rows = await shard.take(places.rows);
  if (masks) markGaps(rows, shard.d, first - dense, masks, scaling);
  const expanded = expandedRows(rows, shard.d, levels, positions);
  const width = expanded.length / places.rows.length;
  fillColumns(expanded, places.counts, width);
  const units = new Float64Array(width).fill(1);
  units.set(variances.subarray(0, first));
  let at = first;
  for (const [j, count] of levels.entries()) {
    if (positions[j]) units[at] = varianceOf(expanded, at, width, places.counts);
    at += positions[j] ? 1 : count;
  }
  const host = new HostRows(expanded, places.counts, width);
  const centres = await centresAmong({ ...problem, shard: host, variances: units });
  return collapsedRows(centres, first, levels, positions);
}

/** Variance of a column of weighted rows. */
function varianceOf(rows: Float64Array, column: number, width: number, weights: Float64Array): number {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = weights.reduce((sum, weight, row) => sum + weight * rows[row * width + column], 0) / all;
  return weights.reduce((sum, weight, row) => sum + weight * (rows[row * width + column] - mean) ** 2, 0) / all;
}

/** Marks statistics that are missing, which are 0, as NaN, and makes their masks those of rows that have all. */
function markGaps(
  rows: Float64Array,
  d: number,
  first: number,
  masks: readonly number[],
  { shift, scale }: Scaling,
): void {
  const held = (mask: number, value: number): number => (value - shift[first + mask]) / scale[first + mask];
  for (let from = first; from < rows.length; from += d) {
    for (const [j, mask] of masks.entries()) if (mask >= 0 && rows[from + mask] < held(mask, 0.5)) rows[from + j] = NaN;
    for (const [j, mask] of masks.entries()) if (mask < 0) rows[from + j] = held(j, 1);
  }
}

/** Different rows, and how often each was drawn. */
async function drawnRows(
  shard: BorrowedShard,
  uniform: () => number,
  signal: AbortSignal | undefined,
): Promise<{ readonly rows: number[]; readonly counts: Float64Array }> {
  const nearest: NearestCentres = shard.nearestCentres(metricOf(new Float64Array(shard.d)), signal);
  try {
    const drawn = await nearest.draw(Array.from({ length: DRAWS }, uniform));
    const counts = new Map<number, number>();
    for (const row of drawn) counts.set(row, (counts.get(row) ?? 0) + 1);
    const rows = Array.from(counts.keys()).sort((a, b) => a - b);
    return { rows, counts: Float64Array.from(rows, (row) => counts.get(row) ?? 0) };
  } finally {
    nearest.dispose();
  }
}

/** Rows whose level columns, the last ones, are unit vectors, 0 where they are missing, or positions on a line, NaN there. */
function expandedRows(rows: Float64Array, d: number, levels: readonly number[], positions: Positions): Float64Array {
  const first = d - levels.length;
  const width = levels.reduce((sum, count, j) => sum + (positions[j] ? 1 : count), first);
  const expanded = new Float64Array((rows.length / d) * width);
  for (let row = 0; row * d < rows.length; row++) {
    let at = row * width;
    expanded.set(rows.subarray(row * d, row * d + first), at);
    at += first;
    for (const [j, count] of levels.entries()) {
      const level = rows[row * d + first + j];
      const own = positions[j];
      if (own) expanded[at] = level >= 0 ? own[level] : NaN;
      else if (level >= 0) expanded[at + level] = 1;
      at += own ? 1 : count;
    }
  }
  return expanded;
}

/** The same back. Centres that are means of rows have the level that most of them have, or the position nearest to theirs. */
function collapsedRows(
  expanded: Float64Array,
  first: number,
  levels: readonly number[],
  positions: Positions,
): Float64Array {
  const width = levels.reduce((sum, count, j) => sum + (positions[j] ? 1 : count), first);
  const d = first + levels.length;
  const rows = new Float64Array((expanded.length / width) * d);
  for (let row = 0; row * d < rows.length; row++) {
    let at = row * width;
    rows.set(expanded.subarray(at, at + first), row * d);
    at += first;
    for (const [j, count] of levels.entries()) {
      const own = positions[j];
      rows[row * d + first + j] = own ? nearestOf(own, expanded[at]) : likeliestOf(expanded.subarray(at, at + count));
      at += own ? 1 : count;
    }
  }
  return rows;
}

/** The index of the largest; −1 of zeros, where no row has a level. */
function likeliestOf(shares: Float64Array): number {
  const most = Math.max(...shares);
  return most > 0 ? shares.indexOf(most) : -1;
}

/** The index of the position nearest to one. */
function nearestOf(positions: Float64Array, position: number): number {
  const apart = positions.map((own) => Math.abs(own - position));
  return apart.indexOf(Math.min(...apart));
}
