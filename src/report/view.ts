import type { ColumnMarginal } from '../families/marginals.js';
import { columnOf, componentDensities, directionsOf, isPlanar, levelSeparation, withinSupport } from './columns.js';
import { type Bump, type Interval, quantile } from './density.js';
import { drawnOf, type DrawnComponents } from './drawn.js';
import type { PictureInput } from './input.js';
import { noiseBump } from './noise.js';
import type { Theme } from './palette.js';

/** A column as drawn: its sample, its axis and the mixture's marginal on it. */
export interface Dimension {
  /** Index into `columns`. */
  readonly column: number;
  readonly name: string;
  /** The sample's values, one a row; NaN of those that are missing. */
  readonly values: Float64Array;
  /** Marginal of each component, in component order. */
  readonly bumps: readonly Bump[];
  /** What the axis shows. */
  readonly domain: Interval;
  /** Share of the sample the axis leaves out at each end by intent; 0 when it shows all. */
  readonly clip: number;
  /** How many rows of the sample lie outside the axis. */
  readonly outside: number;
  /** Of other families than Gaussians, what the column is like. */
  readonly marginal?: ColumnMarginal;
  /** What noise has of it. */
  readonly noise?: Bump | undefined;
}

/** What every drawing needs, derived once from the input. */
export interface View {
  readonly input: PictureInput;
  readonly components: DrawnComponents;
  /** Components by falling weight. */
  readonly order: readonly number[];
  /** Rank of each component in {@link order}; it decides the colour. */
  readonly rank: readonly number[];
  /** Columns that are drawn against each other. */
  readonly dimensions: readonly Dimension[];
  /** Columns of numbers that are drawn one by one: of Gaussians, the same. */
  readonly numbers: readonly Dimension[];
  /** Columns of levels, the most telling ones first. */
  readonly levels: readonly number[];
}

const MOST_DIMENSIONS = 4;

/** At most so many columns of other families than Gaussians are drawn one by one. */
const MOST_NUMBERS = 6;

/** A component that holds more of the weight than this is in the picture, however far it lies. */
const NOTABLE = 0.002;

/** Lighter ones are where the axis becomes no more than so many times longer. */
const LONGEST = 2.4;

/**
 * Cuts an axis may take, mildest first: the share left out at each end, where the range is
 * so many times emptier without.
 */
const CUTS = [
  { share: 0.001, emptier: 1.6 },
  { share: 0.01, emptier: 2.4 },
] as const;

/** Derives the drawings' common ground; `dimensions` are column names, by default chosen by {@link separation}. */
export function viewOf(input: PictureInput, dimensions?: readonly string[]): View {
  const order = input.weights.map((_, c) => c).sort((a, b) => input.weights[b] - input.weights[a] || a - b);
  const rank = Array.from(order);
  order.forEach((c, r) => (rank[c] = r));
  const components = drawnOf(input);
  const view = { input, components, order, rank };
  const asked = dimensions?.map((name) => input.columns.indexOf(name));
  const dimensionsOf = (columns: readonly number[]): Dimension[] =>
    columns.map((column) => dimensionOf(input, components, column));
  const { marginals } = components;
  if (!marginals) {
    const drawn = dimensionsOf(asked ?? mostSeparating(input, MOST_DIMENSIONS));
    return { ...view, dimensions: drawn, numbers: drawn, levels: [] };
  }
  const few = (most: number, of: (marginal: ColumnMarginal) => boolean): number[] =>
    asked?.filter((j) => of(marginals[j])) ?? mostSeparating(input, most, (j) => of(marginals[j]));
  return {
    ...view,
    dimensions: dimensionsOf(few(MOST_DIMENSIONS, isPlanar)),
    numbers: dimensionsOf(few(MOST_NUMBERS, ({ kind }) => kind !== 'level')),
    levels: bySeparation(input).filter((j) => marginals[j].kind === 'level' && (asked?.includes(j) ?? true)),
  };
}

/** The columns along which the components differ most, at most so many, in the data's order; `of`: among which. */
export function mostSeparating(input: PictureInput, most: number, of: (j: number) => boolean = () => true): number[] {
  return bySeparation(input)
    .filter(of)
    .slice(0, most)
    .sort((a, b) => a - b);
}

function bySeparation(input: PictureInput): number[] {
  const components = drawnOf(input);
  const scores = input.columns.map((_, j) => separation(input, j, components));
  return scores.map((_, j) => j).sort((a, b) => scores[b] - scores[a] || a - b);
}

/**
 * How far a column tells the components apart: Σ w_k (μ_kj − μ̄_j)² / Σ w_k Σ_kjj, variance between over variance within.
 * Of log-normal columns these are variances of logarithms, of levels sums over the levels' indicators.
 */
export function separation(input: PictureInput, j: number, components = drawnOf(input)): number {
  const { weights } = input;
  const { marginals } = components;
  if (marginals?.[j].kind === 'level') return levelSeparation(weights, marginals[j]);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const centre = weights.reduce((sum, w, c) => sum + w * components.plane(c, j, j).mean[0], 0) / total;
  const between = weights.reduce((sum, w, c) => sum + w * (components.plane(c, j, j).mean[0] - centre) ** 2, 0);
  const within = weights.reduce((sum, w, c) => sum + w * components.plane(c, j, j).covariance[0], 0);
  if (!(between > 0)) return 0;
  return within > 0 ? between / within : Infinity;
}

