import type { Bump } from './density.js';
import { html, type Markup } from './markup.js';
import type { ReportInput, RestartRow, Selection } from './input.js';
import { columnFormat, count, duration, fixed, nats, percent, shortened, significant } from './numbers.js';
import { PAGE_THEME } from './palette.js';
import { restSentence } from './prose.js';
import { bumpsOf, mostSeparating, type View } from './view.js';

const MOST_COLUMNS = 8;
const MOST_ROWS = 20;

/** A component's dot and number, in the colour of the drawings. */
export function chip(view: Pick<View, 'rank'>, component: number): Markup {
  return html`<span class="chip"
    ><i style="background:${PAGE_THEME.fill(view.rank[component])}"></i>${component}</span
  >`;
}

/** The same of noise: grey, as its rows are. */
export const noiseChip = html`<span class="chip"><i style="background:${PAGE_THEME.muted}"></i>noise</span>`;

/** The row of noise in a table of components of so many columns; none where there is none. */
export function noiseRows({ input: { noise } }: View, columns: number): Markup[] {
  if (!noise) return [];
  const blanks = Array.from({ length: columns }, () => html`<td></td>`);
  return [
    html`<tr>
      <th scope="row">${noiseChip}</th>
      <td class="weight"><span>${percent(noise.weight)}</span></td>
      ${blanks}
    </tr>`,
  ];
}

/** Components by falling weight: a bar for the weight, mean ± standard deviation a column. */
export function componentsTable(view: View): Markup {
  const { input, order } = view;
  const drawn = input.d > MOST_COLUMNS ? mostSeparating(input, MOST_COLUMNS) : input.columns.map((_, j) => j);
  const columns = drawn.map((j) => meanCells(view, j));
  const shown = order.slice(0, order.length > MOST_ROWS ? MOST_ROWS - 1 : MOST_ROWS);
  const rows = [...shown.map((c) => componentRow(view, c, columns)), ...noiseRows(view, columns.length)];
  const heads = [text('no.'), text('weight'), ...columns.map((cells) => cells.head)];
  const rest = order.length > shown.length ? restSentence(input.weights, shown) : undefined;
  return table('Components', heads, rows, rest, columns.length > 6 ? 'components dense' : 'components');
}

/** A component's number, weight, a bar for its share of the heaviest one's, and its cells. */
export function componentRow({ input: { weights }, ...view }: View, c: number, columns: readonly Cells[]): Markup {
  const colour = PAGE_THEME.fill(view.rank[c]);
  const heaviest = weights[view.order[0]] || 1;

  return html`<tr>
    <th scope="row">${chip(view, c)}</th>
    <td class="weight">
      <span>${percent(weights[c])}</span>
      <i style="width:${fixed((100 * weights[c]) / heaviest, 1)}%;background:${colour}"></i>
    </td>
    ${columns.map((cells) => cells.cell(c))}
  </tr>`;
}

/** A column of a table of components: its head, and a cell for each. */
export interface Cells {
  readonly head: Markup;
  readonly cell: (component: number) => Markup;
  /** How wide the cells are beside others; 1 by default. */
  readonly width?: number;
}

/** A column's mean ± scale per component, over a strip that shows both on the column's range. */
export function meanCells(view: View, j: number): Cells {
  const { input } = view;
  const bumps = bumpsOf(input, j);
  const format = columnFormat(
    bumps.map((b) => b.mean),
    bumps.map((b) => b.scale),
  );
  const placed = strip(view, bumps);
  return {
    head: html`<th scope="col" class="number" title="${input.columns[j]}">
      ${shortened(input.columns[j], input.d > 5 ? 12 : 28)}
    </th>`,
    cell: (c) => {
      const { mean, scale } = bumps[c];
      return html`<td class="number">
        ${format(mean)} <small>± ${format(scale)}</small>
        ${placed(c)}
      </td>`;
    },
  };
}

/** Per component a strip that shows mean ± scale on the range that all of them span. */
export function strip({ rank }: View, bumps: readonly Bump[]): (component: number) => Markup {
  const low = Math.min(...bumps.map((b) => b.mean - b.scale));
  const high = Math.max(...bumps.map((b) => b.mean + b.scale));
  const place = (x: number): string => fixed(high > low ? (100 * (x - low)) / (high - low) : 50, 1);
  return (c) => {
    const { mean, scale } = bumps[c];
    const span = fixed(high > low ? (200 * scale) / (high - low) : 0, 1);

    return html`<span class="strip" style="--c:${PAGE_THEME.fill(rank[c])}"
      ><i style="left:${place(mean - scale)}%;width:${span}%"></i><b style="left:${place(mean)}%"></b
    ></span>`;
  };
}

