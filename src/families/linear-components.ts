/** Components of families of exponential families: θ as named arrays `[k, …]`, and what follows from it. */
import type { ColumnSummary, ComponentArray, Components, Spread } from './components.js';
import { divergence, logDensity, type ExponentialFamily } from './exponential-family.js';
import type { FreshStart } from './family.js';
import { firstOf, type Blocks, type Thetas } from './linear-term.js';
import type { Scaling } from './scaling.js';

/** Jeffreys' divergence below which two components are one, as for Gaussians. */
const ALIKE = 0.01;
/** What a component that starts again at a row keeps of the others' means, so that no probability is 0. */
const OTHERS = 0.2;

/** θ of blocks, whose parameters of one name follow each other in an array. */
export function thetasOf(blocks: Blocks, { arrays, k }: Components): Thetas {
  const width = Object.fromEntries(Object.entries(arrays).map(([name, { values }]) => [name, values.length / k]));
  const first = parameterPlaces(blocks);
  return (c, b) => {
    const own = Object.entries(blocks[b].parameters);
    const theta = new Float64Array(own.reduce((sum, [, size]) => sum + size, 0));
    let next = 0;
    for (const [name, size] of own) {
      const from = c * width[name] + first[b][name];
      theta.set(arrays[name].values.subarray(from, from + size), next);
      next += size;
    }
    return theta;
  };
}

/** Where the parameters of each block begin among those of their name. */
function parameterPlaces(blocks: Blocks): Record<string, number>[] {
  const next: Record<string, number> = {};
  return blocks.map(({ parameters }) =>
    Object.fromEntries(
      Object.entries(parameters).map(([name, size]) => {
        const from = next[name] ?? 0;
        next[name] = from + size;
        return [name, from];
      }),
    ),
  );
}

/** Components of these θ. */
export function ofThetas(blocks: Blocks, k: number, d: number, thetas: Thetas): Components {
  const names = Object.keys(blocks[0].parameters);
  const lists = new Map(names.map((name) => [name, [] as number[]]));
  for (let c = 0; c < k; c++) {
    for (const [b, { parameters }] of blocks.entries()) {
      const theta = thetas(c, b);
      let from = 0;
      for (const [name, size] of Object.entries(parameters)) {
        lists.get(name)?.push(...theta.subarray(from, (from += size)));
      }
    }
  }
  const arrays = Array.from(lists, ([name, list]): [string, ComponentArray] => [
    name,
    { shape: [k, list.length / k], values: Float64Array.from(list) },
  ]);
  return { k, d, arrays: Object.fromEntries(arrays) };
}

/** Components of maximum likelihood for rows whose statistics have these means, `[k, width]`. */
export function ofMeans(blocks: Blocks, k: number, d: number, means: Float64Array): Components {
  const width = means.length / k;
  const first = firstOf(blocks);
  return ofThetas(blocks, k, d, (c, b) => {
    const from = c * width + first[b];
    const own = means.subarray(from, from + blocks[b].width);
    return blocks[b].fit(hasValues(blocks[b], own) ? own : anyStatistics(blocks[b], means, first[b], width));
  });
}

/** Whether a component has any rows with a value of the block. */
function hasValues({ gaps, levels }: Blocks[number], own: Float64Array): boolean {
  if (levels !== undefined) return own.some((share) => share > 0);
  return !gaps || own[own.length - 1] > 0;
}

/** Two values that no family's likelihood prefers to others, of columns of real numbers and of whole ones. */
const ANY = { real: [0.25, 0.75], whole: [0, 1] } as const;

/**
 * Mean statistics of a component none of whose rows has a value of the block, so that all parameters are alike: those of
 * all components together, or of any values where no row has one.
 */
function anyStatistics(block: Blocks[number], means: Float64Array, first: number, width: number): Float64Array {
  const together = new Float64Array(block.width);
  for (let from = first; from < means.length; from += width) {
    for (let j = 0; j < block.width; j++) together[j] += means[from + j];
  }
  if (block.levels !== undefined || hasValues(block, together)) return together;
  const one = new Float64Array(block.width);
  for (const value of ANY.real.every(block.domain.holds) ? ANY.real : ANY.whole) {
    block.statistic(new Float64Array(block.columns).fill(value), one);
    for (let j = 0; j < block.width; j++) together[j] += one[j] / 2;
  }
  return together;
}

/** Means of the statistics under every component, `[k, width]`. */
export function expectations(blocks: Blocks, k: number, thetas: Thetas): Float64Array {
  return Float64Array.from(
    Array.from({ length: k }, (_, c) =>
      blocks.flatMap((block, b) => Array.from(block.expectation(thetas(c, b)))),
    ).flat(),
  );
}

/** Means of statistics `[k, width]` as a shard holds these. */
export function heldMeans(means: Float64Array, blocks: Blocks, frame: Scaling | undefined): Float64Array {
  if (!frame || blocks[0].levels !== undefined) return means;
  const { shift, scale } = frame;
  return means.map((mean, at) => (mean - shift[at % shift.length]) / scale[at % shift.length]);
}

