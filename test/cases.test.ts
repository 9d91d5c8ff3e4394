import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { cases, combinations, everyKind, grouped, size } from './cases.js';
import { filesWithTables } from './tables.js';

const factors = { form: ['full', 'diag'], d: [1, 2, 3], hard: [true, false] } as const;
const table = combinations(factors);
const kinds = ({ form, d, hard }: (typeof table)[number]) => [form, d, hard];

describe('combinations', () => {
  test('are all of them, the last factor changing fastest', () => {
    expect(table).toHaveLength(12);
    expect(table.slice(0, 3)).toEqual([
      { form: 'full', d: 1, hard: true },
      { form: 'full', d: 1, hard: false },
      { form: 'full', d: 2, hard: true },
    ]);
  });
});

describe('one case of every kind', () => {
  test('is as many cases as the longest factor has levels, where factors are crossed', () => {
    expect(everyKind(table, kinds)).toHaveLength(3);
  });

  test('shows every level of every factor, is part of the table in its order, and the same each time', () => {
    const level = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(level, level, level), { minLength: 1, maxLength: 40 }), (rows) => {
        const chosen = everyKind(rows, (row) => row);
        expect(everyKind(rows, (row) => row)).toEqual(chosen);
        expect(chosen).toEqual(rows.filter((row) => chosen.includes(row)));
        for (const factor of [0, 1, 2]) {
          expect(new Set(chosen.map((row) => row[factor]))).toEqual(new Set(rows.map((row) => row[factor])));
        }
      }),
    );
  });

  test('tells equal levels of two factors apart', () => {
    expect(everyKind([[1, 2] as const, [2, 1] as const], (row) => row)).toHaveLength(2);
  });

  test('mixes the levels of crossed factors', () => {
    const chosen = everyKind(combinations({ shape: [1, 2, 3, 4, 5, 6], check: ['a', 'b'] }), ({ shape, check }) => [
      shape,
      check,
    ]);
    expect(chosen.filter(({ check }) => check === 'a')).toHaveLength(3);
  });

  test('asks nothing of a factor that a case does not have', () => {
    expect(
      everyKind(
        [
          [undefined, 1],
          [2, undefined],
          [2, 1],
        ],
        (row) => row,
      ),
    ).toEqual([[2, 1]]);
  });

  test('is the cheaper case where either would do', () => {
    const sizes = [{ n: 1000 }, { n: 10 }];
    expect(everyKind(sizes, () => ['rows'])).toEqual([{ n: 1000 }]);
    expect(
      everyKind(
        sizes,
        () => ['rows'],
        ({ n }) => n,
      ),
    ).toEqual([{ n: 10 }]);
  });

  test('is nothing of an empty table', () => {
    expect(everyKind([], () => [])).toEqual([]);
  });
});

test('a run takes full tables and sizes where it is asked to, else one case of every kind', () => {
  const full = inject('tables') === 'full';
  expect(cases(table, kinds)).toHaveLength(full ? 12 : 3);
  expect(size(1000, 10)).toBe(full ? 1000 : 10);
});

test('groups keep the order of the table', () => {
  expect(grouped(table, 'form').map(({ level, cases: of }) => [level, of.length])).toEqual([
    ['full', 6],
    ['diag', 6],
  ]);
});

test('files with tables are those that import them, by themselves or by others', () => {
  const files = filesWithTables();
  const some = ['test/fit/hard.test.ts', 'test/kernels/parity.test.ts', 'test/browser/parity.test.ts'];
  expect(files).toEqual(expect.arrayContaining(some));
  for (const file of ['test/cases.test.ts', 'test/pages.test.ts']) expect(files).not.toContain(file);
});
