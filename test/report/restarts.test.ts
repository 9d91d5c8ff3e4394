import { expect, test } from 'vitest';
import type { RestartRow } from '../../src/report/input.js';
import { restartsTable } from '../../src/report/tables.js';

const start = (number: number, objective: number, judged?: number): RestartRow => ({
  ...{ start: number, status: 'converged', iterations: 9, objective },
  ...(judged !== undefined && { judged }),
});
const cells = (rows: readonly RestartRow[]): string[][] =>
  restartsTable(rows)
    .text.split('<tr')
    .slice(2)
    .map((row) => row.split(/<t[hd][^>]*>/).slice(1).map((cell) => cell.replace(/<[^]*/, '').trim())); // prettier-ignore

test('starts that were judged stand in that order, those that were not last', () => {
  const table = cells([start(1, -5, 3), start(2, 2, 2.5), start(3, 1)]);
  expect(table.map(([number, , , , judged, above]) => [number, judged, above])).toEqual([
    ['2', '2.500000', 'best'],
    ['1', '3.000000', '+ 0.500'],
    ['3', '–', '–'],
  ]);
});

test('starts that nobody judged stand by their objective', () => {
  const table = cells([start(1, 2), start(2, 1)]);
  expect(table.map(([number, , , objective, above]) => [number, objective, above])).toEqual([
    ['2', '1.000000', 'best'],
    ['1', '2.000000', '+ 1.00'],
  ]);
});
