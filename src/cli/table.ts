/** A column of a text table: numbers stand to the right. */
export interface TextColumn {
  readonly head: string;
  readonly right?: boolean;
  /** Its place among the columns that stay where there is no room for all. */
  readonly rank?: number;
}

/** Rows of text under their heads, two spaces apart, without trailing spaces. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, j) => Math.max(...lines.map((cells) => cells[j].length)));
  const laidOut = (cells: readonly string[]): string =>
    cells.map((cell, j) => (columns[j].right ? cell.padStart(widths[j]) : cell.padEnd(widths[j]))).join('  ');
  return lines.map((cells) => `${laidOut(cells).trimEnd()}\n`).join('');
}

/** A table no wider than `width`: without the columns of the highest ranks that have no room, as its last line says. */
export function fittedTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const ranks = columns.map(({ rank = 0 }) => rank);
  for (let most = Math.max(...ranks); ; most--) {
    const kept = columns.map((_, j) => j).filter((j) => ranks[j] <= most);
    const table = textTable(
      kept.map((j) => columns[j]),
      rows.map((cells) => kept.map((j) => cells[j])),
    );
    if (most > Math.min(...ranks) && widthOf(table) > width) continue;
    return kept.length < columns.length ? `${table}more: --json, or a wider terminal\n` : table;
  }
}

/** Characters of the longest line. */
export function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

/** Characters that fit in a line of standard output. */
export function terminalWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || 120;
}
