import type { GivenStart } from 'otmix';
import { columnFormat, percent, shortened } from '../../src/report/numbers.js';
import { colourOf } from './colour.js';
import { byId } from './dom.js';

/** Shows the components of a mixture as a table, numbered as in the picture and as `predict` answers them. */
export function showComponents({ weights, means, covariances }: GivenStart, columns: readonly string[]): void {
  const numbers = columns.map((_, j) => {
    const centres = means.map((mean) => mean[j]);
    const scales = covariances.map((covariance) => Math.sqrt(covariance[j][j]));
    const format = columnFormat(centres, scales);
    return centres.map((centre, k) => `${format(centre)} ± ${format(scales[k])}`);
  });
  const heads = ['component', 'weight', ...columns.map((name) => shortened(name))];
  byId('heads', HTMLElement).replaceChildren(row(heads.map((head) => cell(head, 'col'))));
  const rows = weights.map((weight, k) =>
    row([numbered(k), cell(percent(weight)), ...numbers.map((column) => cell(column[k]))]),
  );
  byId('components-table', HTMLElement).replaceChildren(...rows);
}

function row(cells: readonly HTMLElement[]): HTMLTableRowElement {
  const made = document.createElement('tr');
  made.append(...cells);
  return made;
}

/** A cell with a text, the head of a column or a row where that is said. */
function cell(text: string, scope?: 'col' | 'row'): HTMLTableCellElement {
  const made = document.createElement(scope ? 'th' : 'td');
  if (scope) made.scope = scope;
  made.textContent = text;
  return made;
}

function numbered(k: number): HTMLTableCellElement {
  const head = cell(String(k), 'row');
  const swatch = Object.assign(document.createElement('span'), { className: 'swatch' });
  swatch.style.background = colourOf(k, 'var(--lightness)');
  head.prepend(swatch);
  return head;
}
