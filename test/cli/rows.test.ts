import { describe, expect, test } from 'vitest';
import { PredictionLines } from '../../src/cli/prediction-lines.js';
import { rowWriter, type Cell } from '../../src/cli/rows.js';
import { temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

/** What a file of this name has in it once rows are written. */
async function written(name: string, rows: readonly (readonly Cell[])[]): Promise<string> {
  const writer = rowWriter(`${folder.path}/${name}`, ['a', 'b', 'c'], []);
  await writer.write(rows);
  await writer.commit();
  return folder.read(name);
}

describe('cells', () => {
  const rows = [
    [0, -1.5e-7, 1e21],
    [-0, null, 0.1 + 0.2],
    [null, null, null],
  ];

  test.each([
    ['rows.csv', ','],
    ['rows.tsv', '\t'],
  ])('of %s are numbers as they are, or nothing', async (name, separator) => {
    const lines = ['a,b,c', '0,-1.5e-7,1e+21', '0,,0.30000000000000004', ',,', ''];
    expect(await written(name, rows)).toBe(lines.join('\n').replaceAll(',', separator));
  });

  test('that are not finite are written all the same', async () => {
    expect(await written('infinite.csv', [[1, -Infinity, NaN], ...rows.slice(0, 1)])).toBe(
      'a,b,c\n1,-Infinity,NaN\n0,-1.5e-7,1e+21\n',
    );
  });

  test('no rows are but the header', async () => {
    expect(await written('none.csv', [])).toBe('a,b,c\n');
  });
});

test('rows that were left out have lines of their own, in their places, a thousand lines at a time', () => {
  const lines = new PredictionLines(1);
  const of = (index: number[]): Cell[][][] => [
    ...lines.of({
      ...{ start: 0, rows: index.length, index: Int32Array.from(index), labels: new Int32Array(index.length) },
      logDensity: new Float64Array(index.length).fill(-2),
      logLargest: new Float64Array(index.length),
      weights: new Float64Array(index.length),
      responsibilities: new Float32Array(2 * index.length).fill(0.1),
    }),
  ];
  expect(of([1, 4])).toEqual([
    [
      [0, null, null, null],
      [1, 0, -2, 0.1],
      [2, null, null, null],
      [3, null, null, null],
      [4, 0, -2, 0.1],
    ],
  ]);
  expect(of([2004]).map(({ length }) => length)).toEqual([1000, 1000]);
  expect([...lines.upTo(2006)]).toEqual([[[2005, null, null, null]]]);
});
