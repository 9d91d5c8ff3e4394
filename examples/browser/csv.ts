import { openDelimited } from 'otmix/text';
import { counted } from '../../src/report/numbers.js';
import { TableError, type Column, type FileRequest, type Table } from './table.js';

/** Columns that are left out and named one by one at the most. */
const NAMED = 8;

type Text = Awaited<ReturnType<typeof openDelimited>>;

/**
 * Reads the columns of a CSV file that hold numbers, by the rules of the command otmix. Throws `TableError` where there are
 * none, and otmix's own errors where it can't be read.
 */
export async function readCsv({ file, reading }: FileRequest, onProgress: (share: number) => void): Promise<Table> {
  const format = (['csv', 'tsv'] as const).find((name) => file.name.toLowerCase().endsWith(`.${name}`)) ?? 'txt';
  const text = await openDelimited({ name: file.name, format, bytes: () => watched(file, onProgress) }, reading);
  const numeric = [...text.columns.keys()].filter((index) => text.columns[index].kind === 'numeric');
  const { columns, faults } = await columnsOf(text, numeric);
  const rows = columns[0]?.values.length ?? 0;
  const leftOut = [...text.columns.keys()].flatMap((index) => {
    const { name, kind, aside } = text.columns[index];
    const why = whyLeftOut(text, index, faults.get(index));
    return why === undefined
      ? []
      : [`${kind === 'numeric' && aside !== undefined ? 'not chosen' : 'left out'} ${name}: ${why}`];
  });
  if (columns.length > 0 && rows > 0) {
    const remarks = [...(text.notes ?? []), ...shortened(leftOut), ...missingIn(columns)];
    return { name: file.name, rows, columns, remarks: remarks.map(inPage) };
  }
  if (columns.length > 0 || text.columns.length === 0) {
    throw new TableError(`${file.name}: expected rows, got none; give a file that has some`);
  }
  const got = shortened(leftOut.map((remark) => remark.replace('left out ', ''))).join('; ');
  throw new TableError(
    `${file.name}: expected a column of numbers, got ${got}; say how to read it, or give a file that has one`,
  );
}

/** The bytes of a file; tells what share of them has been read, in hundredths. */
function watched(file: File, onProgress: (share: number) => void): ReadableStream<Uint8Array> {
  let [read, told] = [0, 0];
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      read += piece.length;
      const share = Math.floor((100 * read) / file.size) / 100;
      if (share > told) onProgress((told = share));
      controller.enqueue(piece);
    },
  });
  return file.stream().pipeThrough(count);
}

/** The numbers of columns, and why some of those that looked like numbers at the beginning are none. */
async function columnsOf(
  text: Text,
  indices: readonly number[],
): Promise<{ readonly columns: readonly Column[]; readonly faults: ReadonlyMap<number, string> }> {
  const faults = new Map<number, string>();
  if (indices.length === 0) return { columns: [], faults };
  const named = (index: number, values: Column['values']): Column => {
    const { name, aside } = text.columns[index];
    return { name, values, ...(aside !== undefined && { aside }) };
  };
  try {
    const values = await valuesOf(text, indices);
    return { columns: indices.map((index, j) => named(index, values[j])), faults };
  } catch (error) {
    if (!isInputError(error) || indices.length === 1) throw error;
  }
  const columns: Column[] = [];
  let first: Error | undefined;
  for (const index of indices) {
    try {
      columns.push(named(index, (await valuesOf(text, [index]))[0]));
    } catch (error) {
      if (!isInputError(error)) throw error;
      first ??= error;
      faults.set(index, error.message.slice(error.message.indexOf(': expected ') + 2));
    }
  }
  if (first && columns.length === 0) throw first;
  return { columns, faults };
}

async function valuesOf(text: Text, indices: readonly number[]): Promise<Float64Array<ArrayBuffer>[]> {
  const blocks: (readonly Float64Array[])[] = [];
  for await (const block of text.blocks(indices)) blocks.push(block);
  const rows = blocks.reduce((sum, block) => sum + block[0].length, 0);
  return indices.map((_, j) => {
    const values = new Float64Array(rows);
    let at = 0;
    for (const block of blocks) {
      values.set(block[j], at);
      at += block[j].length;
    }
    return values;
  });
}

function isInputError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'InputError';
}

/** Why a column is not among those to choose, or not chosen at first; nothing where it is. */
function whyLeftOut(text: Text, index: number, fault: string | undefined): string | undefined {
  const { kind, type, aside, trouble } = text.columns[index];
  if (fault !== undefined || kind === 'numeric') return fault ?? aside;
  const remedy = trouble?.remedy === undefined ? '' : ` (${trouble.remedy})`;
  return (trouble?.got ?? aside ?? KINDS[type.toLowerCase()] ?? type) + remedy;
}

/** What columns hold that are neither numbers nor text, by their types. */
const KINDS: Readonly<Record<string, string>> = {
  date: 'dates',
  timestamp: 'times',
  time: 'times',
  empty: 'no values',
  varchar: 'no values',
};

function shortened(leftOut: readonly string[]): string[] {
  if (leftOut.length <= NAMED) return [...leftOut];
  return [...leftOut.slice(0, NAMED), `and ${counted(leftOut.length - NAMED, 'more column', 'more columns')} left out`];
}

/** What to tell of missing cells. */
function missingIn(columns: readonly Column[]): string[] {
  const counts = columns.map(({ name, values }) => ({ name, missing: values.filter(Number.isNaN).length }));
  const some = counts.filter(({ missing }) => missing > 0);
  if (some.length === 0) return [];
  const shown = some.slice(0, NAMED).map(({ name, missing }) => `${counted(missing, 'cell')} of ${name}`);
  const more = some.length > NAMED ? ` and of ${counted(some.length - NAMED, 'more column', 'more columns')}` : '';
  return [`missing: ${shown.join(', ')}${more}; a fit leaves out the rows that lack a chosen column`];
}

/** A sentence of the command's, with the page's controls for its options. */
export function inPage(text: string): string {
  const said = text
    .replaceAll('--no-header', '“First line: a row”')
    .replaceAll('--header', '“First line: names”')
    .replace(/\badd (?=--)/g, 'set ')
    .replaceAll('--decimal', 'Decimal sign to')
    .replaceAll('--thousands', 'Thousands to')
    .replaceAll('--na', 'Also missing to');
  return said.replace(/^(left|not|missing|line|two|and|the)\b/, (word) => `${word[0].toUpperCase()}${word.slice(1)}`);
}
