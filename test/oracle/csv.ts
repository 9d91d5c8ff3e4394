/** A small reader of text in cells, to hold the one of `src/data/text` to: by a regular expression, told the dialect. */

/** How a text was written. */
export interface Written {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  readonly thousands: string | undefined;
  /** Spellings of missing values, in small letters. */
  readonly missing: readonly string[];
  readonly header: boolean;
}

/** Names, and rows of numbers, NaN where missing. Throws where a cell is no number or a row has another width. */
export function readText(text: string, written: Written): { names: string[]; rows: number[][] } {
  const [first = [], ...rest] = records(text.replace(/^\ufeff/, ''), written.delimiter);
  if (first.length === 0) return { names: [], rows: [] };
  const names = first.map((name, index) => (written.header ? name.trim() : `column${index}`));
  const rows = (written.header ? rest : [first, ...rest]).map((cells) => {
    if (cells.length !== first.length) throw new Error(`${cells.length} cells, not ${first.length}`);
    return cells.map((cell) => numberOf(cell.trim(), written));
  });
  return { names, rows };
}

/** Lines end in LF, CRLF or CR. Blank ones count in one column alone, and not before the first row or after the last. */
function records(text: string, delimiter: string): string[][] {
  const cell = new RegExp(` *"((?:[^"]|"")*)" *(?=[${delimiter}\n]|$)|([^${delimiter}\n]*)`, 'y');
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n?$/, '\n');
  const found: { cells: string[]; blank: boolean }[] = [];
  let cells: string[] = [];
  let bare = '';
  while (cell.lastIndex < lines.length) {
    const [, quoted, plain] = cell.exec(lines) ?? [];
    cells.push(plain ?? quoted.replaceAll('""', '"'));
    bare += plain ?? '"';
    if (lines[cell.lastIndex++] !== '\n') continue;
    found.push({ cells, blank: cells.length === 1 && bare.trim() === '' });
    cells = [];
    bare = '';
  }
  const sound = found.map(({ blank }) => !blank);
  const from = sound.indexOf(true);
  if (from < 0) return [];
  const whole = found.slice(from, sound.lastIndexOf(true) + 1);
  const isColumn = found[from].cells.length === 1;
  return whole.filter(({ blank }) => isColumn || !blank).map((record) => record.cells);
}

function numberOf(cell: string, { decimal, thousands, missing }: Written): number {
  if (missing.includes(cell.toLowerCase())) return NaN;
  const value = Number((thousands === undefined ? cell : cell.replaceAll(thousands, '')).replace(decimal, '.'));
  if (Number.isNaN(value)) throw new Error(`no number: ${cell}`);
  return value;
}
