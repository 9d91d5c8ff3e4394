import type { TopLevelSpec } from 'vega-lite';
import { sampledIndices } from '../data/row-sample.js';
import { COLOUR, type Datum, type Layer, type Layered, linear, PLACE, type Size, titleAbove } from './draw.js';
import { ellipse } from './ellipse.js';
import { shortened } from './numbers.js';
import type { Theme } from './palette.js';
import type { Dimension, View } from './view.js';

/** At most so many components get ellipses, the heaviest first. */
export const MOST_ELLIPSES = 60;
/** At most so many rows are drawn in a panel. */
export const MOST_DOTS = 4000;
/** Up to so many components carry their number and a halo. */
export const MOST_NUMBERS = 16;
/** Dots of one component that share a path: small enough that components interleave in depth and opacity adds up. */
const DOTS_PER_PATH = 32;

interface Panel {
  readonly view: View;
  readonly theme: Theme;
  readonly x: Dimension;
  readonly y: Dimension;
  /** 1 for a single large panel, less for a small one and in a matrix. */
  readonly zoom: number;
  /** Whether it is one of a matrix, whose axes are named at its edges. */
  readonly inMatrix: boolean;
}

/**
 * Scatter plots of the view's dimensions against each other, with the means and the 1σ and 2σ ellipses. Two dimensions
 * are one panel. More are the lower triangle of a matrix, whose axes are named at its left and bottom edge only.
 */
export function scatterSpec(view: View, theme: Theme, size: Size): TopLevelSpec {
  const { dimensions } = view;
  const last = dimensions.length - 1;
  const cell = (i: number, j: number): Layered => {
    const zoom = last > 1 ? 0.8 : size.width < 400 ? 0.7 : 1;
    const panel = { view, theme, x: dimensions[i], y: dimensions[j], zoom, inMatrix: last > 1 };
    const oval = isOval(panel.x) && isOval(panel.y);
    const layer = [dots(panel), ...(oval ? ellipses(panel) : []), ...means(panel)];
    return { ...size, data: { values: [] }, encoding: axes(panel, i === 0, j === last), layer };
  };
  if (last === 1) return cell(0, 1);
  const blank: Layered = { ...size, data: { values: [] }, layer: [{ mark: 'point' }], view: { stroke: null } };
  const cells = Array.from({ length: last * last }, (_, p) => [p % last, Math.floor(p / last) + 1] as const);
  const concat = cells.map(([i, j]) => (i < j ? cell(i, j) : blank));
  return { columns: last, spacing: 14, bounds: 'flush', concat };
}

/** The axes of a panel, with names and labels only at the edge of the matrix. */
function axes({ x, y, zoom, inMatrix }: Panel, left: boolean, bottom: boolean) {
  const [nameX, nameY] = [shortened(x.name, zoom < 1 ? 28 : 60), shortened(y.name, zoom < 1 ? 24 : 60)];
  const bare = { title: null, labels: false };
  const tickCount = zoom < 1 ? 4 : 7;
  const titleY = inMatrix ? { title: nameY, minExtent: 44 } : titleAbove(nameY);
  return {
    x: linear(x.domain, { tickCount, ...(bottom ? { title: nameX } : bare) }),
    y: linear(y.domain, { tickCount, ...(left ? titleY : bare) }),
  };
}

