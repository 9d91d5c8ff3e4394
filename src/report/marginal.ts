import { density, densityGrid, histogram, mixtureDensity } from './density.js';
import { COLOUR, type Datum, framed, type Layer, type Layered, linear, PLACE, type Size, titleAbove } from './draw.js';
import { shortened } from './numbers.js';
import type { Theme } from './palette.js';
import { MOST_ELLIPSES } from './scatter.js';
import { allBumps, drawnBumps, type Dimension, type View } from './view.js';

/** Up to so many components are filled under their curve. */
const MOST_FILLED = 12;

/**
 * The sample's histogram of one dimension against the fitted marginal density Σ w_k p_k(x), and lightly each component
 * times its weight. A density far above the bars, of a component narrower than they are, runs off the top:
 * `cut` tells.
 */
export function marginalSpec(
  view: View,
  dimension: Dimension,
  theme: Theme,
  size: Size,
): { spec: Layered; dimension: Dimension; cut: boolean } {
  const { bumps, domain, values, name } = dimension;
  const all = allBumps(dimension);
  const bars = histogram(values, domain, view.input.sample.weights, { bumps, most: size.width / 3 });
  const total = densityGrid(domain, bumps).map((x) => ({ x, y: mixtureDensity(x, all) }));
  const { top, cut, held } = heightOf(bars, total);
  const spec: Layered = {
    ...framed(size, 2),
    encoding: {
      x: linear(domain, { title: shortened(name, 48), tickCount: 7 }),
      y: linear([0, 1.06 * top || 1], { ...titleAbove('density'), labels: false, ticks: false }),
    },
    layer: [
      {
        data: { values: bars.map((b): Datum => ({ low: b.low, high: b.high, height: b.height, base: 0 })) },
        mark: { type: 'rect', fill: theme.bar, clip: true, stroke: theme.paper, strokeWidth: 0.75 },
        encoding: { x: { field: 'low' }, x2: { field: 'high' }, y: { field: 'height' }, y2: { field: 'base' } },
      },
      ...componentCurves(view, dimension, theme, held),
      {
        data: { values: total.map(({ x, y }) => ({ x, y: held(y) })) },
        mark: { type: 'line', color: theme.ink, strokeWidth: 1.75, strokeJoin: 'round', clip: true },
        encoding: PLACE,
      },
    ],
  };
  return { spec, dimension, cut };
}

/** How far above the top a curve is drawn: near poles densities are numbers that no drawing program takes. */
const FAR_ABOVE = 1000;

/** How high a drawing is over bars: at most twice as high as these. `held` keeps what runs off the top near it. */
export function heightOf(bars: readonly { readonly height: number }[], total: readonly { readonly y: number }[]) {
  const [tallest, peak] = [Math.max(0, ...bars.map((b) => b.height)), Math.max(...total.map((p) => p.y))];
  const highest = tallest > 0 ? Math.max(tallest, Math.min(peak, 2 * tallest)) : peak;
  const top = Number.isFinite(highest) ? highest : Math.max(0, ...total.map((p) => p.y).filter(Number.isFinite));
  return { top, cut: peak > top, held: (y: number): number => Math.min(y, FAR_ABOVE * top) };
}

function componentCurves(view: View, dimension: Dimension, theme: Theme, held: (y: number) => number): Layer[] {
  const { domain } = dimension;
  const drawn = drawnBumps(view, dimension, { theme, most: MOST_ELLIPSES });
  const values = drawn.flatMap(({ component, bump, colour }): Datum[] => {
    const around = bump.logDensity ? domain : ([bump.mean - 4 * bump.scale, bump.mean + 4 * bump.scale] as const);
    if (!(bump.scale > 0) || around[0] > domain[1] || around[1] < domain[0]) return [];
    const inside = [Math.max(around[0], domain[0]), Math.min(around[1], domain[1])] as const;
    return densityGrid(inside, [bump], bump.logDensity ? 128 : 64).map((x) => ({
      x,
      y: held(density(x, bump)),
      component,
      colour,
    }));
  });
  const encoding = { ...PLACE, detail: { field: 'component' } } as const;
  const line: Layer = {
    data: { values },
    mark: { type: 'line', strokeWidth: 1.25, clip: true },
    encoding: { ...encoding, stroke: COLOUR },
  };
  const area: Layer = {
    data: { values },
    mark: { type: 'area', fillOpacity: 0.13, clip: true },
    encoding: { ...encoding, y: { field: 'y', stack: null }, fill: COLOUR },
  };
  return view.input.k <= MOST_FILLED ? [area, line] : [line];
}