/** The marginal on column j of each component, in component order. */
export function bumpsOf(input: PictureInput, j: number, components = drawnOf(input)): Bump[] {
  return input.weights.map((weight, c) => ({ weight, mean: components.mean(c, j), scale: components.deviation(c, j) }));
}

/**
 * The axis of a column: the whole sample where it fills its range, else its 0.1–99.9 % range, or 1–99 % where even that
 * is mostly empty. Without a sample, the axis is ±3 scales of every component. The mean of a component that holds more
 * than 0.2 % of the weight is always on it. The mean of a lighter one is where that leaves the picture large enough.
 */
export function axisOf(values: Float64Array, bumps: readonly Bump[]): Pick<Dimension, 'domain' | 'clip' | 'outside'> {
  const sorted = values.filter((x) => !Number.isNaN(x)).sort();
  const notable = bumps.filter((bump) => bump.weight > NOTABLE);
  let clip = 0;
  let range = sorted.length > 0 ? between(sorted, 0) : reach(bumps);
  for (const { share, emptier } of CUTS) {
    const narrower = between(sorted, share);
    const slack = 0.03 * width(narrower);
    const kept = notable.every(({ mean }) => mean >= narrower[0] - slack && mean <= narrower[1] + slack);
    if (!(kept && width(narrower) > 0 && width(range) > emptier * width(narrower))) continue;
    clip = share;
    range = narrower;
  }
  const domain = padded(holding(range, bumps), notable);
  return { domain, clip, outside: sorted.filter((x) => x < domain[0] || x > domain[1]).length };
}

/** A column as it is drawn. */
export function dimensionOf(input: PictureInput, components: DrawnComponents, column: number): Dimension {
  const own = { column, name: input.columns[column] };
  const values = columnOf(input.sample.rows, column, input.d);
  const bumps = bumpsOf(input, column, components);
  const marginal = components.marginals?.[column];
  const noise = noiseBump(input, column, marginal);
  if (!marginal) return { ...own, values, bumps, noise, ...axisOf(values, bumps) };
  const seen = marginal.kind === 'direction' ? directionsOf(input, marginal, values) : values;
  const densities = componentDensities(input, marginal);
  const shaped = bumps.map((bump, c) => ({ ...bump, ...(densities && { logDensity: densities[c] }) }));
  const { domain: free, clip } = axisOf(seen, shaped);
  const domain = withinSupport(free, marginal);
  const outside = seen.filter((x) => x < domain[0] || x > domain[1]).length;
  return { ...own, values: seen, bumps: shaped, noise, domain, clip, outside, marginal };
}

function between(sorted: Float64Array, share: number): Interval {
  return [quantile(sorted, share), quantile(sorted, 1 - share)];
}

/** All that a column's density is the sum of. */
export function allBumps({ bumps, noise }: Pick<Dimension, 'bumps' | 'noise'>): readonly Bump[] {
  return noise ? [...bumps, noise] : bumps;
}

/** The bumps that are drawn, with their colours: the heaviest components, at most so many, and noise. */
export function drawnBumps(
  { order }: Pick<View, 'order'>,
  { bumps, noise }: Dimension,
  { theme, most }: { readonly theme: Theme; readonly most: number },
): { readonly component: number; readonly bump: Bump; readonly colour: string }[] {
  const components = order
    .slice(0, most)
    .map((component, rank) => ({ component, bump: bumps[component], colour: theme.fill(rank) }));
  return noise ? [...components, { component: -1, bump: noise, colour: theme.muted }] : components;
}

/** The range, made longer where it leaves out means that belong into the picture. */
function holding(range: Interval, bumps: readonly Bump[]): Interval {
  const reaching = (held: Interval, x: number): Interval => [Math.min(held[0], x), Math.max(held[1], x)];
  const far = ({ mean }: Bump): number => Math.max(range[0] - mean, mean - range[1]);
  let held = range;
  for (const { weight, mean } of bumps) if (weight > NOTABLE) held = reaching(held, mean);
  const longest = LONGEST * width(held);
  for (const { mean } of bumps.filter(({ weight }) => weight > 0).sort((a, b) => far(a) - far(b))) {
    const longer = reaching(held, mean);
    if (width(longer) <= longest) held = longer;
  }
  return held;
}

function reach(bumps: readonly Bump[]): Interval {
  return [Math.min(...bumps.map((b) => b.mean - 3 * b.scale)), Math.max(...bumps.map((b) => b.mean + 3 * b.scale))];
}

/** Gives a range room for the components' ±2σ, between 3 and 12 % at each end. */
function padded(range: Interval, bumps: readonly Bump[]): Interval {
  const extent = width(range) || 10 * Math.max(0, ...bumps.map((b) => b.scale)) || 0.1 * Math.abs(range[0]) || 1;
  const held = (excess: number): number => extent * Math.min(0.12, Math.max(0.03, excess / extent));
  const below = Math.max(...bumps.map((b) => range[0] - (b.mean - 2.1 * b.scale)));
  const above = Math.max(...bumps.map((b) => b.mean + 2.1 * b.scale - range[1]));
  return [range[0] - held(below), range[1] + held(above)];
}

function width([low, high]: Interval): number {
  return high - low;
}
