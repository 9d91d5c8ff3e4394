/** A table with aligned columns; numbers should come as text. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at].length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join('  ');
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A number with so many significant digits, without exponents; a dash for none. */
export function digits(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return '–';
  return Number(value.toPrecision(significant)).toLocaleString('en', { maximumFractionDigits: 6 });
}
