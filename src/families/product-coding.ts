import { addedTo, type Column } from '../sweep/encode.js';
import type { PlacedFactor } from './product-factors.js';
import { isViolation, numbersAsTheyAre, type RowCoding, type SweptNumber } from './row-coding.js';

/** Every factor codes its columns; numbers come in the order of the shard. */
export function codingOf(factors: readonly PlacedFactor[]): RowCoding {
  return {
    swept(columns) {
      const all: SweptNumber[] = [];
      for (const { family, columns: own, places } of factors) {
        const names = own.map((column) => columns[column]);
        const swept = family.coding?.swept(names) ?? names.map((name, column) => ({ name, column }));
        swept.forEach(({ column, ...one }, j) => {
          all[places[j]] = { ...one, ...(column !== undefined && { column: own[column] }) };
        });
      }
      return all;
    },
    hasBase: () => factors.some(({ family, columns }) => family.coding?.hasBase?.(columns.length)),
    code({ columns, levels, ...rows }) {
      const all: Column[] = [];
      let base: Float64Array | undefined;
      const notes: string[] = [];
      for (const { family, columns: own, places } of factors) {
        const part = {
          ...rows,
          columns: own.map((j) => columns[j]),
          ...(levels && { levels: own.map((j) => levels[j]) }),
        };
        const coded = family.coding?.code(part) ?? numbersAsTheyAre(part);
        if (isViolation(coded)) return { ...coded, column: own[coded.column] };
        coded.columns.forEach((column, j) => (all[places[j]] = column));
        base = addedTo(base, coded.base);
        if (coded.note !== undefined) notes.push(coded.note);
      }
      return { columns: all, base, ...(notes.length > 0 && { note: notes.join('; ') }) };
    },
  };
}
