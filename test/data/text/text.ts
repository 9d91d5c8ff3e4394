import { openDelimited, type TextFormat, type TextOptions, type Table } from '../../../src/text.js';

/** A text as a table, its bytes coming in pieces of a few, so that every kind of cut is met. */
export function openPieces(
  text: string | Uint8Array,
  options: TextOptions = {},
  { format = 'csv', piece = 7 }: { format?: TextFormat; piece?: number } = {},
): Promise<Table> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const input = {
    name: 'f',
    format,
    async *bytes() {
      for (let at = 0; at < bytes.length; at += piece) yield await Promise.resolve(bytes.subarray(at, at + piece));
    },
  };
  return openDelimited(input, options);
}

/** All rows of some columns of a table, by default of those not set aside. */
export async function rowsOf(table: Table, chosen = taken(table)): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const block of table.blocks(chosen)) {
    for (let row = 0; row < block[0].length; row++) rows.push(block.map((values) => values[row]));
  }
  return rows;
}

function taken({ columns }: Table): number[] {
  return columns.flatMap(({ aside }, index) => (aside === undefined ? [index] : []));
}
