import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, read, temporaryFolder, vega } from './folder.js';
import { parquet as writeParquet } from './parquet-file.js';

const folder = temporaryFolder();
const flights = vega('flights-3m.parquet');

const parquet = (name: string, query: string) => writeParquet(join(folder.path, name), query);

describe('Parquet', () => {
  it('knows the number of rows, and yields them in the same order each time', async () => {
    const source = await openSource(flights, { columns: ['delay', 'distance'] });
    expect(source.rows).toBe(3_000_000);
    const passes: number[] = [];
    for (let pass = 0; pass < 2; pass++) {
      let hash = 0;
      let rows = 0;
      for await (const { values, rows: count } of source.batches()) {
        for (const value of values) hash = (Math.imul(hash, 31) + value) | 0;
        rows += count;
      }
      expect(rows).toBe(3_000_000);
      passes.push(hash);
    }
    expect(passes[0]).toBe(passes[1]);
  });

  it('knows the number of rows it takes of every m', async () => {
    const source = await openSource(flights, { columns: ['delay'], every: 7 });
    expect(source.rows).toBe(428_572);
    let rows = 0;
    for await (const batch of source.batches()) rows += batch.rows;
    expect(rows).toBe(428_572);
  });

  it('reads every numeric type, and NULL as NaN', async () => {
    const types = [
      'TINYINT',
      'USMALLINT',
      'INTEGER',
      'BIGINT',
      'HUGEINT',
      'FLOAT',
      'DOUBLE',
      'DECIMAL(9,2)',
      'BOOLEAN',
    ];
    const columns = types.map((type, i) => `CASE WHEN i = ${i} THEN NULL ELSE 1::${type} END AS c${i}`);
    const path = await parquet('types.parquet', `SELECT ${columns.join(', ')} FROM range(9) t(i) ORDER BY i`);
    const { rows } = await read(path);
    expect(rows).toEqual(types.map((_, i) => types.map((_, j) => (i === j ? NaN : 1))));
  });

  it('passes on NaN and infinities', async () => {
    const path = await parquet('nan.parquet', `SELECT unnest(['nan', '-inf', 'inf']::DOUBLE[]) AS x`);
    expect((await read(path)).rows).toEqual([[NaN], [-Infinity], [Infinity]]);
  });

  it('reads several files as one', async () => {
    await parquet('many-1.parquet', 'SELECT 1 AS x, 2 AS y');
    await parquet('many-2.parquet', 'SELECT 3 AS x, 4 AS y');
    const source = await openSource(`${folder.path}/many-*.parquet`);
    expect(source.rows).toBe(2);
    expect((await read(`${folder.path}/many-*.parquet`)).rows).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('refuses no rows', async () => {
    const path = await parquet('none.parquet', 'SELECT 1 AS x LIMIT 0');
    expect(await complaint(path)).toBe(
      `format: ${path}: expected at least one row, got no rows; check how it was written`,
    );
  });

  it('refuses a truncated file, and one that is no Parquet', async () => {
    const bytes = readFileSync(flights);
    for (const path of [
      folder.write('cut.parquet', bytes.subarray(0, 1_000_000)),
      folder.write('junk.parquet', 'this is no Parquet file'),
    ]) {
      expect(await complaint(path)).toBe(
        `format: ${path}: expected a well-formed file, got No magic bytes found at end of file '${path}'; ` +
          'check that it is complete and what its name says',
      );
    }
  });

  it('refuses corrupted pages when it comes to them', async () => {
    const bytes = readFileSync(flights);
    for (let i = 200_000; i < 4_000_000; i++) bytes[i] = i * 7;
    const path = folder.write('corrupted.parquet', bytes);
    expect(await complaint(path, { columns: ['delay'] })).toMatch(
      /^format: .*corrupted\.parquet: expected a well-formed file, got .*; check that it is complete and what its name says$/,
    );
    expect(await complaint(`SELECT delay FROM '${path}'`)).toMatch(/^format: SELECT delay FROM /);
  });
});
