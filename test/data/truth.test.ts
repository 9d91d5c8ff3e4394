/** Columns of true and false: levels by these names where text is read, and always numbers. */
import { tableFromArrays } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bernoulli,
  categorical,
  fitMixture,
  gaussian,
  loadMixture,
  negativeBinomial,
  product,
} from '../../src/index.js';
import { openSource } from '../../src/sources.js';
import type { DataInput } from '../../src/data/input.js';

const rows = Array.from({ length: 40 }, (_, i) => ({ size: i % 7, open: i % 4 > 0, town: i % 3 ? 'Bern' : 'Ulm' }));
const truths = rows.map(({ open }) => Number(open));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'otmix-truth-'));
  const cells = rows.map(({ size, open, town }) => `${size},${open ? 'TRUE' : 'false'},${town}`);
  writeFileSync(join(folder, 'a.csv'), `size,open,town\n${cells.join('\n')}\n`);
  writeFileSync(join(folder, 'a.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(join(folder, 'b.csv'), 'size,open,town\n1,0,Ulm\n2,1,Bern\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const names = ['size', 'open', 'town'];
const file = (path: string) => openSource(path, { columns: names, text: 'levels' });
const kinds: Readonly<Record<string, () => Promise<DataInput> | DataInput>> = {
  records: () => rows,
  'an Arrow table': () =>
    tableFromArrays({ size: Int32Array.from(rows, ({ size }) => size), open: rows.map(({ open }) => open), town: rows.map(({ town }) => town) }), // prettier-ignore
  CSV: () => file(join(folder, 'a.csv')),
  JSON: () => file(join(folder, 'a.jsonl')),
  'a query': () => file(`SELECT * FROM '${join(folder, 'a.jsonl')}'`),
};

describe.each(Object.entries(kinds))('of %s', (_, open) => {
  test('are levels by their names, and numbers to families of numbers', async () => {
    const levels = await fitMixture(await open(), { components: 1, family: product([{ columns: ['size'], family: gaussian() }, { columns: '*', family: categorical() }]) }); // prettier-ignore
    expect(levels.mixture.levels).toEqual([undefined, ['false', 'true'], ['Bern', 'Ulm']]);
    const [, { probabilities }] = levels.mixture.components as unknown as readonly { probabilities: number[][][] }[];
    expect(probabilities[0][0].map((p) => Math.round(100 * p))).toEqual([25, 75]);
    const numbers = await fitMixture(await open(), { components: 1, family: product([{ columns: ['size'], family: negativeBinomial() }, { columns: ['open'], family: bernoulli() }, { columns: '*', family: categorical() }]) }); // prettier-ignore
    expect(numbers.mixture.levels[1]).toBeUndefined();
    expect(numbers.mixture.columnMeans[0][1]).toBeCloseTo(0.75, 12);
    expect((await numbers.mixture.scoreSamples(await open())).every(Number.isFinite)).toBe(true);
  });
});

test('beside numbers of another file they are numbers', async () => {
  const source = await openSource(join(folder, '*.csv'), { columns: ['open'], text: 'levels' });
  const { mixture } = await fitMixture(source, { components: 1, family: categorical() });
  expect(mixture.levels).toEqual([[0, 1]]);
});

test('a model of either reads the other, and fills in what is missing', async () => {
  const options = { components: 1, family: categorical() } as const;
  const flags = rows.map(({ open }) => ({ open }));
  const asTexts = (await fitMixture(flags, options)).mixture;
  const asNumbers = (await fitMixture(truths.map((open) => ({ open })), options)).mixture; // prettier-ignore
  expect([asTexts.levels, asNumbers.levels]).toEqual([[['false', 'true']], [[0, 1]]]);
  const gaps = [{ open: null }, { open: true }, { open: false }];
  const numbers = [{ open: null }, { open: 1 }, { open: 0 }];
  for (const mixture of [asTexts, await loadMixture(asTexts.toJSON()), asNumbers]) {
    const scores = await mixture.scoreSamples(flags);
    expect(scores).toEqual(await mixture.scoreSamples(truths.map((open) => ({ open }))));
    expect(Array.from(scores.slice(0, 2), (score) => Math.exp(score).toFixed(6))).toEqual(['0.250000', '0.750000']);
    for (const data of [gaps, numbers]) expect(Array.from((await mixture.impute(data)).data)).toEqual([1, 1, 0]);
  }
});

test('a level that says another number is filled in by its place', async () => {
  const { mixture } = await fitMixture([{ code: 'x' }, { code: '7' }, { code: 'x' }], {
    components: 1,
    family: categorical(),
  });
  expect(mixture.levels).toEqual([['7', 'x']]);
  expect(Array.from((await mixture.impute([{ code: 7 }, { code: null }])).data)).toEqual([0, 1]);
});

test('a column of true alone has one level', async () => {
  const { mixture } = await fitMixture([{ a: true }, { a: true }], { components: 1, family: categorical() });
  expect(mixture.levels).toEqual([['true']]);
  expect(Array.from((await mixture.impute([{ a: 1 }, { a: true }])).data)).toEqual([0, 0]);
});