/** Which columns {@link componentsTable} leaves out. */
export function columnsNote({ columns, d }: ReportInput): string {
  return d > MOST_COLUMNS
    ? ` Shown are the ${MOST_COLUMNS} of ${columns.length} columns along which the components differ most; all are further down.`
    : '';
}

/** Starts, the kept one first: by what they are judged by where they are, else by their objective. */
export function restartsTable(restarts: readonly RestartRow[]): Markup {
  const judged = restarts.some((row) => row.judged !== undefined);
  const loss = (row: RestartRow): number => (judged ? (row.judged ?? NaN) : row.objective);
  const sorted = byRising(restarts, loss);
  const shown = sorted.slice(0, MOST_ROWS);
  const best = sorted[0];
  const rest = sorted.length - shown.length;
  const rows = shown.map((row) => {
    const excess = Number.isFinite(loss(row)) ? `+ ${significant(loss(row) - loss(best), 3)}` : '–';
    return html`<tr class="${row === best ? 'chosen' : ''}">
      <th scope="row" class="number">${row.start}</th>
      <td>${row.status}</td>
      <td class="number">${count(row.iterations)}</td>
      <td class="number">${Number.isFinite(row.objective) ? fixed(row.objective, 6) : '–'}</td>
      ${judged ? html`<td class="number">${row.judged === undefined ? '–' : fixed(row.judged, 6)}</td>` : undefined}
      <td class="number">${row === best ? 'best' : excess}</td>
    </tr>`;
  });
  const numbers = ['iterations', 'objective', ...(judged ? ['judged'] : []), 'above the best'].map(number);
  const heads = [number('start'), text('status'), ...numbers];
  return table('Restarts', heads, rows, rest > 0 ? `and ${count(rest)} more, none of them better` : undefined);
}

/** Every candidate of a choice, best first by the criterion that chose. */
export function choiceTable({ rows, chosen, criterion }: Selection): Markup {
  const sizes = rows
    .flatMap((row) => [row.bic, row.aic, row.icl])
    .filter(Number.isFinite)
    .map(Math.abs);
  const largest = Math.max(...sizes);
  const body = byRising(rows, (row) => row[criterion]).map(
    (row) =>
      html`<tr class="${row === rows[chosen] ? 'chosen' : ''}">
        <th scope="row" class="number">${row.k}</th>
        <td>${row.covariance}</td>
        ${[row.bic, row.aic, row.icl, row.logLikelihood].map((x) => html`<td class="number">${nats(x, largest)}</td>`)}
        <td class="number">${count(row.parameters)}</td>
        <td>${row.status}</td>
      </tr>`,
  );
  const numbers = ['bic', 'aic', 'icl', 'log-likelihood', 'parameters'].map(number);
  return table('Fits compared', [number('k'), text('covariance'), ...numbers, text('status')], body);
}

/** Time by phase, longest first, with a bar each. */
export function phasesTable(seconds: Readonly<Record<string, number>>): Markup {
  const phases = Object.entries(seconds)
    .filter(([phase]) => phase !== 'total')
    .sort((a, b) => b[1] - a[1]);
  const longest = Math.max(...phases.map(([, s]) => s)) || 1;
  const rows = phases.map(
    ([phase, s]) =>
      html`<tr>
        <th scope="row">${phase}</th>
        <td class="number">${duration(s)}</td>
        <td class="bar"><i style="width:${fixed((100 * s) / longest, 1)}%"></i></td>
      </tr>`,
  );
  return html`<table class="phases">
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** A copy sorted by rising value, what has none last. */
function byRising<T>(rows: readonly T[], value: (row: T) => number): T[] {
  const key = (row: T): number => (Number.isFinite(value(row)) ? value(row) : Number.MAX_VALUE);
  return [...rows].sort((a, b) => key(a) - key(b));
}

/** The head of a column of numbers. */
export function number(head: string): Markup {
  return html`<th scope="col" class="number">${head}</th>`;
}

/** The head of a column of words. */
export function text(head: string): Markup {
  return html`<th scope="col">${head}</th>`;
}

/** A table in a box that scrolls sideways where the page is too narrow for it, by keys too: it takes the focus. */
export function table(
  label: string,
  heads: readonly Markup[],
  rows: readonly Markup[],
  foot?: string,
  kind = '',
): Markup {
  const footer = html`<tfoot>
    <tr>
      <td colspan="${heads.length}">${foot}</td>
    </tr>
  </tfoot>`;
  return html`<div class="scroll" role="group" tabindex="0" aria-label="Table: ${label}">
    <table class="${kind}">
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
      ${foot ? footer : undefined}
    </table>
  </div>`;
}
