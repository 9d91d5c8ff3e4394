/** Text as levels: the same lists and places from every format, over all files of a glob, and what is refused. */
import { gzipSync } from 'node:zlib';
import {
  Bool,
  Dictionary,
  Float64,
  Int32,
  Null,
  Table,
  Utf8,
  tableFromIPC,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { toSource } from '../../../src/data/input.js';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, temporaryFolder } from './folder.js';
import { parquet } from './parquet-file.js';
import { levelsOf, textsOf } from './texts.js';

const folder = temporaryFolder();

/** Short and long texts, of all kinds of letters, with quotes, delimiters and line ends; a number, a truth; some missing. */
const CITIES = [
  'Zürich',
  'a town of a long name',
  'Bern',
  'say "hi", then\ngo',
  '東京',
  'NA',
  'another town of a long name',
];
const table = Array.from({ length: 50 }, (_, i) => ({
  city: i % 9 === 4 ? null : CITIES[(i * i) % CITIES.length],
  x: i / 4,
  ok: i % 3 === 0,
  canton: 'CBA'[(i * 7) % 3],
}));
const quoted = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
const lines = (cut: string) =>
  ['city', 'x', 'ok', 'canton'].join(cut) +
  '\n' +
  table.map(({ city, x, ok, canton }) => [quoted(city), x, ok, canton].join(cut) + '\n').join('');
const arrow = (text: () => Utf8 | Dictionary<Utf8, Int32>): Table =>
  new Table({
    city: vectorFromArray(table.map(({ city }) => city), text()),
    x: vectorFromArray(table.map(({ x }) => x), new Float64()),
    ok: vectorFromArray(table.map(({ ok }) => ok), new Bool()),
    canton: vectorFromArray(table.map(({ canton }) => canton), text()),
  }); // prettier-ignore
const utf8 = () => new Utf8();
const dictionary = () => new Dictionary(new Utf8(), new Int32());
const json = () => folder.write('t.json', JSON.stringify(table));

describe('the same levels and places from every format', () => {
  const rows = table.map(({ city, x, ok, canton }) => [city, x, String(ok), canton]);
  const seen = (texts: readonly (string | null)[]) => [...new Set(texts.filter((text) => text !== null))];
  const truths = ['false', 'true'];
  const levels = [seen(table.map(({ city }) => city)), undefined, truths, seen(table.map(({ canton }) => canton))];

  const sources: readonly (readonly [string, () => string | Promise<string>])[] = [
    ['CSV', () => folder.write('t.csv', lines(','))],
    ['CSV, compressed', () => folder.write('t.csv.gz', gzipSync(lines(';')))],
    ['TSV', () => folder.write('t.tsv', lines('\t'))],
    ['JSON', json],
    ['JSON lines', () => folder.write('t.ndjson', table.map((row) => JSON.stringify(row)).join('\n'))],
    ['Parquet', () => parquet(`${folder.path}/t.parquet`, `SELECT * FROM read_json('${json()}')`)],
    ['Arrow', () => folder.write('t.arrow', tableToIPC(arrow(utf8), 'file'))],
    ['Arrow, a stream', () => folder.write('t.ipc', tableToIPC(arrow(utf8), 'stream'))],
    ['Arrow with dictionaries', () => folder.write('d.feather', tableToIPC(arrow(dictionary), 'file'))],
    ['SQL over CSV', () => `SELECT * FROM '${folder.write('q.csv', lines(','))}'`],
    ['SQL over Arrow', () => `FROM '${folder.write('q.arrow', tableToIPC(arrow(dictionary), 'file'))}'`],
    ['SQL with enums', () => `SELECT * REPLACE (canton::ENUM('A', 'B', 'C') AS canton) FROM '${json()}'`],
  ];
  it.each(sources)('%s', async (_, file) => {
    const source = await openSource(await file(), { text: 'levels' });
    expect(source.columns).toEqual(['city', 'x', 'ok', 'canton']);
    expect(await textsOf(source)).toEqual({ rows, levels });
    expect(await textsOf(source)).toEqual({ rows, levels });
  });

  it.each([
    ['records', table],
    ['an Arrow table', tableFromIPC(tableToIPC(arrow(utf8)))],
    ['an Arrow table with dictionaries', tableFromIPC(tableToIPC(arrow(dictionary)))],
  ])('%s', async (_, data) => {
    const source = toSource(data, table.map(() => 2), undefined, { text: 'levels' }); // prettier-ignore
    expect(await textsOf(source)).toEqual({ rows, levels });
    expect((await contents(source)).weights).toEqual(table.map(() => 2));
  });

  it('whatever columns are named, in whatever order', async () => {
    const { rows: some, levels: lists } = await levelsOf(folder.write('o.csv', lines(',')), {
      columns: ['canton', 'x'],
    });
    expect(some).toEqual(table.map(({ canton, x }) => [canton, x]));
    expect(lists).toEqual([levels[3], undefined]);
  });
});

