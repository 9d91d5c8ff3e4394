/** Files at addresses, which DuckDB reads by its extension httpfs where that is installed. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../base/errors.js';
import { isAddress } from './addresses.js';
import { Database, literal } from './duckdb.js';

/** An own database that reads these files, at addresses too. Throws as `loadHttpfs` does. */
export async function databaseFor(paths: readonly string[], signal?: AbortSignal): Promise<Database> {
  const database = await Database.open(signal);
  await loadHttpfs(database, paths);
  return database;
}

/**
 * Lets a database read those of these files that lie at addresses. Its credentials are AWS_ACCESS_KEY_ID,
 * AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, its region AWS_REGION or AWS_DEFAULT_REGION, its server AWS_ENDPOINT_URL_S3 or
 * AWS_ENDPOINT_URL. Throws `InputError('unsupported')` where the extension is not there, and `InputError('option')` for a
 * server that is no address.
 */
export async function loadHttpfs(database: Database, paths: readonly string[]): Promise<void> {
  const address = paths.find(isAddress);
  if (address === undefined) return;
  const keys = secret(process.env).join(', ');
  const place = await httpfsPlace(database);
  await access(place).catch(() => {
    throw unusable(address, `none at ${place}`);
  });
  await database.rows(`LOAD ${literal(place)}`).catch((error: unknown) => {
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw unusable(address, `${place}, which does not load: ${line}`);
  });
  await database.rows(`CREATE OR REPLACE SECRET (${keys})`);
}

/** Where the extension lies: as OTMIX_HTTPFS says, else where DuckDB's own INSTALL puts it. */
export async function httpfsPlace(database: Database): Promise<string> {
  const named = process.env.OTMIX_HTTPFS;
  if (named) return named;
  const [[version, platform]] = await database.rows('SELECT version(), platform FROM pragma_platform()');
  return join(homedir(), '.duckdb', 'extensions', String(version), String(platform), 'httpfs.duckdb_extension');
}

function unusable(address: string, got: string): InputError {
  const install =
    `node -e "import('@duckdb/node-api').then(async ({ DuckDBInstance }) => ` +
    `(await (await DuckDBInstance.create()).connect()).run('INSTALL httpfs'))"`;
  return new InputError('unsupported', {
    where: address,
    expected: "DuckDB's extension httpfs, which reads addresses",
    got,
    remedy: `install it with ${install}, name it in OTMIX_HTTPFS, or download the file first`,
  });
}

/** The parts of a secret for S3, as the usual variables say. */
function secret(variables: NodeJS.ProcessEnv): string[] {
  const parts = ['TYPE s3'];
  const add = (name: string, value: string | undefined): void => {
    if (value) parts.push(`${name} ${literal(value)}`);
  };
  add('KEY_ID', variables.AWS_ACCESS_KEY_ID);
  add('SECRET', variables.AWS_SECRET_ACCESS_KEY);
  add('SESSION_TOKEN', variables.AWS_SESSION_TOKEN);
  add('REGION', variables.AWS_REGION || variables.AWS_DEFAULT_REGION);
  const name = variables.AWS_ENDPOINT_URL_S3 ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL';
  const server = variables[name];
  if (!server) return parts;
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InputError('option', {
      where: name,
      expected: 'the address of a server that speaks S3',
      got: JSON.stringify(server),
      remedy: 'write it as http://127.0.0.1:9000, or leave the variable out for Amazon',
    });
  }
  add('ENDPOINT', `${url.host}${url.pathname.replace(/\/+$/, '')}`);
  parts.push("URL_STYLE 'path'", `USE_SSL ${url.protocol === 'https:'}`);
  return parts;
}
