import type * as Modules from 'node:module';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { dump } from 'npyjs';
import { describe, expect, it, vi } from 'vitest';
import { complaint, read, temporaryFolder } from './folder.js';

const folder = temporaryFolder();

vi.mock('node:module', async (original) => {
  const actual = await original<typeof Modules>();
  const createRequire: typeof actual.createRequire = (from) => {
    const require = actual.createRequire(from);
    const load = (name: string): unknown => {
      if (name === '@duckdb/node-api') throw new Error('no prebuilt library for this platform');
      return require(name);
    };
    return Object.assign(load, require);
  };
  return Object.assign({}, actual, { createRequire });
});

describe('without @duckdb/node-api', () => {
  it.each([folder.write('x.json', '[]'), folder.write('x.parquet', 'x'), 'SELECT 1 AS a', `${folder.path}/*.npy`])(
    'says what is missing to read %s',
    async (spec) => {
      expect(await complaint(spec)).toBe(
        'unsupported: @duckdb/node-api: expected this optional dependency, which reads JSON, Parquet, ' +
          'globs and SQL, got none that loads on this platform; ' +
          'install it with npm install @duckdb/node-api, or use a .csv, .arrow or .npy file',
      );
    },
  );

  it('reads text, Arrow and npy files', async () => {
    expect((await read(folder.write('x.csv', 'a\n1\n2\n'))).rows).toEqual([[1], [2]]);
    const arrow = folder.write('x.arrow', tableToIPC(tableFromArrays({ a: new Float64Array([1, 2]) }), 'file'));
    expect((await read(arrow)).rows).toEqual([[1], [2]]);
    const npy = folder.write('x.npy', new Uint8Array(dump(new Float64Array([1, 2]), [2])));
    expect((await read(npy)).rows).toEqual([[1], [2]]);
  });
});
