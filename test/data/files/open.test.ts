import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/data/columns.js';
import { openSource } from '../../../src/sources.js';
import type { Column } from '../../../src/sweep/encode.js';
import { complaint, contents, hasOpen, read, temporaryFolder, vega } from './folder.js';

const folder = temporaryFolder();
const abc = folder.write('abc.csv', 'a,b,c\n1,2,3\n4,5,6\n7,8,9\n10,11,12\n13,14,15\n');
const long = folder.write('long.csv', `i\n${Array.from({ length: 150_000 }, (_, i) => i).join('\n')}\n`);

describe('openSource', () => {
  it('yields all columns, row by row', async () => {
    expect(await read(abc)).toEqual({
      columns: ['a', 'b', 'c'],
      rows: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
        [10, 11, 12],
        [13, 14, 15],
      ],
      weights: undefined,
      sizes: [5],
    });
  });

  it('yields the columns named, in the order named', async () => {
    const { columns, rows } = await read(abc, { columns: ['c', 'a'] });
    expect(columns).toEqual(['c', 'a']);
    expect(rows.slice(0, 2)).toEqual([
      [3, 1],
      [6, 4],
    ]);
  });

  it('keeps the weight column out of the features', async () => {
    const { columns, rows, weights } = await read(abc, { weight: 'b' });
    expect(columns).toEqual(['a', 'c']);
    expect(rows[1]).toEqual([4, 6]);
    expect(weights).toEqual([2, 5, 8, 11, 14]);
  });

  it('makes the weight a feature too where columns name it', async () => {
    const { rows, weights } = await read(abc, { columns: ['b', 'a'], weight: 'b', every: 2 });
    expect(rows).toEqual([
      [2, 1],
      [8, 7],
      [14, 13],
    ]);
    expect(weights).toEqual([2, 8, 14]);
  });

  it('yields batches of at most 65,536 rows', async () => {
    const { rows, sizes } = await read(long);
    expect(sizes).toEqual([65_536, 65_536, 18_928]);
    expect(rows.every(([value], i) => value === i)).toBe(true);
  });

  it.each([1, 2, 3, 2047, 2048, 2049, 70_000, 1_000_000])('takes rows 0, m, 2m, … for m = %i', async (every) => {
    const { rows } = await read(long, { every });
    expect(rows).toEqual(Array.from({ length: Math.ceil(150_000 / every) }, (_, i) => [i * every]));
  });

  it.each([0, -1, 1.5, NaN])('refuses every = %d', async (every) => {
    expect(await complaint(abc, { every })).toBe(
      `option: every: expected a whole number from 1 on, got ${every}; use 10 for every tenth row`,
    );
  });

  it('uses its arrays again for batches that pass, and for no others', async () => {
    const source = await openSource(long);
    const firstRows = async (passing: boolean): Promise<number[]> => {
      const kept: Column[] = [];
      for await (const batch of source.batches(undefined, { passing })) kept.push(columnsOf(batch, 1)[0]);
      return kept.map(({ values }) => values[0]);
    };
    expect(await firstRows(false)).toEqual([0, 65_536, 131_072]);
    expect(await firstRows(true)).toEqual([131_072, 131_072, 131_072]);
  });

  it('starts again at every call of batches, also during another pass', async () => {
    const source = await openSource(long);
    const firsts: number[] = [];
    for await (const batch of source.batches()) {
      firsts.push(batch.values[0]);
      expect((await contents(source)).rows).toHaveLength(150_000);
    }
    expect(firsts).toEqual([0, 65_536, 131_072]);
  });

  it.skipIf(process.platform !== 'linux').each([
    ['a Parquet file', vega('flights-3m.parquet'), 'flights-3m'],
    ['a query', `SELECT delay, distance FROM '${vega('flights-3m.parquet')}' WHERE delay > 0`, 'flights-3m'],
    ['a CSV file', long, folder.path],
    ['an Arrow file', vega('flights-200k.arrow'), 'flights-200k'],
  ])('closes %s when a pass ends early or fully', async (_, spec, path) => {
    const source = await openSource(spec, spec.endsWith('parquet') ? { columns: ['delay'] } : {});
    expect(hasOpen(path)).toBe(false);
    for await (const batch of source.batches()) {
      expect(batch.rows).toBe(65_536);
      expect(hasOpen(path)).toBe(true);
      break;
    }
    expect(hasOpen(path)).toBe(false);
    await contents(source);
    expect(hasOpen(path)).toBe(false);
  });
});

