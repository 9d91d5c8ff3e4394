import { piecesOf, spellsNumbers, type AnyTable, type Column, type Table } from './table.js';

/** What uniting needs to know of a table. */
type Described = Pick<Table, 'name' | 'columns' | 'checkNumbers'>;

/** Columns of several tables, united by name. */
export interface UnitedColumns {
  readonly columns: readonly Column[];
  /** Of each column, where it is in each table; −1 where a table lacks it. */
  readonly places: readonly (readonly number[])[];
}

/**
 * Unites columns by name, wherever they stand in a table; numbers of any type are joined as float64. A column is in
 * trouble that some table lacks, or that holds numbers in one and something else in another. It can't be used, and says
 * in which files.
 */
export async function unitedColumns(tables: readonly Described[]): Promise<UnitedColumns> {
  const names = [...new Set(tables.flatMap((table) => table.columns.map((column) => column.name)))];
  const places = names.map((column) => tables.map((table) => table.columns.findIndex((one) => one.name === column)));
  const columns: Column[] = [];
  for (const place of places) columns.push(await unitedColumn(tables, place));
  return { columns, places };
}

/** The tables of several files as one, in the order given; see {@link unitedColumns}. Those without rows have no say. */
export async function united(name: string, all: readonly AnyTable[]): Promise<AnyTable> {
  const filled = all.filter((table) => table.rows !== 0);
  const tables = filled.length > 0 ? filled : all.slice(0, 1);
  if (tables.length === 1) return { ...tables[0], name };
  const { columns, places } = await unitedColumns(tables);
  const known = tables.every((table) => table.rows !== undefined);
  const notes = [...new Set(tables.flatMap((table) => table.notes ?? []))];
  return {
    name,
    columns,
    ...(known && { rows: tables.reduce((sum, table) => sum + (table.rows ?? 0), 0) }),
    ...(notes.length > 0 && { notes }),
    async *blocks(chosen, signal, coders) {
      for (const [index, table] of tables.entries()) {
        yield* table.blocks(
          chosen.map((column) => places[column][index]),
          signal,
          coders,
        );
      }
    },
    async pieces() {
      const each = await Promise.all(tables.map(piecesOf));
      return each.flatMap((pieces, index) =>
        pieces.map((piece) => ({
          ...piece,
          blocks: (chosen, ...rest) =>
            piece.blocks(
              chosen.map((column) => places[column][index]),
              ...rest,
            ),
        })),
      );
    },
    async checkNumbers(column, whole) {
      for (const [index, table] of tables.entries()) {
        const at = places[column][index];
        if (table.columns[at].kind === 'text') await table.checkNumbers?.(at, whole);
      }
    },
  };
}

/** A column in one of the files. */
interface Part {
  readonly table: Described;
  readonly at: number;
  readonly column: Column;
}

/** The column at these places of the tables, −1 where a table lacks it. */
async function unitedColumn(tables: readonly Described[], places: readonly number[]): Promise<Column> {
  const all: Part[] = tables.flatMap((table, index) =>
    places[index] < 0 ? [] : [{ table, at: places[index], column: table.columns[places[index]] }],
  );
  const lacking = tables.find((_, index) => places[index] < 0);
  if (lacking) return troubled(all[0].column, `${typeIn(all[0])}, absent in ${lacking.name}`);
  const telling = all.filter(({ column }) => !column.isVoid);
  const parts = telling.length > 0 ? telling : all;
  const bad = parts.find(({ column }) => column.kind === 'other' && column.trouble);
  if (bad) return bad.column;
  const odd = await oddPair(parts);
  if (odd) return troubled(parts[0].column, odd.map(typeIn).join(', '));
  const { column } = parts.find(isNumeric) ?? parts.find((part) => part.column.isText) ?? parts[0];
  return column.isTruth ? { ...column, isTruth: parts.every((part) => part.column.isTruth) } : column;
}

/** Two parts of a column whose values can't be joined, if there are such. */
async function oddPair(parts: readonly Part[]): Promise<readonly Part[] | undefined> {
  const model = parts.find(isNumeric) ?? parts[0];
  for (const part of parts) {
    if (areAlike(part.column, model.column)) continue;
    const { kind, unit } = model.column;
    if (kind === 'numeric' && unit === undefined && (await spellsNumbers(part.table, part.at))) continue;
    return [model, part];
  }
  return undefined;
}

/** Whether values of two files can be joined as they are: text, and in text formats whatever is no number, with text. */
function areAlike(one: Column, other: Column): boolean {
  const both = one.kind === other.kind && one.unit === other.unit;
  return both && (one.kind !== 'other' || one.isText === other.isText);
}

function troubled(column: Column, got: string): Column {
  return { ...column, kind: 'other', isText: false, trouble: { got } };
}

function typeIn({ table, column }: Part): string {
  return `${column.unit ?? column.type} in ${table.name}`;
}

function isNumeric({ column }: Part): boolean {
  return column.kind === 'numeric';
}