describe('levels', () => {
  const many = 140_000; // more than two batches
  const late = (i: number) => (i === many - 1 ? 'late' : i % 2 ? 'the odd side, Zürich' : 'even');
  const lateLines = `side\n${Array.from({ length: many }, (_, i) => `"${late(i)}"\n`).join('')}`;

  it.each([
    ['CSV', () => folder.write('late.csv', lateLines)],
    ['Parquet', () => parquet(`${folder.path}/late.parquet`, `FROM read_csv('${folder.write('l.csv', lateLines)}')`)],
  ])('grow from batch to batch of %s in one list', async (_, file) => {
    const source = await openSource(await file(), { text: 'levels' });
    const lists: (readonly string[] | undefined)[] = [];
    const lengths: (number | undefined)[] = [];
    for await (const { levels } of source.batches()) {
      lists.push(levels?.[0]);
      lengths.push(levels?.[0]?.length);
    }
    expect([lengths[0], lengths.at(-1)]).toEqual([2, 3]);
    expect(new Set(lists).size).toBe(1);
    expect((await textsOf(source)).rows.flat()).toEqual(Array.from({ length: many }, (_, i) => late(i)));
  });

  it('of long texts that a query makes are those of their rows, though memory is used again', async () => {
    const query = "SELECT format('a text of some length {:04d}', i * 7919 % 991) AS t FROM range(200000) r(i)";
    const { rows } = await levelsOf(query);
    const expected = (i: number) => `a text of some length ${String((i * 7919) % 991).padStart(4, '0')}`;
    expect(rows.flat()).toEqual(rows.map((_, i) => expected(i)));
    expect(rows).toHaveLength(200_000);
  });

  it('of a sample are those of its rows', async () => {
    const path = folder.write('every.csv', 'city,x\nc,1\na,2\n,3\nb,4\na,5\n');
    expect(await levelsOf(path, { every: 2 })).toEqual({
      rows: [['c', 1], [null, 3], ['a', 5]], // prettier-ignore
      levels: [['c', 'a'], undefined],
    });
  });

  it('are one list for all files of a glob, wherever columns stand', async () => {
    folder.write('glob/1.csv', 'x,city\n1,b\n2,a\n');
    folder.write('glob/2.csv', 'city,x\na,3\nc,4\n');
    const expected = {
      rows: [[1, 'b'], [2, 'a'], [3, 'a'], [4, 'c']], // prettier-ignore
      levels: [undefined, ['b', 'a', 'c']],
    };
    expect(await levelsOf(`${folder.path}/glob/*.csv`)).toEqual(expected);
    expect(await levelsOf(`SELECT * FROM '${folder.path}/glob/*.csv'`)).toEqual(expected);
    folder.write('glob/3.csv', 'city,x\n,5\n'); // nothing but missing values
    for (const spec of [`${folder.path}/glob/*.csv`, `SELECT * FROM '${folder.path}/glob/*.csv'`]) {
      expect((await levelsOf(spec)).rows).toEqual([...expected.rows, [5, null]]);
    }
  });

  it('are one list for all Parquet files, of text and of enums', async () => {
    await parquet(folder.write('pq/1.parquet', ''), `SELECT * FROM (VALUES (1, 'b'), (2, 'a')) t(x, city)`);
    await parquet(folder.write('pq/2.parquet', ''), `SELECT 'a'::ENUM('c', 'a') AS city, 3.5 AS x`);
    expect(await levelsOf(`${folder.path}/pq/*.parquet`)).toEqual({
      rows: [[1, 'b'], [2, 'a'], [3.5, 'a']], // prettier-ignore
      levels: [undefined, ['b', 'a']],
    });
  });

  it('are one list for all Arrow files, also where one has nothing but nulls', async () => {
    folder.write('nulls/1.arrow', tableToIPC(new Table({ s: vectorFromArray([null, null], new Null()) }), 'file'));
    folder.write('nulls/2.arrow', tableToIPC(new Table({ s: vectorFromArray(['b', 'a'], utf8()) }), 'file'));
    folder.write('nulls/3.arrow', tableToIPC(new Table({ s: vectorFromArray(['c', 'b'], dictionary()) }), 'file'));
    const expected = { rows: [[null], [null], ['b'], ['a'], ['c'], ['b']], levels: [['b', 'a', 'c']] };
    expect(await levelsOf(`${folder.path}/nulls/*.arrow`)).toEqual(expected);
    expect(await levelsOf(`FROM '${folder.path}/nulls/*.arrow'`)).toEqual(expected);
  });

  it('come of the names of folders too, where they are named', async () => {
    folder.write('parts/land=CH/1.csv', 'city\nBern\n');
    folder.write('parts/land=AT/2.csv', 'city\nWien\nGraz\n');
    const glob = `${folder.path}/parts/*/*.csv`;
    expect((await levelsOf(glob)).rows).toEqual([['Wien'], ['Graz'], ['Bern']]);
    const levels = [['AT', 'CH']];
    expect(await levelsOf(glob, { columns: ['land'] })).toEqual({ rows: [['AT'], ['AT'], ['CH']], levels });
    folder.write('parts/land=__HIVE_DEFAULT_PARTITION__/3.csv', 'city\nBern\n');
    const expected = {
      rows: [['AT', 'Wien'], ['AT', 'Graz'], ['CH', 'Bern'], [null, 'Bern']], // prettier-ignore
      levels: [...levels, ['Wien', 'Graz', 'Bern']],
    };
    expect(await levelsOf(glob, { columns: ['land', 'city'] })).toEqual(expected);
    expect(await levelsOf(`SELECT land, city FROM '${glob}'`)).toEqual(expected);
  });

  it('leave numbers in quotes numbers where a format without levels would', async () => {
    const csv = folder.write('quotes.csv', 'city,x\na,"1"\nb,"2.5"\n');
    expect((await levelsOf(csv)).rows).toEqual([['a', 1], ['b', 2.5]]); // prettier-ignore
    const json = folder.write('quotes.json', '[{ "city": "a", "x": "1" }, { "city": "b", "x": "2.5" }]');
    expect((await levelsOf(json)).rows).toEqual([['a', 1], ['b', 2.5]]); // prettier-ignore
    expect((await levelsOf(json, { columns: ['x'] })).rows).toEqual([[1], [2.5]]);
  });

  it('leave columns of numbers alone, and have names for those of true and false, which are numbers too', async () => {
    const path = folder.write('plain.csv', 'x,ok\n1,true\n2,false\n');
    const source = await openSource(path, { text: 'levels' });
    expect((await contents(source)).rows).toEqual([[1, 1], [2, 0]]); // prettier-ignore
    for await (const batch of source.batches()) expect(batch.levels).toEqual([undefined, ['false', 'true']]);
    for await (const batch of (await openSource(path)).batches()) expect(batch.levels).toBeUndefined();
  });
});

