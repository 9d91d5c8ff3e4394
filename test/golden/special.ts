import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

const tables = JSON.parse(readFileSync(new URL('./special.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly (readonly number[])[]>
>;

/** What a value may be off by: a share of its size, or so much whatever its size. */
interface Tolerance {
  readonly relative: number;
  readonly absolute?: number;
}

/** Compares a function with every row of its table in special.json, which make-special.py wrote. */
export function expectTable(
  name: string,
  compute: (...given: number[]) => number,
  tolerance: (...given: number[]) => Tolerance,
): void {
  const rows = tables[name];
  const wrong = rows.filter((row) => {
    const given = row.slice(0, -1);
    const expected = row[row.length - 1];
    const { relative, absolute = 0 } = tolerance(...given);
    return !(Math.abs(compute(...given) - expected) <= Math.max(relative * Math.abs(expected), absolute));
  });
  expect(
    wrong.map((row) => [...row, compute(...row.slice(0, -1))]),
    `${name}: arguments, expected, got`,
  ).toEqual([]);
}
