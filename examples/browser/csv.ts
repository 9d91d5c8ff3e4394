import { TableError, type Column, type Table } from './table.js';

/** The text of a larger file would not fit a page's memory as records. */
const LARGEST = 256 * 2 ** 20;
const BLANK = /^\s*(na|nan|null)?\s*$/i;

/** Reads the columns of a CSV file that hold numbers. Throws `TableError` where there are none. */
export async function readCsv(file: File): Promise<Table> {
  const fault = (expected: string, got: string, remedy: string): TableError =>
    new TableError(`${file.name}: expected ${expected}, got ${got}; ${remedy}`);
  if (file.size > LARGEST) {
    const got = `${Math.round(file.size / 2 ** 20)} MiB`;
    throw fault('at most 256 MiB in a page', got, 'fit it with the command otmix');
  }
  const text = (await file.text()).replace(/^\ufeff/, '');
  if (text.includes('\0')) throw fault('text', 'binary data', 'save it as CSV');
  const { read } = await import('vega'); // large, and not needed for clouds
  const records = read(text, { type: 'dsv', delimiter: delimiterOf(text) }) as Readonly<Record<string, string>>[];
  if (records.length === 0) throw fault('a line of column names and rows', 'no rows', 'give a file that has some');
  const names = Object.keys(records[0]);
  if (names.every((name) => !Number.isNaN(Number(name)))) {
    throw fault('a line of column names', names.join(', '), 'put names in the first line');
  }
  const columns = names.map((name) => columnOf(name, records)).filter((column) => column !== undefined);
  if (columns.length > 0) return { name: file.name, rows: records.length, columns, remarks: [] };
  throw fault('a column of numbers', `text in ${names.join(', ')}`, 'give a file that has one');
}

/** The one of comma, semicolon and tab that the first line has most of. */
function delimiterOf(text: string): string {
  const [line] = text.split('\n', 1);
  const count = (mark: string): number => line.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

/** A column whose cells are all numbers or missing, and not all missing. */
function columnOf(name: string, records: readonly Readonly<Record<string, string | undefined>>[]): Column | undefined {
  const values = new Float64Array(records.length);
  let numbers = 0;
  for (const [i, record] of records.entries()) {
    const cell = record[name] ?? ''; // a short line
    const value = BLANK.test(cell) ? NaN : Number(cell);
    if (Number.isFinite(value)) numbers++;
    else if (!BLANK.test(cell)) return undefined;
    values[i] = value;
  }
  return numbers > 0 ? { name, values } : undefined;
}
