/** A column of a text table: numbers stand to the right. */
export interface TextColumn {
  readonly head: string;
  readonly right?: boolean;
}

/** Rows of text under their heads, two spaces apart, without trailing spaces. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const lines = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, j) => Math.max(...lines.map((cells) => cells[j].length)));
  const laidOut = (cells: readonly string[]): string =>
    cells.map((cell, j) => (columns[j].right ? cell.padStart(widths[j]) : cell.padEnd(widths[j]))).join('  ');
  return lines.map((cells) => `${laidOut(cells).trimEnd()}\n`).join('');
}

/** Characters that fit in a line of standard output. */
export function terminalWidth(): number {
  return (process.stdout.isTTY && process.stdout.columns) || 120;
}
