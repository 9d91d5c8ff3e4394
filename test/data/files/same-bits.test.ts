/** One model, to the last bit, whatever its rows come in. */
import { Float64, Table, tableFromIPC, tableToIPC, vectorFromArray } from 'apache-arrow';
import { dump } from 'npyjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitMixture, type DataInput } from '../../../src/index.js';
import { seededRandom } from '../../../src/base/random.js';
import { openSource } from '../../../src/sources.js';
import { contents, temporaryFolder } from './folder.js';
import { parquet } from './parquet-file.js';
import { toSource } from '../../../src/data/input.js';

const folder = temporaryFolder();

/** Numbers of all 53 bits, about two centres and of unlike size. */
const { x, y } = (() => {
  const random = seededRandom(7);
  const draw = (i: number): number => (i % 2 ? 3 : -1) + random.normal();
  const column = (scale: number): number[] => Array.from({ length: 200 }, (_, i) => scale * draw(i));
  return { x: column(1e-7), y: column(12_345.678) };
})();

const lines = (cut: string): string => `x${cut}y\n${x.map((value, i) => `${value}${cut}${y[i]}\n`).join('')}`;
const records = x.map((value, i) => ({ x: value, y: y[i] }));
const arrow = tableToIPC(
  new Table({ x: vectorFromArray(x, new Float64()), y: vectorFromArray(y, new Float64()) }),
  'file',
);

async function summary(data: DataInput): Promise<unknown> {
  const { mixture, objective } = await fitMixture(data, { components: 2, backend: 'wasm', threads: 1 });
  return { weights: mixture.weights, means: mixture.means, covariances: mixture.covariances, objective };
}

describe('the same rows are the same model to the last bit', () => {
  let expected: unknown;
  let csv: string;
  beforeAll(async () => {
    expected = await summary(x.map((value, i) => [value, y[i]]));
    csv = folder.write('rows.csv', lines(','));
  });

  const sources: readonly (readonly [string, () => DataInput | Promise<DataInput>])[] = [
    ['CSV', () => openSource(csv)],
    ['TSV', () => openSource(folder.write('rows.tsv', lines('\t')))],
    ['JSON', () => openSource(folder.write('rows.json', JSON.stringify(records)))],
    ['JSON lines', () => openSource(folder.write('rows.jsonl', records.map((row) => JSON.stringify(row)).join('\n')))],
    [
      'Parquet',
      async () =>
        openSource(
          await parquet(folder.write('rows.parquet', ''), `SELECT x::DOUBLE AS x, y::DOUBLE AS y FROM '${csv}'`),
        ),
    ],
    ['Arrow', () => openSource(folder.write('rows.arrow', arrow))],
    [
      '.npy',
      () => {
        const values = Float64Array.from({ length: 2 * x.length }, (_, i) => (i % 2 ? y : x)[i >> 1]);
        return openSource(folder.write('rows.npy', new Uint8Array(dump(values, [x.length, 2]))));
      },
    ],
    ['SQL over CSV', () => openSource(`SELECT x, y FROM '${csv}'`)],
    ['SQL over Arrow', () => openSource(`SELECT * FROM '${folder.write('sql.arrow', arrow)}'`)],
    ['records', () => records],
    ['an Arrow table', () => tableFromIPC(arrow)],
  ];

  it.each(sources)('%s', async (_, open) => {
    const data = await open();
    expect((await contents(toSource(data))).rows).toEqual(x.map((value, i) => [value, y[i]]));
    expect(await summary(data)).toEqual(expected);
  });
});
