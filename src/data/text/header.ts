import { kindOfCell, type Kinds } from './kinds.js';
import type { Rules } from './missing.js';
import type { Cell, SampleRecord } from './sample.js';

/** What the first record is, and why, where that could be doubted. */
export interface HeaderDecision {
  readonly header: boolean;
  /** What to tell the user. */
  readonly note?: string;
}

/**
 * Whether the first record names the columns. In order:
 * 1. It does where a cell that is neither a number nor missing stands over a column of numbers, booleans or times. It
 *    also does where no column holds these.
 * 2. It does where all its cells are in quotes and no number below is.
 * 3. Where it holds numbers over columns of numbers, it does if it has one of these properties and no other record of
 *    the sample has. Names often have them, and data seldom:
 *    - two or more distinct years (1900 to 2100) over columns that hold other numbers too;
 *    - three or more evenly spaced numbers;
 *    - two or more distinct whole numbers over columns that all hold fractions.
 * 4. Otherwise it is data.
 */
export function findHeader(
  [first, ...rest]: readonly SampleRecord[],
  columns: readonly Kinds[],
  rules: Rules,
): HeaderDecision {
  const kinds = columns.map(({ kind }) => kind);
  const own = first.cells.map(({ text }) => kindOfCell(text, rules));
  const typed = kinds.map((kind) => kind !== 'text' && kind !== 'empty');
  const numeric = kinds.flatMap((kind, index) => (kind === 'number' && own[index] === 'number' ? [index] : []));
  const told = (reason: string): HeaderDecision => ({ header: true, note: namesNote(first, reason) });
  const named = own.some((kind, index) => typed[index] && kind !== 'empty' && kind !== kinds[index]);
  if (named) return numeric.length > 0 ? told('not all of them are numbers') : { header: true };
  if (!typed.includes(true) && own.includes('text')) return { header: true };
  if (
    numeric.length > 0 &&
    first.cells.every((cell) => cell.quoted) &&
    !rest.some((record) => numeric.some((i) => record.cells[i]?.quoted))
  ) {
    return told('all of them, and no numbers, are in quotes');
  }
  const values = ({ cells }: SampleRecord): number[] =>
    numeric.map((index) => rules.spelling.parse(cells[index]?.text ?? '') ?? NaN);
  const below = rest.map(values);
  const property = PROPERTIES.find(
    ({ holds, one }) =>
      holds(values(first)) &&
      !below.some(holds) &&
      numeric.every((_, j) => below.some((row) => !Number.isNaN(row[j]) && !one(row[j]))),
  );
  if (property) return told(`${property.name}, unlike any other line`);
  return { header: false, note: dataNote(first) };
}

/** Properties of a record, and of a single number in it: a column all of whose numbers have that is no evidence. */
const PROPERTIES: readonly {
  readonly name: string;
  readonly holds: (values: readonly number[]) => boolean;
  readonly one: (value: number) => boolean;
}[] = [
  { name: 'they are years', holds: (values) => distinctIntegers(values) && values.every(isYear), one: isYear },
  { name: 'they are evenly spaced', holds: evenlySpaced, one: () => false },
  { name: 'they are distinct whole numbers', holds: distinctIntegers, one: Number.isInteger },
];

function isYear(value: number): boolean {
  return Number.isInteger(value) && value >= 1900 && value <= 2100;
}

function distinctIntegers(values: readonly number[]): boolean {
  return values.length > 1 && values.every(Number.isInteger) && new Set(values).size === values.length;
}

/** Whether steps differ by rounding at most and are not 0. */
function evenlySpaced(values: readonly number[]): boolean {
  if (values.length < 3) return false;
  const step = (values[values.length - 1] - values[0]) / (values.length - 1);
  const slack = 1e-9 * Math.max(...values.map(Math.abs));
  return Math.abs(step) > slack && values.every((value, i) => Math.abs(value - values[0] - i * step) <= slack);
}

function namesNote({ line, cells }: SampleRecord, reason: string): string {
  return `line ${line} (${shown(cells)}) names the columns, since ${reason}; --no-header if it is data`;
}

function dataNote({ line, cells }: SampleRecord): string {
  return `line ${line} (${shown(cells)}) is data, and columns are column0, column1, …; --header if it names them`;
}

function shown(cells: readonly Cell[]): string {
  const text = cells.map((cell) => cell.text.trim()).join(', ');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