/** Such means as they are before they are shifted and scaled. */
export function givenMeans(means: Float64Array, blocks: Blocks, frame: Scaling | undefined): Float64Array {
  if (!frame || blocks[0].levels !== undefined) return means;
  const { shift, scale } = frame;
  return means.map((mean, at) => shift[at % shift.length] + scale[at % shift.length] * mean);
}

/** The same components, some of which start again around rows, `[D]` each, as they are swept before they are shifted. */
export function restartedAt(
  blocks: Blocks,
  components: Components,
  thetas: Thetas,
  starts: readonly FreshStart[],
): Components {
  const { k, d } = components;
  const means = expectations(blocks, k, thetas);
  const width = means.length / k;
  const pool = new Float64Array(width).map((_, j) => {
    let sum = 0;
    for (let c = 0; c < k; c++) sum += means[c * width + j];
    return sum / k;
  });
  const fresh = means.slice();
  for (const { component, row } of starts) {
    const own = statisticsOfRow(blocks, row);
    for (let j = 0; j < width; j++) fresh[component * width + j] = (1 - OTHERS) * own[j] + OTHERS * pool[j];
  }
  return ofMeans(blocks, k, d, fresh);
}

/** Statistics of a row as it is swept: level columns become unit vectors. */
function statisticsOfRow(blocks: Blocks, row: Float64Array): Float64Array {
  let at = 0;
  return Float64Array.from(
    blocks.flatMap(({ width, levels }) => {
      if (levels === undefined) return Array.from(row.subarray(at, (at += width)));
      const level = row[at++];
      return Array.from({ length: width }, (_, j) => Number(j === level));
    }),
  );
}

/** Means and variances of the columns, `[k, d]`. */
export function columnSpread(blocks: Blocks, { k }: Components, thetas: Thetas): Spread {
  const summaries = Array.from({ length: k }, (_, c) =>
    blocks.flatMap((block, b) => summariesOf(block, thetas(c, b))),
  ).flat();
  return spreadOf(summaries);
}

function summariesOf(block: ExponentialFamily, theta: Float64Array): ColumnSummary[] {
  if (block.summary) return [block.summary(theta)];
  const variances = block.variance(theta);
  return Array.from(block.expectation(theta), (mean, j) => ({ mean, variance: variances[j] }));
}

/** Means and variances of what is swept, `[k, D]`: of level columns those of nothing, since they are held as they are. */
export function sweptSpread(blocks: Blocks, { k }: Components, thetas: Thetas): Spread {
  const summaries = Array.from({ length: k }, (_, c) =>
    blocks.flatMap((block, b): ColumnSummary[] => {
      if (block.levels !== undefined) return [{ mean: 0, variance: 0 }];
      const theta = thetas(c, b);
      const variances = block.variance(theta);
      return Array.from(block.expectation(theta), (mean, j) => ({ mean, variance: variances[j] }));
    }),
  ).flat();
  return spreadOf(summaries);
}

function spreadOf(summaries: readonly ColumnSummary[]): Spread {
  return {
    means: Float64Array.from(summaries, ({ mean }) => mean),
    variances: Float64Array.from(summaries, ({ variance }) => variance),
  };
}

/** Components that are one and the same, as groups of two or more. */
export function coincidentComponents(blocks: Blocks, k: number, thetas: Thetas): number[][] {
  const groups: number[][] = [];
  for (let c = 0; c < k; c++) {
    const own = groups.find(([first]) => apart(blocks, thetas, first, c) < ALIKE);
    if (own) own.push(c);
    else groups.push([c]);
  }
  return groups.filter(({ length }) => length > 1);
}

/** Jeffreys' divergence of two components, or part of it that is more than what counts as alike. */
function apart(blocks: Blocks, thetas: Thetas, one: number, other: number): number {
  let sum = 0;
  for (let b = 0; b < blocks.length && sum < ALIKE; b++) {
    const [p, q] = [thetas(one, b), thetas(other, b)];
    sum += divergence(blocks[b], p, q) + divergence(blocks[b], q, p);
  }
  return sum;
}

/** A function that writes log p(x | θ_k) of a row `[d]` into `[k]`. */
export function densitiesOf(
  blocks: Blocks,
  k: number,
  thetas: Thetas,
): (row: ArrayLike<number>, into: Float64Array) => void {
  const densities = Array.from({ length: k }, (_, c) => blocks.map((block, b) => logDensity(block, thetas(c, b))));
  return (row, into) => {
    for (let c = 0; c < k; c++) {
      let from = 0;
      into[c] = 0;
      for (const [b, block] of blocks.entries()) {
        into[c] += densities[c][b](Float64Array.from({ length: block.columns }, (_, j) => row[from + j]));
        from += block.columns;
      }
    }
  };
}
