import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unitsOf } from '../../src/cluster/manifest.js';

const piece = fc
  .record({ rows: fc.nat({ max: 9000 }), every: fc.option(fc.integer({ min: 100, max: 5000 }), { nil: undefined }) })
  .map(({ rows, every }, at = 0) => ({
    path: `part-${at}`,
    rows,
    ...(every !== undefined && { cuts: Array.from({ length: Math.ceil(rows / every) }, (_, cut) => cut * every) }),
  }));

test('units have every row once, in order, and begin where files can be read from', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
      const units = unitsOf(pieces, pieces.map(() => ({ size: 1 })), 2, 2048); // prettier-ignore
      const ranges = units.flatMap((unit) => unit.ranges);
      const rowsOf = pieces.flatMap(({ rows }, at) => Array.from({ length: rows }, (_, row) => `${at}:${row}`));
      const found = ranges.flatMap(({ piece: at, from = 0, to = 0 }) =>
        Array.from({ length: to - from }, (_, row) => `${at}:${from + row}`),
      );
      expect(found).toEqual(rowsOf);
      for (const { piece: at, from = 0 } of ranges) expect(pieces[at].cuts?.includes(from) ?? true).toBe(true);
      for (const unit of units.slice(0, -1)) {
        const rows = unit.ranges.reduce((sum, { from = 0, to = 0 }) => sum + to - from, 0);
        expect(rows).toBeGreaterThanOrEqual(2048);
      }
    }),
    { numRuns: 20 },
  );
});

test('a unit is 64 MiB as held, and there are 4,096 at the most', () => {
  const of = (rows: number, d: number) => unitsOf([{ path: 'x.npy', rows }], [{ size: rows * d * 8 }], d);
  expect(of(10_000_000, 8).map(({ ranges: [{ from, to }] }) => [from, to])).toEqual(
    Array.from({ length: 5 }, (_, unit) => [unit * 2 ** 21, Math.min(10_000_000, (unit + 1) * 2 ** 21)]),
  );
  expect(of(1e12, 8)).toHaveLength(4096);
});

test('files whose rows no one knows are read as wholes, small ones together', () => {
  const pieces = ['a.csv', 'b.csv', 'c.csv'].map((path) => ({ path }));
  const units = unitsOf(pieces, [{ size: 30_000 }, { size: 30_000 }, { size: 900_000 }], 4, 2048);
  expect(units.map(({ ranges, name }) => [name, ranges])).toEqual([
    ['a.csv', [{ piece: 0 }, { piece: 1 }]],
    ['c.csv', [{ piece: 2 }]],
  ]);
});
