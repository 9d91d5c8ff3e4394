import { columnOf, levelIndices } from './columns.js';
import { countBins } from './counts.js';
import { histogram, type Bar } from './density.js';
import { type Datum, draw, framed, type Layer, type Layered, linear, type Size, titleAbove } from './draw.js';
import { grid } from './figure.js';
import type { Gaps, ReportInput } from './input.js';
import { html, type Markup, trusted } from './markup.js';
import { columnFormat, counted, percent, shortened } from './numbers.js';
import { PAGE_THEME, type Theme } from './palette.js';
import { dataShares, shareCell } from './profile.js';
import * as prose from './prose.js';
import { section } from './sections.js';
import { table, text } from './tables.js';
import { type Dimension, dimensionOf, type View } from './view.js';

/** At most so many columns with gaps are listed, drawn, or told by their levels, those that lack most first. */
const MOST_LISTED = 40;
const MOST_DRAWN = 6;
const MOST_LEVELLED = 6;
const MOST_LEVELS = 8;
const MOST_BARS = 40;
const SIZE: Size = { width: 456, height: 200 };
const theme = PAGE_THEME;

/** A column with gaps: what the sample has of it, and what was put in where it lacks a value. */
interface GapColumn {
  readonly j: number;
  readonly name: string;
  readonly share: number;
  /** Of rows that have a value, and of those that lack one; of levels, indices. */
  readonly observed: Weighted;
  readonly imputed: Weighted;
  readonly levels?: readonly (number | string)[] | undefined;
}

