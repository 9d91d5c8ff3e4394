import type { ColumnMarginal } from '../families/marginals.js';
import { levelIndices, levelShares } from './columns.js';
import { html, type Markup } from './markup.js';
import { counted, fixed, percent, shortened } from './numbers.js';
import { PAGE_THEME } from './palette.js';
import { MOST_PROFILED } from './prose.js';
import { chip, table, text } from './tables.js';
import type { View } from './view.js';

/** At most so many columns, and levels of a column, are shown; of columns of 0 and 1, so many. */
const MOST_COLUMNS = 12;
const MOST_LEVELS = 10;
const MOST_BINARY = 40;

/** A row of a profile: a level's share of the data and of each component, `[k]`. */
interface Level {
  readonly name: string;
  readonly share: number;
  readonly shares: readonly number[];
}

/**
 * Profiles of the components: levels × components, with a bar from 0 to 1 for each share. Columns of 0 and 1 are a row
 * each, the share of 1; other columns are a group of rows each, the levels with most of the weight first.
 */
export function profiles(view: View): Markup {
  const marginals = view.components.marginals ?? [];
  const binary = view.levels.filter((j) => marginals[j].family === 'bernoulli');
  const others = view.levels.filter((j) => marginals[j].family !== 'bernoulli');
  return html`${binary.length > 0 ? binaryProfile(view, binary) : undefined}
  ${others.length > 0 ? levelProfile(view, others) : undefined}`;
}

/** What of the components a profile shows. */
function shownComponents({ order }: View): readonly number[] {
  return order.slice(0, MOST_PROFILED);
}

function binaryProfile(view: View, columns: readonly number[]): Markup {
  const shown = columns.slice(0, MOST_BINARY);
  const rows = shown.map((j) => {
    const [, one] = levelsOf(view, j);
    return levelRow(view, { ...one, name: view.input.columns[j] });
  });
  const rest = columns.length - shown.length;
  return profileTable(view, 'share of 1', rows, rest > 0 ? `and ${counted(rest, 'column')} more` : undefined);
}

function levelProfile(view: View, columns: readonly number[]): Markup {
  const shown = columns.slice(0, MOST_COLUMNS);
  const width = shownComponents(view).length + 2;
  const rows = shown.flatMap((j) => {
    const levels = levelsOf(view, j);
    const most = levels.length > MOST_LEVELS ? levels.toSorted((a, b) => b.share - a.share) : levels;
    const kept = most.slice(0, MOST_LEVELS);
    const rest = levels.length - kept.length;
    return [
      html`<tr class="group">
        <th scope="colgroup" colspan="${width}">${shortened(view.input.columns[j], 60)}</th>
      </tr>`,
      ...kept.map((level) => levelRow(view, level)),
      ...(rest > 0 ? [restRow(rest, width)] : []),
    ];
  });
  const rest = columns.length - shown.length;
  return profileTable(view, 'level', rows, rest > 0 ? `and ${counted(rest, 'column')} more` : undefined);
}

function restRow(rest: number, width: number): Markup {
  return html`<tr class="rest">
    <td colspan="${width}">and ${counted(rest, 'level')} more</td>
  </tr>`;
}

function profileTable(view: View, what: string, rows: readonly Markup[], foot?: string): Markup {
  const heads = shownComponents(view).map((c) => html`<th scope="col">${chip(view, c)}</th>`);
  return table(`Profile: ${what}`, [text(what), text('in the data'), ...heads], rows, foot, 'profile');
}

function levelRow(view: View, { name, share, shares }: Level): Markup {
  const cells = shownComponents(view).map((c) => shareCell(shares[c], PAGE_THEME.fill(view.rank[c])));
  return html`<tr>
    <th scope="row">${shortened(name, 36)}</th>
    ${shareCell(share, 'var(--muted)')}${cells}
  </tr>`;
}

/** A share as a number and a bar. */
export function shareCell(share: number, colour: string): Markup {
  return html`<td class="share">
    <span>${percent(share)}</span><i><b style="width:${fixed(100 * share, 1)}%;background:${colour}"></b></i>
  </td>`;
}

/** Levels of a column in their order. Where the sample has no rows, the mixture says what the data have. */
function levelsOf(view: View, j: number): Level[] {
  const { input, components } = view;
  const marginal = components.marginals?.[j] as ColumnMarginal;
  const { levels = [] } = marginal;
  const shares = input.weights.map((_, c) => levelShares(marginal, c));
  const data = dataShares(levelIndices(input, j, marginal), levels.length, input.sample.weights);
  const fitted = (level: number): number => input.weights.reduce((sum, w, c) => sum + w * shares[c][level], 0);
  return Array.from(levels, (level, place) => ({
    name: String(level),
    share: data?.[place] ?? fitted(place),
    shares: shares.map((own) => own[place]),
  }));
}

/** Shares of the weight of rows by their level; undefined where no row has one. */
export function dataShares(
  indices: Float64Array,
  levels: number,
  weights?: ArrayLike<number>,
): Float64Array | undefined {
  const shares = new Float64Array(levels);
  let total = 0;
  for (const [i, level] of indices.entries()) {
    if (Number.isNaN(level)) continue;
    const weight = weights?.[i] ?? 1;
    total += weight;
    if (level in shares) shares[level] += weight;
  }
  return total > 0 ? shares.map((share) => share / total) : undefined;
}