describe('more than 1,000 texts', () => {
  const ids = `id,x\n${Array.from({ length: 1001 }, (_, i) => `n${i},${i}\n`).join('')}`;

  it('are refused in a column that no one named', async () => {
    const path = folder.write('ids.csv', ids);
    const got = 'got column id with more than 1,000 different texts';
    expect(await complaint(path, { text: 'levels' })).toBe(
      `format: ${path}: expected at most 1,000 levels in a column that no one named, ${got}; ` +
        'choose others with --columns x, or name this one too if it is one of levels',
    );
    const alone = folder.write('alone.csv', ids.replaceAll(/,.*/g, ''));
    expect(await complaint(alone, { text: 'levels' })).toMatch(/; name it with --columns id if it is one of levels$/);
    expect(await complaint(`SELECT * FROM '${path}'`, { text: 'levels' })).toContain(got);
  });

  it('are levels in one that is named', async () => {
    const { rows, levels } = await levelsOf(folder.write('named.csv', ids), { columns: ['id'] });
    expect(levels[0]).toHaveLength(1001);
    expect(rows.at(-1)).toEqual(['n1000']);
  });

  it('are refused in records, unless these are chosen', async () => {
    const data = Array.from({ length: 1001 }, (_, i) => ({ id: `n${i}`, x: i }));
    const read = (chosen: Parameters<typeof toSource>[0]) =>
      textsOf(toSource(chosen, undefined, undefined, { text: 'levels' }));
    await expect(read(data)).rejects.toThrow(
      'choose others with { data, columns: ["x"] }, or name this one too if it is one of levels',
    );
    expect((await read({ data, columns: ['id'] })).levels[0]).toHaveLength(1001);
  });
});