/** The rows, as strokes of hardly a length, with round joins: a path of many dots costs a tenth of as many symbols. */
function dots({ view, theme, x, y, zoom }: Panel): Layer {
  const { labels, weights } = view.input.sample;
  const drawn = sampledIndices(x.values.length, { size: MOST_DOTS }, weights);
  const seen = new Map<number, number>();
  const values: Datum[] = [];
  for (const i of drawn) {
    if (!inside(x, x.values[i]) || !inside(y, y.values[i])) continue;
    const component = labels[i];
    const earlier = seen.get(component) ?? 0;
    seen.set(component, earlier + 1);
    const path = `${component} ${Math.floor(earlier / DOTS_PER_PATH)}`;
    const own = { path, colour: component < 0 ? theme.muted : theme.fill(view.rank[component]) };
    values.push({ x: x.values[i], y: y.values[i], ...own }, { x: null, y: null, ...own });
  }
  const diameter = zoom * Math.min(5.5, Math.max(2.5, 15 * drawn.length ** -0.21));
  const [strokeWidth, strokeOpacity] = [Math.round(10 * diameter) / 10, drawn.length > 1000 ? 0.5 : 0.65];
  return {
    data: { values },
    mark: { type: 'line', order: false, strokeCap: 'round', strokeJoin: 'round', strokeWidth, strokeOpacity },
    encoding: { ...PLACE, detail: { field: 'path' }, stroke: COLOUR },
  };
}

/** Ellipses at 1σ and 2σ, over a halo that lifts them off the dots. */
function ellipses(panel: Panel): Layer[] {
  const outline = (radii: readonly number[], strokeWidth: number, paper = false): Layer => ({
    data: { values: outlines(panel, radii) },
    mark: {
      ...{ type: 'line', order: false, clip: true, strokeWidth, strokeJoin: 'round' },
      ...(paper ? { stroke: panel.theme.paper, strokeOpacity: 0.65 } : {}),
    },
    encoding: { ...PLACE, detail: { field: 'component' }, ...(paper ? {} : { stroke: COLOUR }) },
  });
  const halo = panel.view.input.k <= MOST_NUMBERS ? [outline([1, 2], 3.5, true)] : [];
  return [...halo, outline([2], 1), outline([1], 1.75)];
}

function outlines({ view, theme, x, y }: Panel, radii: readonly number[]): Datum[] {
  return view.order.slice(0, MOST_ELLIPSES).flatMap((component, rank) => {
    const plane = view.components.plane(component, x.column, y.column);
    const [liftX, liftY] = [lift(x), lift(y)];
    const own = { component, colour: theme.line(rank) };
    return radii.flatMap((radius): Datum[] => {
      const points = ellipse(plane, radius, 48).map((p) => ({ x: liftX(p[0]), y: liftY(p[1]), ...own }));
      return [...points, points[0], { x: null, y: null, ...own }];
    });
  });
}

/** Log-normal columns have their ellipses among the logarithms. */
function lift({ marginal }: Dimension): (value: number) => number {
  return marginal?.family === 'logNormal' ? Math.exp : (value) => value;
}

/** Whether components have ellipses in a column: not among directions, and not where a picture is asked for counts. */
export function isOval({ marginal }: Dimension): boolean {
  return !marginal || marginal.kind === 'real' || marginal.family === 'logNormal';
}

/** The means: numbered discs, or plain ones where there are too many to read. */
function means({ view, theme, x, y, zoom }: Panel): Layer[] {
  const numbered = view.input.k <= MOST_NUMBERS;
  const shown = view.order.flatMap((component, rank): Datum[] => {
    const [mx, my] = [x.bumps[component].mean, y.bumps[component].mean];
    if (rank >= MOST_ELLIPSES || !inside(x, mx) || !inside(y, my)) return [];
    return [{ x: mx, y: my, number: String(component), colour: theme.line(rank) }];
  });
  const values = shown.reverse(); // the heaviest on top
  const disc: Layer = {
    data: { values },
    mark: { type: 'point', fill: theme.paper, opacity: 1, strokeWidth: 1.75, size: numbered ? 210 * zoom : 22 },
    encoding: { ...PLACE, stroke: COLOUR },
  };
  const number: Layer = {
    data: { values },
    mark: { type: 'text', fontSize: 11, fontWeight: 600, baseline: 'middle', color: theme.ink, dy: 0.5 },
    encoding: { ...PLACE, text: { field: 'number', type: 'nominal' } },
  };
  return numbered ? [disc, number] : [disc];
}

function inside({ domain }: Dimension, value: number): boolean {
  return value >= domain[0] && value <= domain[1];
}
