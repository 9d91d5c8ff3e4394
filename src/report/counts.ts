import { density, type Bump, type Interval } from './density.js';
import { COLOUR, type Datum, framed, type Layer, type Layered, linear, PLACE, type Size, titleAbove } from './draw.js';
import { heightOf } from './marginal.js';
import { shortened } from './numbers.js';
import type { Theme } from './palette.js';
import { MOST_ELLIPSES } from './scatter.js';
import { allBumps, drawnBumps, type Dimension, type View } from './view.js';

/** Up to so many bars carry a point of every component. */
const MOST_POINTS = 40;
/** Whole numbers of a bar at which probabilities are evaluated. */
const MOST_EVALUATED = 16;

/** Whole numbers first, first + 1, …: so many bars of so many numbers each. */
export interface CountBins {
  readonly first: number;
  readonly width: number;
  readonly bins: number;
}

/** One whole number a bar, or as many as make at most `most` bars: 1, 2 or 5 times a power of ten. */
export function countBins([low, high]: Interval, most: number): CountBins {
  const [first, last] = [Math.max(0, Math.ceil(low)), Math.floor(high)];
  const least = (last - first + 1) / most;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  const width = least <= 1 ? 1 : ([1, 2, 5].map((m) => m * power).find((w) => w >= least) ?? 10 * power);
  const start = width > 1 ? Math.floor(first / width) * width : first;
  return { first: start, width, bins: Math.floor((last - start) / width) + 1 };
}

/** Share of the weight of all values at each whole number, on average over a bar's; NaN doesn't count. */
export function countShares(
  values: Float64Array,
  { first, width, bins }: CountBins,
  weights?: ArrayLike<number>,
): Float64Array {
  const shares = new Float64Array(bins);
  let total = 0;
  for (const [i, x] of values.entries()) {
    if (Number.isNaN(x)) continue;
    const weight = weights?.[i] ?? 1;
    const bin = Math.floor((x - first) / width);
    total += weight;
    if (bin >= 0 && bin < bins) shares[bin] += weight;
  }
  return shares.map((share) => (total > 0 ? share / (total * width) : 0));
}

/** The probability of a whole number, on average over those of each bar. */
export function countProbabilities(bumps: readonly Bump[], { first, width, bins }: CountBins): Float64Array {
  const evaluated = Math.min(width, MOST_EVALUATED);
  return Float64Array.from({ length: bins }, (_, bin) => {
    let sum = 0;
    for (let at = 0; at < evaluated; at++) {
      const x = first + bin * width + Math.floor(((at + 0.5) * width) / evaluated);
      for (const bump of bumps) sum += density(x, { ...bump, scale: bump.scale || 1 });
    }
    return sum / evaluated;
  });
}

/**
 * Bars of the sample's whole numbers against the fitted probabilities Σ w_k p_k(x), and lightly each component times its
 * weight. `cut`: whether probabilities run off the top.
 */
export function countSpec(
  view: View,
  dimension: Dimension,
  theme: Theme,
  size: Size,
): { spec: Layered; dimension: Dimension; cut: boolean } {
  const { domain, values, name } = dimension;
  const bins = countBins(domain, Math.max(12, Math.floor(size.width / 5)));
  const { first, width } = bins;
  const shares = countShares(values, bins, view.input.sample.weights);
  const bars = Array.from(shares, (height, bin) => ({ low: first + bin * width - 0.5, height }));
  const middle = (bin: number): number => first + bin * width + (width - 1) / 2;
  const total = Array.from(countProbabilities(allBumps(dimension), bins), (y, bin) => ({ x: middle(bin), y }));
  const { top, cut } = heightOf(bars, total);
  const high = first + bins.bins * width - 0.5;
  const title = width > 1 ? 'share of rows per whole number' : 'share of rows';
  const spec: Layered = {
    ...framed(size, 2),
    encoding: {
      x: linear([first - 0.5, high], {
        title: shortened(name, 48),
        tickCount: 7,
        ...(high - first < 8 && { tickMinStep: 1 }),
      }),
      y: linear([0, 1.06 * top || 1], { ...titleAbove(title), labels: false, ticks: false }),
    },
    layer: [
      {
        data: { values: bars.map(({ low, height }): Datum => ({ low, high: low + width, height, base: 0 })) },
        mark: {
          type: 'rect',
          fill: theme.bar,
          clip: true,
          stroke: theme.paper,
          strokeWidth: bars.length > MOST_POINTS ? 0.25 : 0.75,
        },
        encoding: { x: { field: 'low' }, x2: { field: 'high' }, y: { field: 'height' }, y2: { field: 'base' } },
      },
      ...componentMarks(view, dimension, bins, theme),
      ...marks(total, theme.ink, bins.bins <= MOST_POINTS, 1.5),
    ],
  };
  return { spec, dimension, cut };
}

function componentMarks(view: View, dimension: Dimension, bins: CountBins, theme: Theme): Layer[] {
  const drawn = drawnBumps(view, dimension, { theme, most: MOST_ELLIPSES });
  if (drawn.length === 1) return [];
  const values = drawn.flatMap(({ component, bump, colour }): Datum[] =>
    Array.from(countProbabilities([bump], bins), (y, bin) => ({
      x: bins.first + bin * bins.width + (bins.width - 1) / 2,
      y,
      component,
      colour,
    })),
  );
  return marks(values, undefined, bins.bins <= MOST_POINTS, 1.25);
}

/** A line through probabilities, with points where there are few; of no colour that is given, each of its own. */
function marks(values: Datum[], colour: string | undefined, points: boolean, strokeWidth: number): Layer[] {
  const own = colour === undefined;
  const encoding = { ...PLACE, ...(own && { detail: { field: 'component' } }) };
  const line: Layer = {
    data: { values },
    mark: { type: 'line', strokeWidth, strokeJoin: 'round', clip: true, ...(!own && { color: colour }) },
    encoding: { ...encoding, ...(own && { stroke: COLOUR }) },
  };
  const point: Layer = {
    data: { values },
    mark: { type: 'point', filled: true, opacity: 1, size: own ? 16 : 20, clip: true, ...(!own && { color: colour }) },
    encoding: { ...encoding, ...(own && { fill: COLOUR }) },
  };
  return points ? [line, point] : [line];
}
