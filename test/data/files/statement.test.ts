import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/data/files/duckdb.js';
import { queryFiles } from '../../../src/data/files/query.js';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, read, temporaryFolder } from './folder.js';

const folder = temporaryFolder();
const points = folder.write('points.csv', 'x,y\n1,2\n3,4\n');

describe('what a query may do', () => {
  it.each([
    ['enable_logging', `FROM enable_logging(storage='file', storage_config={'path':'${folder.path}/logs'})`],
    ['write_log', `SELECT write_log('x') AS x`],
    ['sleep_ms', `SELECT sleep_ms(1) AS x`],
    ['sleep_ms', `SELECT pg_sleep(.001) AS x`], // a macro
    ['query', `FROM query('SELECT 1 AS x')`],
    ['query_table', `FROM query_table('${points}')`],
    ['json_execute_serialized_sql', `FROM json_execute_serialized_sql('{}')`],
    ['read_duckdb', `FROM read_duckdb('${folder.path}/a.duckdb')`],
    ['checkpoint', `SELECT x FROM (SELECT 1 AS x) WHERE EXISTS (FROM checkpoint())`],
    [
      'enable_profiling',
      `WITH t AS (FROM enable_profiling(save_location='${folder.path}/p.json')) SELECT 1 AS x FROM t`,
    ],
    ['duckdb_secrets', `FROM duckdb_secrets()`],
  ])('is not to call %s', async (name, query) => {
    const text = await complaint(query);
    expect(text).toMatch(/^option: .*: expected functions that only compute, or read files and rows, got /);
    expect(text).toContain(`got ${name}; leave it out`);
    expect(existsSync(`${folder.path}/logs`)).toBe(false);
    expect(existsSync(`${folder.path}/p.json`)).toBe(false);
  });

  it.each([
    'SELECT 1 + 2 * 3 AS x',
    `SELECT sum(x) FILTER (x > 1) OVER (ORDER BY y) AS x FROM '${points}'`,
    `SELECT geomean(x) AS x, median(y) AS y FROM '${points}'`, // a macro, an aggregate
    `SELECT len([v FOR v IN range(3) IF v > 0]) AS x`,
    `SELECT random() AS x, CASE WHEN true THEN 1 END AS y FROM generate_series(1, 3)`,
    `SELECT x.i AS x FROM (SELECT unnest([{'i': 1}]) AS x)`,
    `SELECT count(*) AS x FROM read_text('${points}')`,
    `SELECT "x" AS x FROM read_csv(['${points}'])`,
    `SELECT x::INTEGER % 2 AS x, x BETWEEN 0 AND 1 AS y, 'a' LIKE 'b' AS z, 2 ** 3 AS u FROM '${points}'`,
    `SELECT list_sum(list(x)) AS x FROM '${points}' GROUP BY ALL HAVING count(*) > 0`,
    `SELECT quantile_cont(x, .5) AS x, epoch(DATE '2020-01-01') AS t FROM '${points}'`,
  ])('computes and reads: %s', async (query) => {
    expect((await read(query)).rows.length).toBeGreaterThan(0);
  });

  it('opens no database file, which it could write to', async () => {
    for (const name of ['a.duckdb', 'a.db', 'a.sqlite']) {
      expect(await complaint(`FROM '${name}'`)).toBe(
        `unsupported: ${name}: expected a CSV, TSV, JSON, Parquet, Arrow or npy file in a query, got a database file, ` +
          "which DuckDB would open for writing; write what is needed of it to a Parquet file first, with DuckDB's COPY",
      );
    }
  });

  it.each([
    ['hf://datasets/x.parquet', `SELECT * FROM 'hf://datasets/x.parquet'`, 'download it first'],
    ['gcs://bucket/x.csv', `SELECT * FROM read_csv('gcs://bucket/x.csv')`, 'download it first'],
    [`file://${points}`, `SELECT * FROM "file://${points}"`, 'write its path, without file://'],
  ])('asks no network: %s', async (address, query, remedy) => {
    expect(await complaint(query)).toBe(
      `unsupported: ${address}: expected a file on this machine, or at an address that begins with s3:// or https://, got an address of another kind; ${remedy}`,
    );
  });

  it('loads no extension that lies in the home folder', async () => {
    const [[version], [platform]] = await (
      await Database.open()
    ).rows('SELECT version() UNION ALL SELECT platform FROM pragma_platform()');
    const home = join(folder.path, 'home');
    const place = join(home, '.duckdb', 'extensions', String(version), String(platform));
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'spatial.duckdb_extension'), 'no extension');
    const code = `
      import { openSource } from ${JSON.stringify(join(process.cwd(), 'dist/src/sources.js'))};
      await openSource('SELECT st_point(1, 2) AS x').catch((error) => console.log(error.message));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, HOME: home },
      encoding: 'utf8',
    });
    expect(said).toContain('Scalar Function with name "st_point" is not in the catalog');
  });

  it('changes no setting, not even by a query that is bound', async () => {
    const database = await Database.open();
    await database.lock();
    await expect(database.rows('SET threads = 1')).rejects.toThrow('configuration has been locked');
  });

  it("says that DuckDB's readers have rules of their own", async () => {
    const late = folder.write('late.txt', `x\n${'1\n'.repeat(30_000)}2.5\n`);
    const source = await openSource(`SELECT x FROM read_csv('${late}')`);
    expect(source.notes).toEqual([
      "read_csv reads by DuckDB's own rules, which may round or skip what the first rows do not show; " +
        "FROM 'file' reads by otmix's",
    ]);
    expect((await openSource(`SELECT x FROM '${points}'`)).notes).toBeUndefined();
  });

  it('refuses what is nested deeper than DuckDB parses, in one line', async () => {
    expect(await complaint(`SELECT ${'abs('.repeat(5000)}1${')'.repeat(5000)} AS x`)).toMatch(
      /^option: SELECT abs.*…: expected one SELECT statement, got memory exhausted/,
    );
  });
});

describe('the files of a query', () => {
  it.each([
    `SELECT x FROM '${points}'`,
    `SELECT x FROM "${points}"`,
    `SELECT x FROM $$${points}$$`,
    `SELECT x FROM read_csv('${points}')`,
    `SELECT x FROM read_csv_auto([$$${points}$$])`,
    `SELECT x FROM '${folder.path}/point?.csv'`,
    `WITH t AS (SELECT * FROM "${points}") SELECT (SELECT max(x) FROM t) AS x`,
  ])('are found in %s', async (query) => {
    expect(await queryFiles(query)).toEqual([points]);
  });

  it('are not what is only mentioned', async () => {
    expect(await queryFiles(`SELECT '${points}' AS x -- FROM '${points}'`)).toEqual([]);
  });

  it.each(['pipe.csv', 'pipe.parquet'])('are no pipes, which would block: %s', async (name) => {
    const pipe = join(folder.path, name);
    execFileSync('mkfifo', [pipe]);
    for (const spec of [pipe, `SELECT * FROM '${pipe}'`, `SELECT * FROM read_text('${pipe}')`]) {
      expect(await complaint(spec)).toBe(
        `file: ${pipe}: expected a file, which can be read several times, got a pipe or a device; ` +
          `write it to a file, or hand it to the command as its standard input: otmix fit - < ${pipe}`,
      );
    }
  });
});

describe('an abort', () => {
  const endless = 'SELECT i FROM range(1000000000000) t(i) WHERE sqrt(i) < 0';

  it('interrupts a query that yields nothing', async () => {
    const controller = new AbortController();
    const source = await openSource(endless);
    const reading = (async () => {
      for await (const batch of source.batches(controller.signal)) expect(batch.rows).toBe(0);
    })();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 50);
    await expect(reading).rejects.toBe(reason);
  });

  it('interrupts an opening, and prevents one', async () => {
    const controller = new AbortController();
    const database = await Database.open(controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(database.rows(`SELECT count(*) FROM (${endless})`)).rejects.toThrow('enough');
    await expect(openSource(endless, { signal: controller.signal })).rejects.toThrow('enough');
  });

  it('leaves a source as good as it was', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const source = await openSource(`SELECT x FROM '${points}'`);
    await expect(source.batches(controller.signal)[Symbol.asyncIterator]().next()).rejects.toThrow('enough');
    expect((await contents(source)).rows).toEqual([[1], [3]]);
  });
});

describe('what a query spills', () => {
  it('lies in a folder of this user alone, which goes with the process', () => {
    const code = `
      import { Database } from ${JSON.stringify(join(process.cwd(), 'dist/src/data/files/duckdb.js'))};
      import { statSync } from 'node:fs';
      import { dirname } from 'node:path';
      const [[spill]] = await (await Database.open()).rows("SELECT current_setting('temp_directory')");
      console.log(JSON.stringify([dirname(spill), statSync(dirname(spill)).mode & 0o777]));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
    const [place, mode] = JSON.parse(said) as [string, number];
    expect(mode).toBe(0o700);
    expect(() => statSync(place)).toThrow('ENOENT');
  });
});
