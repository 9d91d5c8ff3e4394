/**
 * Checks that files at addresses give what the same files here give: s3:// and http:// of a real server, by a fit, a query, a
 * cluster of processes and one of Ray. Run it by `sh scripts/with-s3.sh sh scripts/with-ray.sh node scripts/s3-check.mjs`.
 */
import { deepStrictEqual as equal, match, ok, rejects } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, finish } from './checks.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { fitMixture } = await import(join(root, 'dist/node/index.js'));
const { openSource } = await import(join(root, 'dist/node/sources.js'));
const { Database } = await import(join(root, 'dist/src/data/files/duckdb.js'));
const main = join(root, 'dist/node/cli/main.js');
const { OTMIX_PYTHON: python, OTMIX_S3RVER: s3rver, OTMIX_HTTPFS: httpfs } = process.env;
if (!python || !s3rver || !httpfs) {
  throw new Error('OTMIX_HTTPFS, OTMIX_S3RVER and OTMIX_PYTHON were expected: run it as its first lines say');
}

const scratch = mkdtempSync(join(tmpdir(), 'otmix-s3-check-'));
const port = await freePort();
const server = spawn(
  process.execPath,
  [s3rver, '-d', join(scratch, 'server'), '-a', '127.0.0.1', '-p', port, '--configure-bucket', 'data', '--silent'],
  { stdio: 'ignore' },
);
Object.assign(process.env, {
  ...{ AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER', AWS_REGION: 'us-east-1' },
  AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
});

const options = { components: 3, maxIterations: 12, tolerance: 0, seed: 1, restarts: 1 };

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(String(port)));
    });
  });
}

/** Writes files here, and the same through DuckDB to the server, once that answers. */
async function writeData() {
  const database = await Database.open();
  await database.rows(`LOAD '${httpfs}'`);
  await database.rows(
    `CREATE SECRET (TYPE s3, KEY_ID 'S3RVER', SECRET 'S3RVER', ENDPOINT '127.0.0.1:${port}', URL_STYLE 'path', USE_SSL false, REGION 'us-east-1')`,
  );
  mkdirSync(join(scratch, 'here'));
  for (const [name, rows, format] of [
    ['a.parquet', 20_000, 'PARQUET, ROW_GROUP_SIZE 4096'],
    ['b.parquet', 5000, 'PARQUET'],
    ['c.csv', 500, 'CSV'],
  ]) {
    const here = join(scratch, 'here', name);
    const columns = `hash(range) % 1000 / 250 + range % 3 * 7 AS x, hash(range + 9) % 1000 / 500 - range % 3 AS y`;
    await database.rows(`COPY (SELECT ${columns} FROM range(${rows})) TO '${here}' (FORMAT ${format})`);
    const reader = name.endsWith('csv') ? 'read_csv' : 'read_parquet';
    await untilAnswered(() =>
      database.rows(`COPY (FROM ${reader}('${here}')) TO 's3://data/rows/${name}' (FORMAT ${format})`),
    );
  }
}

/** Tries again while no server listens, for half a minute. */
async function untilAnswered(ask) {
  for (const end = Date.now() + 30_000; ;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end || server.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function bitsOf(spec, more = {}) {
  const { mixture, objective, criteria } = await fitMixture(await openSource(spec), { ...options, ...more });
  return JSON.stringify({ model: { ...mixture.toJSON(), provenance: undefined }, objective, criteria });
}

/** Runs the command; what it says must be one line without a trace. */
function refused(args, env = {}) {
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  equal(status, 2, `${args.join(' ')}: ended with ${status}, not 2: ${stderr}`);
  equal(stderr.trimEnd().split('\n').length, 1, stderr);
  return stderr;
}

const here = (name) => join(scratch, 'here', name);
const clusterOf = (address) => ({
  address,
  workers: 2,
  unitRows: 4096,
  python,
  command: [process.execPath, main, 'worker'],
});

try {
  await writeData();
  await check('a file at s3:// gives the same bits', async () =>
    equal(await bitsOf('s3://data/rows/a.parquet'), await bitsOf(here('a.parquet'))),
  );
  await check('so does a glob', async () =>
    equal(await bitsOf('s3://data/rows/*.parquet'), await bitsOf(here('*.parquet'))),
  );
  await check('so does a file at http://, whatever is asked of it', async () =>
    equal(await bitsOf(`http://127.0.0.1:${port}/data/rows/a.parquet?of=here`), await bitsOf(here('a.parquet'))),
  );
  await check('so does a query', async () =>
    equal(
      await bitsOf(`SELECT y, x FROM 's3://data/rows/a.parquet' WHERE x < 9`),
      await bitsOf(`SELECT y, x FROM '${here('a.parquet')}' WHERE x < 9`),
    ),
  );
  await check("text is read by DuckDB's reader where that is asked for, and said to be", async () => {
    const source = await openSource(`FROM read_csv('s3://data/rows/c.csv')`);
    equal(source.columns, ['x', 'y']);
    match(String(source.notes), /read_csv reads by DuckDB's own rules/);
    equal(await bitsOf(`FROM read_csv('s3://data/rows/c.csv')`), await bitsOf(here('c.csv')));
  });
  const divided = await bitsOf(here('*.parquet'), { cluster: clusterOf('processes') });
  await check('workers in processes read it to the same bits as files here', async () =>
    equal(await bitsOf('s3://data/rows/*.parquet', { cluster: clusterOf('processes') }), divided),
  );
  await check('so do workers on Ray', async () =>
    equal(await bitsOf('s3://data/rows/*.parquet', { cluster: clusterOf('local') }), divided),
  );
  await check('a file that is replaced during a fit is an error that names it', async () => {
    let replaced = false;
    const replace = () => {
      if (replaced) return;
      replaced = true;
      const [old, other] = ['a', 'b'].map((name) => join(scratch, `server/data/rows/${name}.parquet._S3rver_object`));
      copyFileSync(other, old);
      utimesSync(old, 1, 1);
    };
    const cluster = clusterOf('processes');
    const fit = fitMixture(await openSource('s3://data/rows/a.parquet'), {
      ...options,
      cluster,
      onProgress: replace,
    });
    await rejects(fit, /s3:\/\/data\/rows\/a\.parquet: expected the file that the fit began with/);
    ok(replaced);
  });
  await check('the command says in one line what a server, a key, a file or the extension lacks', () => {
    const fit = (source) => ['fit', source, '-k', '2', '-q'];
    match(refused(fit('s3://data/rows/none.parquet')), /expected a file that a server gives.*404.*check the address/);
    match(
      refused(fit('s3://data/none-*.parquet')),
      /expected at least one file that matches, got none; check the pattern/,
    );
    const wrong = { AWS_ACCESS_KEY_ID: 'nobody' };
    match(refused(fit('s3://data/rows/b.parquet'), wrong), /403.*check AWS_ACCESS_KEY_ID/);
    const nobody = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
    match(refused(fit('s3://data/rows/b.parquet'), nobody), /check the address and the network/);
    match(refused(fit('s3://data/rows/b.parquet'), { AWS_ENDPOINT_URL_S3: 'here' }), /AWS_ENDPOINT_URL_S3: expected/);
    match(
      refused(fit('s3://data/rows/b.parquet'), { OTMIX_HTTPFS: '/none' }),
      /expected DuckDB's extension httpfs, which reads addresses, got none at \/none; install it with node -e/,
    );
  });
} finally {
  server.kill();
  rmSync(scratch, { recursive: true, force: true });
}
finish();
