import type { ComponentBlock } from '../families/components.js';
import { html, type Markup } from './markup.js';
import { counted, percent, shortened, significant } from './numbers.js';
import { componentRow, meanCells, noiseRows, strip, table, text, type Cells } from './tables.js';
import { restSentence } from './prose.js';
import { tellingOf, type Telling } from './family-words.js';
import { bumpsOf, mostSeparating, type View } from './view.js';

/** At most so many columns of a family are shown, so many beside each other. */
const MOST_COLUMNS = 8;
const MOST_ABREAST = 6;
/** Levels with their names and shares are so much wider than numbers. */
const LEVELS_WIDTH = 1.5;
const MOST_ROWS = 20;
/** Most levels of a column that a cell names, and the share of a component from which on they say enough. */
const MOST_LEVELS = 3;
const ENOUGH = 0.95;

/** The tables of the components: a column for each of the data's, with the family's own parameters, some in each table. */
export function parameterTables(view: View): Markup {
  const { input } = view;
  const blocks = input.components ?? [];
  const drawn = blocks.map((_, at) => drawnColumns(view, at));
  const cells = blocks.flatMap((block, at) => blockCells(view, block, drawn[at]));
  const left = input.d - drawn.flat().length;
  const rest = left > 0 ? `and ${counted(left, 'column')} more, further down` : undefined;
  const groups = abreast(cells);
  const tables = groups.map((own, t) => cellsTable(view, own, t === groups.length - 1 ? rest : undefined));
  return html`${tables}`;
}

/** Cells of tables of about the same width, as few tables as their widths allow. */
function abreast(cells: readonly Cells[]): Cells[][] {
  const widths = cells.map(({ width = 1 }) => width);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const count = Math.ceil(total / MOST_ABREAST);
  const groups = Array.from({ length: count }, (): Cells[] => []);
  let left = 0;
  for (const [at, own] of cells.entries()) {
    groups[Math.floor(((left + widths[at] / 2) * count) / total)].push(own);
    left += widths[at];
  }
  return groups;
}

function cellsTable(view: View, cells: readonly Cells[], rest: string | undefined): Markup {
  const { input, order } = view;
  const shown = order.slice(0, order.length > MOST_ROWS ? MOST_ROWS - 1 : MOST_ROWS);
  const rows = [...shown.map((c) => componentRow(view, c, cells)), ...noiseRows(view, cells.length)];
  const lighter = order.length > shown.length ? restSentence(input.weights, shown) : undefined;
  const heads = [text('no.'), text('weight'), ...cells.map(({ head }) => head)];
  const foot = [lighter, rest].filter((one) => one !== undefined).join('; ');
  return table('Parameters', heads, rows, foot || undefined, cells.length > 4 ? 'components dense' : 'components');
}

function blockCells(view: View, block: ComponentBlock, columns: readonly number[]): Cells[] {
  const telling = tellingOf(block);
  return [
    ...Object.entries(telling?.whole ?? {}).map(([name, words]) => wholeCells(block, name, words)),
    ...columns.map((j) => columnCells(view, block, j, telling)),
  ];
}

/** The columns of a block along which the components differ most, in the order of the data. */
function drawnColumns({ input, components: { marginals } }: View, at: number): number[] {
  return mostSeparating(input, MOST_COLUMNS, (j) => marginals?.[j].block === at);
}

function columnCells(view: View, block: ComponentBlock, j: number, telling: Telling | undefined): Cells {
  const own = view.components.marginals?.[j].own ?? 0;
  if (block.family === 'categorical') return levelCells(view, block, j, own);
  if (!telling) return { ...meanCells(view, j), head: columnHead(view, j, 'mean ± deviation') };
  const names = Object.keys(telling.columns).filter((name) => name in block);
  const written = telling.shares ? percent : (x: number): string => significant(x, 3);
  const placed = strip(view, bumpsOf(view.input, j, view.components));
  return {
    head: columnHead(view, j, names.map((name) => telling.columns[name]).join(' · ')),
    cell: (c) => {
      const [first, ...others] = names.map((name) => written((block[name] as readonly (readonly number[])[])[c][own]));
      return html`<td class="number">${first} ${others.map((one) => html`<small>· ${one}</small>`)} ${placed(c)}</td>`;
    },
  };
}

/** The column's name over what its numbers are. */
function columnHead({ input }: View, j: number, what: string, kind = 'number'): Markup {
  const name = input.columns[j];
  return html`<th scope="col" class="${kind}" title="${name}">
    ${shortened(name, input.d > 5 ? 18 : 28)}<small>${what}</small>
  </th>`;
}

function wholeCells(block: ComponentBlock, name: string, words: string): Cells {
  const values = block[name] as readonly number[];
  const head = html`<th scope="col" class="number">all columns<small>${words}</small></th>`;
  return { head, cell: (c) => html`<td class="number">${significant(values[c], 3)}</td>` };
}

/** The likeliest levels of a component, by falling probability, until these say enough. */
function levelCells(view: View, block: ComponentBlock, j: number, own: number): Cells {
  const { levels = [] } = view.components.marginals?.[j] ?? {};
  const probabilities = (block.probabilities as readonly (readonly (readonly number[])[])[])[own];
  return {
    width: LEVELS_WIDTH,
    head: columnHead(view, j, 'likeliest levels', 'levels'),
    cell: (c) => {
      const order = levels.map((_, level) => level).sort((a, b) => probabilities[c][b] - probabilities[c][a] || a - b);
      const told: Markup[] = [];
      let sum = 0;
      for (const level of order.slice(0, MOST_LEVELS)) {
        if (sum >= ENOUGH) break;
        sum += probabilities[c][level];
        const word = shortened(String(levels[level]), 18);
        told.push(html`<span>${word} <small>${percent(probabilities[c][level])}</small></span>`);
      }
      return html`<td class="levels">${told}</td>`;
    },
  };
}

/** A parameter of all components. */
export interface Parameter {
  readonly name: string;
  readonly value: (component: number) => number;
}

/** All parameters of a block, column after column. Gaussians have means and standard deviations here. */
export function allParameters(view: View, block: ComponentBlock, at: number): Parameter[] {
  const { marginals = [] } = view.components;
  const columns = marginals.flatMap((marginal, j) => (marginal.block === at ? [j] : []));
  const telling = tellingOf(block);
  const whole = Object.entries(telling?.whole ?? {}).map(([name, words]): Parameter => {
    return { name: words, value: (c) => (block[name] as readonly number[])[c] };
  });
  return [...whole, ...columns.flatMap((j) => columnParameters(view, block, j, telling))];
}

function columnParameters(view: View, block: ComponentBlock, j: number, telling: Telling | undefined): Parameter[] {
  const { own = 0, levels = [] } = view.components.marginals?.[j] ?? {};
  const name = view.input.columns[j];
  if (block.family === 'categorical') {
    const probabilities = (block.probabilities as readonly (readonly (readonly number[])[])[])[own];
    return levels.map((level, place) => ({ name: `${name}: ${level}`, value: (c) => probabilities[c][place] }));
  }
  if (!telling) {
    return [
      { name: `${name}: mean`, value: (c) => view.components.mean(c, j) },
      { name: `${name}: deviation`, value: (c) => view.components.deviation(c, j) },
    ];
  }
  return Object.entries(telling.columns)
    .filter(([parameter]) => parameter in block)
    .map(([parameter, words]) => ({
      name: `${name}: ${words}`,
      value: (c) => (block[parameter] as readonly (readonly number[])[])[c][own],
    }));
}