describe('paths', () => {
  it('reads the files a glob matches in the order of their names', async () => {
    for (const [name, value] of [
      ['part-2', 3],
      ['part-1', 1],
      ['part-10', 2],
    ] as const) {
      folder.write(`${name}.csv`, `a\n${value}\n`);
    }
    const source = await openSource(join(folder.path, 'part-*.csv'));
    expect((await contents(source)).rows).toEqual([[1], [2], [3]]);
    expect(source.name).toBe(join(folder.path, 'part-*.csv'));
  });

  it.each(["it's.csv", 'a "b".csv', 'with space.csv', 'größe 📈.csv', '[1].csv', 'x?.csv', 'semi;colon.csv', 'UP.CSV'])(
    'reads a file called %s',
    async (name) => {
      folder.write('1.csv', 'wrong\n0\n');
      folder.write('xy.csv', 'wrong\n0\n');
      expect(await read(folder.write(name, 'a\n1\n2\n'))).toMatchObject({ columns: ['a'], rows: [[1], [2]] });
    },
  );

  it('takes a file for a file although its name begins like a query', async () => {
    const path = folder.write('x.csv', 'a\n1\n');
    const directory = process.cwd();
    process.chdir(folder.path);
    try {
      folder.write('select me.csv', 'b\n2\n');
      expect(await read('select me.csv')).toMatchObject({ columns: ['b'], rows: [[2]] });
    } finally {
      process.chdir(directory);
    }
    expect(path).toContain('x.csv');
  });

  it('names what it cannot find', async () => {
    const start = `which starts from ${process.cwd()}`;
    expect(await complaint('no-such.csv')).toBe(
      `file: no-such.csv: expected a file that can be read, got none there; check the path, ${start}`,
    );
    expect(await complaint('no-such-*.parquet')).toBe(
      `file: no-such-*.parquet: expected at least one file that matches, got none; check the pattern, ${start}`,
    );
    expect(await complaint(' ')).toBe(
      'option: source: expected a path, a glob or a query, got none; name the data to read',
    );
    expect(await complaint('https://example.org/x.csv')).toBe(
      `unsupported: https://example.org/x.csv: expected a file that ends in .parquet at an address, got a file of csv; read it by DuckDB's rules, as "FROM read_csv('https://example.org/x.csv')", or download it first`,
    );
  });

  it('refuses a directory', async () => {
    const path = join(folder.path, 'nested.csv');
    mkdirSync(path);
    expect(await complaint(path)).toBe(
      `file: ${path}: expected a file, got a directory; name the files in it with a glob such as ${path}/*.csv`,
    );
  });

  it('says why a file cannot be opened', async () => {
    const path = join(folder.path, 'loop.csv');
    symlinkSync(path, path);
    expect(await complaint(path)).toBe(
      `file: ${path}: expected a file that can be read, got ELOOP; check the file and its permissions`,
    );
  });

  it('refuses an extension it does not know', async () => {
    const path = folder.write('notes.dat', 'a\n1\n');
    const text = ['csv', 'tsv', 'txt'].flatMap((name) => [`.${name}`, `.${name}.gz`, `.${name}.zst`]).join(', ');
    const known = `${text}, .json, .jsonl, .ndjson, .parquet, .arrow, .feather, .ipc, .npy`;
    const remedy = `rename it, or, if it is text in cells, copy it: cp ${path} ${path}.txt`;
    expect(await complaint(path)).toBe(`format: ${path}: expected a file that ends in ${known}, got .dat; ${remedy}`);
    expect(await complaint(folder.path)).toMatch(/^file: .*: expected a file, got a directory; /);
  });

  it.each(['csv', 'tsv', 'json', 'jsonl', 'parquet', 'arrow', 'npy'])(
    'refuses an empty .%s file',
    async (extension) => {
      const path = folder.write(`zero.${extension}`, '');
      expect(await complaint(path)).toBe(
        `format: ${path}: expected at least one row, got a file of 0 bytes; check how it was written`,
      );
    },
  );
});
