import type { Interval } from './density.js';
import { COLOUR, framed, type Layer, type Layered, linear, PLACE, type Size, titleAbove } from './draw.js';
import type { CovarianceType, Criterion, Selection, SelectionRow } from './input.js';
import type { Theme } from './palette.js';

/** Covariance types in the order of their freedom, with the symbol that marks them. */
const COVARIANCES = ['spherical', 'diag', 'tied', 'full'] as const satisfies readonly CovarianceType[];

/** Symbols of what is compared, in that order: as Vega names them, and as a path in a box of 12 by 12. */
const SYMBOLS = [
  { shape: 'circle', path: 'M11 6A5 5 0 1 1 1 6A5 5 0 1 1 11 6Z' },
  { shape: 'diamond', path: 'M6 .5L11 6L6 11.5L1 6Z' },
  { shape: 'triangle-up', path: 'M6 1.5L11 10.5H1Z' },
  { shape: 'square', path: 'M1.5 1.5h9v9h-9Z' },
] as const;

/** Rows of a choice that have a value of the criterion. */
export function comparable({ rows }: Selection, criterion: Criterion) {
  return rows.filter((row) => Number.isFinite(row[criterion]));
}

/** A criterion over k, a line a kind of model, the chosen fit ringed: boldly under the criterion that chose it. */
export function choiceSpec(selection: Selection, criterion: Criterion, theme: Theme, size: Size): Layered {
  const rows = comparable(selection, criterion);
  const values = rows.map(({ k, covariance, ...row }) => {
    return { x: k, y: row[criterion], covariance, colour: kindColour(selection, covariance, theme) };
  });
  const ks = [...new Set(rows.map((row) => row.k))].sort((a, b) => a - b);
  const heading = criterion === selection.criterion ? `${criterion} (decides)` : criterion;
  const kinds = allKinds(selection);
  const shapes = { domain: kinds, range: kinds.map((_, at) => SYMBOLS[at % SYMBOLS.length].shape) };
  return {
    ...framed(size, 46),
    data: { values },
    encoding: {
      x: linear(roomy(ks, 0.05), { title: 'components k', format: 'd', values: ks, labelOverlap: true }),
      y: linear(
        roomy(
          values.map((v) => v.y),
          0.06,
        ),
        { ...titleAbove(heading), tickCount: 5 },
      ),
    },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: { ...PLACE, detail: { field: 'covariance' }, stroke: COLOUR },
      },
      {
        mark: { type: 'point', filled: true, size: 42, opacity: 1, stroke: theme.paper, strokeWidth: 0.75 },
        encoding: { ...PLACE, fill: COLOUR, shape: { field: 'covariance', legend: null, scale: shapes } },
      },
      ...chosenRing(selection, criterion, theme),
    ],
  };
}

/** The values' range with a share of it as room at both ends. */
function roomy(values: readonly number[], share: number): Interval {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = share * (high - low) || 0.5;
  return [low - room, high + room];
}

function chosenRing(selection: Selection, criterion: Criterion, theme: Theme): Layer[] {
  const { k, [criterion]: y } = selection.rows[selection.chosen];
  if (!Number.isFinite(y)) return [];
  const own = criterion === selection.criterion;
  return [
    {
      data: { values: [{ x: k, y }] },
      mark: {
        type: 'point',
        shape: 'circle',
        size: 190,
        opacity: 1,
        fill: null,
        stroke: theme.ink,
        strokeWidth: own ? 2 : 1,
        strokeDash: own ? [1, 0] : [2, 2],
      },
      encoding: PLACE,
    },
  ];
}

/** What is compared at each k: covariance types in the order of their freedom, then other families as they come. */
export function kindsOf(selection: Selection): string[] {
  return allKinds(selection).filter((kind) => selection.rows.some(({ covariance }) => covariance === kind));
}

/** Whether that is a covariance type, and no other family. */
export function isCovarianceType(kind: string): boolean {
  return (COVARIANCES as readonly string[]).includes(kind);
}

/** The same, and all covariance types. */
function allKinds({ rows }: Selection): string[] {
  return [...new Set<string>([...COVARIANCES, ...rows.map(({ covariance }) => covariance)])];
}

/** A small SVG of the symbol of what is compared, for the legend. */
export function kindKey(selection: Selection, kind: SelectionRow['covariance'], theme: Theme): string {
  const { path } = SYMBOLS[allKinds(selection).indexOf(kind) % SYMBOLS.length];
  return `<svg class="key" viewBox="0 0 12 12" aria-hidden="true"><path d="${path}" fill="${kindColour(selection, kind, theme)}"/></svg>`;
}

function kindColour(selection: Selection, kind: string, { series }: Theme): string {
  return series[allKinds(selection).indexOf(kind) % series.length];
}
