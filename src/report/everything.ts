import { printableJson } from '../base/printable.js';
import { html, type Markup } from './markup.js';
import { matricesOf } from './drawn.js';
import type { ReportInput } from './input.js';
import { counted, shortened, significant } from './numbers.js';
import { allParameters } from './parameters.js';
import { chip, number, table, text } from './tables.js';
import type { View } from './view.js';

/** At most so many numbers stand in the tables of one of the details. */
const MOST_NUMBERS = 6000;
/** The largest model that a page carries for download, in characters of JSON. */
const LARGEST_MODEL = 1e6;

/** What the table of components has no room for: every mean and deviation, the covariances, and all of it as a file. */
export function everything(view: View, input: ReportInput): Markup {
  const json = input.model && printableJson(input.model);
  const elsewhere = json && json.length <= LARGEST_MODEL ? 'The model to download below has' : 'A saved model has';
  const moments = view.components.marginals ? parametersDetails(view, elsewhere) : momentsDetails(view, elsewhere);
  return html`${moments}${covariancesDetails(view, input, elsewhere)}${json && download(input, json)}`;
}

/** Weights, means and standard deviations of all components in all columns. */
function momentsDetails(view: View, elsewhere: string): Markup {
  const { columns, d, k, weights } = view.input;
  const { components } = view;
  const across = columns.slice(0, MOST_NUMBERS / 2);
  const shown = view.order.slice(0, Math.max(1, Math.floor(MOST_NUMBERS / 2 / across.length)));
  const cell = (c: number, j: number): Markup =>
    html`<td class="number">
      ${significant(components.mean(c, j), 6)} <small>± ${significant(components.deviation(c, j), 6)}</small>
    </td>`;
  const rows = shown.map(
    (c) =>
      html`<tr>
        <th scope="row">${chip(view, c)}</th>
        <td class="number">${significant(100 * weights[c], 6)} %</td>
        ${across.map((_, j) => cell(c, j))}
      </tr>`,
  );
  const left = [
    ...(shown.length < k ? [counted(k - shown.length, 'lighter component')] : []),
    ...(across.length < d ? [counted(d - across.length, 'column')] : []),
  ];
  const heads = [text('no.'), number('weight'), ...across.map((name) => number(shortened(name)))];
  return html`<details>
    <summary>Means and standard deviations: ${counted(k, 'component')} × ${counted(d, 'column')}</summary>
    ${table('All means and standard deviations', heads, rows, leftOut(left, elsewhere), 'dense')}
  </details>`;
}

/** All parameters of all components, a table for each block. */
function parametersDetails(view: View, elsewhere: string): Markup {
  const { components: blocks = [], weights, k } = view.input;
  const most = Math.max(1, Math.floor(MOST_NUMBERS / blocks.length));
  const tables = blocks.map((block, at) => {
    const all = allParameters(view, block, at);
    const across = all.slice(0, most);
    const shown = view.order.slice(0, Math.max(1, Math.floor(most / across.length)));
    const rows = shown.map(
      (c) =>
        html`<tr>
          <th scope="row">${chip(view, c)}</th>
          <td class="number">${significant(100 * weights[c], 6)} %</td>
          ${across.map(({ value }) => html`<td class="number">${significant(value(c), 6)}</td>`)}
        </tr>`,
    );
    const left = [
      ...(shown.length < k ? [counted(k - shown.length, 'lighter component')] : []),
      ...(across.length < all.length ? [counted(all.length - across.length, 'parameter')] : []),
    ];
    const heads = [text('no.'), number('weight'), ...across.map(({ name }) => number(shortened(name, 40)))];
    return table(`All parameters: ${block.family}`, heads, rows, leftOut(left, elsewhere), 'dense');
  });
  return html`<details>
    <summary>Parameters: ${counted(k, 'component')} × ${counted(view.input.d, 'column')}</summary>
    ${tables}
  </details>`;
}

/** The covariance matrices, where the deviations do not say all of them. */
function covariancesDetails(view: View, input: ReportInput, elsewhere: string): Markup | undefined {
  const { d, k, columns } = input;
  const all = matricesOf(input, view.order);
  if (all.length === 0) return undefined;
  const names = columns.map((name) => shortened(name, 16));
  const shown = all.slice(0, Math.floor(MOST_NUMBERS / ((d * (d + 1)) / 2)));
  const left = shown.length < all.length ? [`the ${counted(all.length - shown.length, 'matrix', 'matrices')}`] : [];
  const rest = leftOut(left, elsewhere);
  return html`<details>
    <summary>
      Covariances: ${counted(all.length, 'matrix', 'matrices')}${all.length < k ? ', that of all components' : ''}
    </summary>
    <div class="scroll matrices" role="group" tabindex="0" aria-label="Covariance matrices">
      ${shown.map((one) => matrix(one.matrix, names, one.component === undefined ? undefined : chip(view, one.component)))}
    </div>
    ${rest === undefined ? undefined : html`<p class="note">${rest}</p>`}
  </details>`;
}

/** The lower triangle of a symmetric matrix. */
function matrix(values: readonly (readonly number[])[], names: readonly string[], caption: Markup | undefined): Markup {
  const rows = values.map(
    (row, i) =>
      html`<tr>
        <th scope="row">${names[i]}</th>
        ${row.slice(0, i + 1).map((x) => html`<td class="number">${significant(x, 5)}</td>`)}
      </tr>`,
  );
  return html`<table class="dense">
    ${
      caption &&
      html`<caption>
        ${caption}
      </caption>`
    }
    <thead>
      <tr>
        <td></td>
        ${names.map(number)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** The mixture as a file inside the page, where there is room for it. */
function download({ columns, k }: ReportInput, json: string): Markup {
  const size = significant(json.length / 1000, 2);
  if (json.length > LARGEST_MODEL)
    return html`<p class="note download">
      The whole model would be ${size} kB of JSON, too much for this page: otmix fit --out saves it.
    </p>`;
  const link = `data:application/json;charset=utf-8,${encodeURIComponent(json)}`;
  return html`<p class="note download">
    <a download="model.json" href="${link}">Download the model</a>, ${size} kB of JSON: ${counted(k, 'component')} in
    ${counted(columns.length, 'column')} with all digits and where they come from, as otmix predict and loadMixture read
    them.
  </p>`;
}

/** What is left out of a table, and where it is. */
function leftOut(parts: readonly string[], elsewhere: string): string | undefined {
  return parts.length > 0 ? `Left out for want of room: ${parts.join(' and ')}. ${elsewhere} all.` : undefined;
}