/** Values and what each weighs. */
interface Weighted {
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

/** What is missing by column, and what was put in beside what is there; left out where nothing is missing. */
export async function gapsSection(view: View, input: ReportInput): Promise<Markup | undefined> {
  const { gaps, sample, n } = input;
  if (!gaps?.shares.some((share) => share > 0)) return undefined;
  const columns = gapColumns(view, gaps);
  const drawn = columns.filter((one) => isDrawn(view, one)).slice(0, MOST_DRAWN);
  const levelled = columns.filter((one) => one.levels && one.imputed.values.length > 0).slice(0, MOST_LEVELLED);
  const drawings = await Promise.all(
    drawn.map((one, at) => {
      const spec = gapSpec(view, one, theme, SIZE);
      return draw(spec, { name: `gaps${at}`, label: prose.gapLabel(one.name), theme });
    }),
  );
  const whole = gaps.shares.filter((share) => share === 0).length;
  const note = prose.gapsNote({ sample, n, whole, drawn: drawn.length > 0, levelled: levelled.length > 0 });
  const body = html`${sharesTable(columns)}
  ${
    drawings.length > 0
      ? html`<h3>Imputed beside observed values</h3>
          ${legend()}${grid(drawings, 400)}`
      : undefined
  }
  ${
    levelled.length > 0
      ? html`<h3>Imputed beside observed levels</h3>
          ${levelsTable(levelled)}`
      : undefined
  }`;
  return section('Missing values', note, body);
}

/** Columns that lack values, those that lack most first. */
function gapColumns(view: View, { shares, imputed }: Gaps): GapColumn[] {
  const { input, components } = view;
  const { rows, weights } = input.sample;
  const lacking = shares.flatMap((share, j) => (share > 0 ? [j] : [])).sort((a, b) => shares[b] - shares[a] || a - b);
  return lacking.map((j) => {
    const marginal = components.marginals?.[j];
    const isLevel = marginal?.kind === 'level';
    const filled = isLevel
      ? levelIndices({ ...input, sample: { ...input.sample, rows: imputed } }, j, marginal)
      : columnOf(imputed, j, input.d);
    const missing = columnOf(rows, j, input.d).map((x) => Number(Number.isNaN(x)));
    const part = (of: number): Weighted => ({
      values: filled.filter((_, i) => missing[i] === of),
      weights: Float64Array.from(missing, (_, i) => weights?.[i] ?? 1).filter((_, i) => missing[i] === of),
    });
    const own = { j, name: input.columns[j], share: shares[j], observed: part(0), imputed: part(1) };
    return isLevel ? { ...own, levels: marginal.levels } : own;
  });
}

/** Whether a column is one of numbers of which the sample has both kinds: not of directions, whose values hang together. */
function isDrawn({ components }: View, { j, observed, imputed, levels }: GapColumn): boolean {
  const directed = components.marginals?.[j].kind === 'direction';
  return !levels && !directed && observed.values.length > 0 && imputed.values.length > 0;
}

/** The columns with the share that is missing, and what is there and what was put in, in short. */
function sharesTable(columns: readonly GapColumn[]): Markup {
  const shown = columns.slice(0, MOST_LISTED);
  const rows = shown.map((one) => {
    const cell = one.levels ? commonestLevel(one.levels) : numbersInShort(one);
    return html`<tr>
      <th scope="row">${shortened(one.name, 36)}</th>
      ${shareCell(one.share, 'var(--s1)')}${[one.observed, one.imputed].map(cell)}
    </tr>`;
  });
  const levelled = shown.some(({ levels }) => levels);
  const what = levelled ? 'mean ± deviation, or commonest level' : 'mean ± deviation';
  const kind = (name: string): Markup => html`<th scope="col" class="number">${name}<small>${what}</small></th>`;
  const heads = [text('column'), text('missing'), kind('observed'), kind('imputed')];
  const rest = columns.length - shown.length;
  return table(
    'Missing values by column',
    heads,
    rows,
    rest > 0 ? `and ${counted(rest, 'column')} more` : undefined,
    'profile',
  );
}

/** Mean ± standard deviation of both kinds in one format. */
function numbersInShort({ observed, imputed }: GapColumn): (part: Weighted) => Markup {
  const both = [observed, imputed].filter(({ values }) => values.length > 0).map(momentsOf);
  const format = columnFormat(
    both.map(({ mean }) => mean),
    both.map(({ deviation }) => deviation),
  );
  return (part) => {
    if (part.values.length === 0) return html`<td class="number">–</td>`;
    const { mean, deviation } = momentsOf(part);
    return html`<td class="number">${format(mean)} <small>± ${format(deviation)}</small></td>`;
  };
}

function commonestLevel(levels: readonly (number | string)[]): (part: Weighted) => Markup {
  return ({ values, weights }) => {
    const shares = dataShares(values, levels.length, weights);
    if (!shares) return html`<td class="number">–</td>`;
    const most = Math.max(...shares);
    const level = shortened(String(levels[shares.indexOf(most)]), 24);
    return html`<td class="number">${level} <small>${percent(most)}</small></td>`;
  };
}

interface Moments {
  readonly mean: number;
  readonly deviation: number;
}

function momentsOf({ values, weights }: Weighted): Moments {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = values.reduce((sum, x, i) => sum + weights[i] * x, 0) / total;
  const variance = values.reduce((sum, x, i) => sum + weights[i] * (x - mean) ** 2, 0) / total;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Levels of columns, as the data have them and as they were put in. */
function levelsTable(columns: readonly GapColumn[]): Markup {
  const rows = columns.flatMap(({ name, observed, imputed, levels = [] }) => {
    const [there, put] = [observed, imputed].map(({ values, weights }) => dataShares(values, levels.length, weights));
    const all = levels.map((level, place) => ({ level, there: there?.[place] ?? 0, put: put?.[place] ?? 0 }));
    const most = all.length > MOST_LEVELS ? all.toSorted((a, b) => b.put - a.put || b.there - a.there) : all;
    const rest = all.length - MOST_LEVELS;
    return [
      html`<tr class="group">
        <th scope="colgroup" colspan="3">${shortened(name, 60)}</th>
      </tr>`,
      ...most.slice(0, MOST_LEVELS).map(
        (one) =>
          html`<tr>
            <th scope="row">${shortened(String(one.level), 36)}</th>
            ${shareCell(one.there, 'var(--muted)')}${shareCell(one.put, 'var(--s1)')}
          </tr>`,
      ),
      ...(rest > 0
        ? [
            html`<tr class="rest">
              <td colspan="3">and ${counted(rest, 'level')} more</td>
            </tr>`,
          ]
        : []),
    ];
  });
  return table('Imputed levels', [text('level'), text('observed'), text('imputed')], rows, undefined, 'profile');
}

/** What the two kinds of bars are. */
function legend(): Markup {
  const box = (fill: string, stroke: string, opacity: number): Markup =>
    trusted(
      `<svg class="key" viewBox="0 0 12 12" aria-hidden="true"><rect x="1" y="1" width="10" height="10" fill="${fill}" fill-opacity="${opacity}" stroke="${stroke}" stroke-width="1.5"/></svg>`,
    );
  return html`<ul class="legend" aria-label="Kinds of values">
    <li>${box(theme.bar, theme.bar, 1)}observed</li>
    <li>${box(theme.series[1], theme.series[1], FILLED)}imputed</li>
  </ul>`;
}

/** How densely the bars of imputed values are filled: what is observed is seen through them. */
const FILLED = 0.3;

/**
 * Histograms of what is there and of what was put in, on common bins, each to its own height: what was put in lies so close
 * together that the other would be flat beside it.
 */
function gapSpec(view: View, column: GapColumn, { bar, paper, series }: Theme, size: Size): Layered {
  const dimension = dimensionOf(view.input, view.components, column.j);
  const observed = barsOf(dimension, column);
  const imputed = rebinned(observed, column.imputed);
  const [low, high] = [observed[0].low, observed[observed.length - 1].high];
  const layer = (bars: readonly Bar[], mark: object): Layer => ({
    data: { values: toTheirHeight(bars).map((b): Datum => ({ ...b, base: 0 })) },
    mark: { type: 'rect', clip: true, ...mark },
    encoding: { x: { field: 'low' }, x2: { field: 'high' }, y: { field: 'height' }, y2: { field: 'base' } },
  });
  return {
    ...framed(size, 2),
    encoding: {
      x: linear([low, high], {
        title: `${shortened(column.name, 40)}, ${percent(column.share)} missing`,
        tickCount: 7,
      }),
      y: linear([0, 1.06], { ...titleAbove('frequency, each kind to its own height'), labels: false, ticks: false }),
    },
    layer: [
      layer(observed, { fill: bar, stroke: paper, strokeWidth: 0.75 }),
      layer(imputed, { fill: series[1], fillOpacity: FILLED, stroke: series[1], strokeWidth: 1.25 }),
    ],
  };
}

/** Bars whose tallest is 1, without those of no height. */
function toTheirHeight(bars: readonly Bar[]): Bar[] {
  const top = Math.max(...bars.map(({ height }) => height)) || 1;
  return bars.flatMap((bar) => (bar.height > 0 ? [{ ...bar, height: bar.height / top }] : []));
}

/** The histogram of what is there, on an axis that shows what was put in as well; of counts by whole numbers. */
function barsOf({ domain, marginal }: Dimension, { observed, imputed }: GapColumn): Bar[] {
  const [least, most] = [Math.min(...imputed.values), Math.max(...imputed.values)];
  const axis = [Math.min(domain[0], least), Math.max(domain[1], most)] as const;
  if (marginal?.kind !== 'count') return histogram(observed.values, axis, observed.weights, { most: MOST_BARS });
  const { first, width, bins } = countBins(axis, MOST_BARS);
  const empty = Array.from({ length: bins }, (_, bin) => {
    const low = first + bin * width - 0.5;
    return { low, high: low + width, height: 0 };
  });
  return rebinned(empty, observed);
}

/** Values on the bins of others, as a density. */
function rebinned(bins: readonly Bar[], { values, weights }: Weighted): Bar[] {
  const [from, width] = [bins[0].low, bins[0].high - bins[0].low];
  const mass = new Float64Array(bins.length);
  values.forEach((x, i) => {
    const bin = Math.floor((x - from) / width);
    if (bin >= 0 && bin <= bins.length) mass[Math.min(bin, bins.length - 1)] += weights[i];
  });
  const total = weights.reduce((sum, w) => sum + w, 0);
  return bins.map((bin, i) => ({ ...bin, height: mass[i] / (total * width) }));
}
