/** Addresses as far as no network is asked; `scripts/s3-check.mjs` has the rest, with a server. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isAddress } from '../../../src/data/files/addresses.js';
import { pathList } from '../../../src/data/files/duckdb.js';
import { formatOf } from '../../../src/data/files/paths.js';
import { complaint } from './folder.js';

afterEach(() => void vi.unstubAllEnvs());

test('addresses are those of S3 and of the web', () => {
  expect(['s3://b/k', 'http://h/p', 'HTTPS://h/p'].map(isAddress)).toEqual([true, true, true]);
  expect(['s3:/b', 'hf://d/x', 'https.csv', '/data/s3://x'].map(isAddress)).toEqual([false, false, false, false]);
});

test('the format of an address is that of its path', () => {
  expect(formatOf('https://h/rows.parquet?token=a.csv#top')).toBe('parquet');
  expect(formatOf('s3://b/rows.parquet')).toBe('parquet');
  expect(formatOf('https://h/rows?name=a.parquet')).toBe(undefined);
});

test('what is asked of an address is no pattern, and a name in S3 is taken literally', () => {
  expect(pathList(['https://h/a.parquet?of=[1]', 's3://b/[1].parquet'])).toBe(
    "['https://h/a.parquet?of=[1]', 's3://b/[[]1].parquet']",
  );
});

describe('one line says', () => {
  test.each([
    [
      's3://b/x.arrow',
      'unsupported: s3://b/x.arrow: expected a file that ends in .parquet at an address, got a file of arrow; download it first',
    ],
    [
      'https://h/x.jsonl',
      `unsupported: https://h/x.jsonl: expected a file that ends in .parquet at an address, got a file of json; read it by DuckDB's rules, as "FROM read_json('https://h/x.jsonl')", or download it first`,
    ],
    [
      'https://h/x',
      `unsupported: https://h/x: expected a file that ends in .parquet at an address, got another name; read it by DuckDB's rules, as "FROM read_parquet('https://h/x')", or download it first`,
    ],
    [
      "SELECT x FROM 's3://b/x.csv'",
      `unsupported: s3://b/x.csv: expected a file that ends in .parquet at an address, got a file of csv; read it by DuckDB's rules, as "FROM read_csv('s3://b/x.csv')", or download it first`,
    ],
  ])('what to do about %s', async (spec, line) => {
    expect(await complaint(spec)).toBe(line);
  });

  test.each(['s3://b/x.parquet', 's3://b/*.parquet', "SELECT x FROM read_csv('https://h/x.csv')"])(
    'that the extension is missing: %s',
    async (spec) => {
      vi.stubEnv('OTMIX_HTTPFS', '/none/httpfs.duckdb_extension');
      expect(await complaint(spec)).toMatch(
        /^unsupported: \S+: expected DuckDB's extension httpfs, which reads addresses, got none at \/none\/httpfs.duckdb_extension; install it with node -e /,
      );
    },
  );

  test('that what is called the extension is none', async () => {
    vi.stubEnv('OTMIX_HTTPFS', process.execPath);
    expect(await complaint('s3://b/x.parquet')).toContain(`got ${process.execPath}, which does not load: `);
  });

  test('that a server of S3 is no address', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'here');
    expect(await complaint('s3://b/x.parquet')).toBe(
      'option: AWS_ENDPOINT_URL_S3: expected the address of a server that speaks S3, got "here"; write it as http://127.0.0.1:9000, or leave the variable out for Amazon',
    );
  });
});
