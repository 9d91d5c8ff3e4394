import { haveMoments } from '../families/dense.js';
import { kebab } from '../families/family-names.js';
import type { Levels } from '../families/family.js';
import type { ComponentBlock } from '../families/components.js';
import type { Mixture } from '../mixture/mixture.js';
import { columnFormat, counted, percent, shortened, significant } from '../report/numbers.js';
import { textTable, type TextColumn } from './table.js';

/** Most components and, beside the width of the terminal, most columns that a table shows. */
const MOST_COMPONENTS = 20;
const MOST_COLUMNS = 12;
/** Most levels of a column that a cell shows, and the share of a component from which on they say enough. */
const MOST_LEVELS = 3;
const ENOUGH = 0.95;

/** A column of the data in its block. */
interface Place {
  readonly mixture: Mixture;
  readonly block: ComponentBlock;
  /** Its number in the block, and in the data. */
  readonly own: number;
  readonly column: number;
}

/** What a table says of the columns of a family, and of one of these a cell for each of some components. */
interface Telling {
  readonly what: string;
  readonly left?: true;
  readonly cells: (place: Place, components: readonly number[]) => string[];
}

const shares = (parameter: string, what: string): Telling => ({
  what,
  cells: ({ block, own }, components) => components.map((c) => percent(ofComponent(block, parameter, c)[own])),
});

const rates: Telling = {
  what: 'rates',
  cells: ({ block, own }, components) => components.map((c) => significant(ofComponent(block, 'rates', c)[own], 3)),
};

const levels: Telling = {
  what: 'likeliest levels',
  left: true,
  cells({ mixture, block, own, column }, components) {
    const probabilities = block.probabilities as readonly (readonly (readonly number[])[])[];
    return components.map((c) => likeliest(probabilities[own][c], mixture.levels[column] ?? []));
  },
};

/** Families that parameters tell better than moments; all others are told by these. */
const tellings: Readonly<Record<string, Telling>> = {
  poisson: rates,
  exponential: rates,
  bernoulli: shares('probabilities', 'probabilities of 1'),
  geometric: shares('probabilities', 'probabilities'),
  multinomial: shares('probabilities', 'shares of the counts'),
  categorical: levels,
};

const moments: Telling = {
  what: 'means ± standard deviations',
  cells({ mixture: { columnMeans, columnDeviations }, column }, components) {
    const [means, scales] = [columnMeans, columnDeviations].map((rows) => rows.map((row) => row[column]));
    const format = columnFormat(means.filter(Number.isFinite), scales.filter(Number.isFinite));
    const text = (value: number): string => (Number.isFinite(value) ? format(value) : value > 0 ? '∞' : '–');
    return components.map((c) => `${text(means[c])} ± ${text(scales[c])}`);
  },
};

/** Of families that have it a parameter `[k]`, which a column of its own tells. */
const wholes: Readonly<Record<string, string>> = { studentT: 'degrees' };

/** Components by falling weight, numbered as `predict` answers them: a table for each family. */
export function componentsTables(mixture: Mixture, width: number): string {
  if (haveMoments(mixture.family)) return blockTable(mixture, mixture.components[0], moments, width);
  const tables = mixture.components.map((block) => {
    const telling = tellings[block.family] ?? moments;
    return `${kebab(block.family)}: ${telling.what}\n${blockTable(mixture, block, telling, width)}`;
  });
  return tables.join('\n');
}

function blockTable(mixture: Mixture, block: ComponentBlock, { cells: cellsOf, left }: Telling, width: number): string {
  const { k, weights, noise } = mixture;
  const { columns: names } = block;
  const order = Array.from({ length: k }, (_, c) => c).sort((a, b) => weights[b] - weights[a] || a - b);
  const shown = order.slice(0, MOST_COMPONENTS);
  const cells: string[][] = [];
  for (let own = 0, used = 20; own < Math.min(names.length, MOST_COLUMNS); own++) {
    const place = { mixture, block, own, column: mixture.columns.indexOf(names[own]) };
    const column = [shortened(names[own], 20), ...cellsOf(place, shown)];
    used += 2 + Math.max(...column.map((cell) => cell.length));
    if (own > 0 && used > width) break;
    cells.push(column);
  }
  const heads: TextColumn[] = ['component', 'weight'].map((head) => ({ head, right: true }));
  const told = cells.length;
  const own = cells.map(([head]): TextColumn => (left ? { head } : { head, right: true }));
  if (Object.hasOwn(wholes, block.family)) {
    const parameter = wholes[block.family];
    own.push({ head: parameter, right: true });
    cells.push([parameter, ...shown.map((c) => significant((block[parameter] as readonly number[])[c], 3))]);
  }
  const rows = shown.map((c, at) => [String(c), percent(weights[c]), ...cells.map((column) => column[at + 1])]);
  if (noise) rows.push(['noise', percent(weights[k]), ...cells.map(() => '')]);
  const more = [
    ...(k > shown.length ? [counted(k - shown.length, 'lighter component')] : []),
    ...(names.length > told ? [counted(names.length - told, 'column')] : []),
  ];
  const rest = more.length > 0 ? `and ${more.join(' and ')} more: see --json or --report\n` : '';
  return textTable([...heads, ...own], rows) + rest;
}

/** A parameter `[k][d]` of one component. */
function ofComponent(block: ComponentBlock, parameter: string, c: number): readonly number[] {
  return (block[parameter] as readonly (readonly number[])[])[c];
}

/** Levels by falling probability until these say enough. */
function likeliest(probabilities: readonly number[], levels: Levels): string {
  const order = probabilities.map((_, level) => level).sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const told: string[] = [];
  let sum = 0;
  for (const level of order.slice(0, MOST_LEVELS)) {
    if (sum >= ENOUGH) break;
    sum += probabilities[level];
    told.push(`${shortened(String(levels[level]), 16)} ${percent(probabilities[level])}`);
  }
  return told.join(', ') + (sum < ENOUGH ? ', …' : '');
}
