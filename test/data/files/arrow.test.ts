import { readFileSync } from 'node:fs';
import {
  Bool,
  DateDay,
  Decimal,
  Dictionary,
  Float16,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  RecordBatchStreamWriter,
  Table,
  TimestampMicrosecond,
  Uint64,
  Uint8,
  Utf8,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, read, temporaryFolder, vega } from './folder.js';
import { pyarrow } from './pyarrow.js';
import { asLevels } from './remedies.js';

const folder = temporaryFolder();
const hasZstd = 'zstdDecompressSync' in (await import('node:zlib'));

function numbers(): Table {
  return new Table({
    f8: vectorFromArray([0.1, null, -Infinity, NaN], new Float64()),
    f4: vectorFromArray([0.5, 1.5, null, 2.5], new Float32()),
    f2: vectorFromArray([0.5, null, 1.5, 65504], new Float16()),
    i2: vectorFromArray([-3, null, 4, 5], new Int16()),
    i8: vectorFromArray([2n ** 53n, null, -1n, 7n], new Int64()),
    u8: vectorFromArray([2n ** 63n, 1n, null, 2n], new Uint64()),
    u1: vectorFromArray([255, 0, 1, null], new Uint8()),
    b: vectorFromArray([true, false, null, true], new Bool()),
    d: vectorFromArray([1.5, null, 2.5, 1.5], new Dictionary(new Float64(), new Int32())),
  });
}

const NUMBERS = [
  [0.1, 0.5, 0.5, -3, 2 ** 53, 2 ** 63, 255, 1, 1.5],
  [NaN, 1.5, NaN, NaN, NaN, 1, 0, 0, NaN],
  [-Infinity, NaN, 1.5, 4, -1, NaN, 1, NaN, 2.5],
  [NaN, 2.5, 65504, 5, 7, 2, NaN, 1, 1.5],
];

describe('Arrow', () => {
  it.each([
    ['numbers.arrow', 'file', 4],
    ['numbers.feather', 'file', 4],
    ['numbers.ipc', 'stream', undefined],
    ['numbers.arrow', 'stream', undefined],
  ] as const)('reads every numeric type from %s, a %s', async (name, format, rows) => {
    const source = await openSource(folder.write(name, tableToIPC(numbers(), format)));
    expect(source.rows).toBe(rows);
    expect((await contents(source)).rows).toEqual(NUMBERS);
    expect((await contents(source)).rows).toEqual(NUMBERS);
  });

  it('reads decimals', async () => {
    const vector = vectorFromArray(
      [new Uint32Array([1250, 0, 0, 0]), new Uint32Array(4).fill(2 ** 32 - 1)],
      new Decimal(2, 9, 128),
    );
    const path = folder.write('decimals.arrow', tableToIPC(new Table({ d: vector }), 'file'));
    expect((await read(path)).rows).toEqual([[12.5], [-0.01]]);
  });

  it('reads many record batches', async () => {
    const batches = Array.from({ length: 5 }, (_, i) => {
      const rows = i === 2 ? 70_000 : 10;
      return new Table({ x: vectorFromArray(new Float64Array(rows).fill(i)) });
    });
    const writer = RecordBatchStreamWriter.writeAll(batches.flatMap((table) => table.batches));
    const stream = folder.write('many.ipc', await writer.toUint8Array());
    const file = folder.write('many.arrow', tableToIPC(batches[0].concat(...batches.slice(1)), 'file'));
    expect((await openSource(file)).rows).toBe(70_040);
    for (const path of [stream, file]) {
      const { rows, sizes } = await read(path, { every: 10 });
      expect(rows).toHaveLength(7004);
      expect(rows.map(([x]) => x)).toEqual([0, 1, ...new Array<number>(7000).fill(2), 3, 4]);
      expect(sizes).toEqual([7004]);
    }
  });

  it('reads what pyarrow compresses with LZ4', async () => {
    const source = await openSource(folder.write('lz4.feather', pyarrow.lz4));
    expect(source.rows).toBe(1000);
    const expected = Array.from({ length: 1000 }, (_, i) => [i % 5, i % 10 === 0 ? NaN : (i % 4) * 0.25]);
    expect((await contents(source)).rows).toEqual(expected);
  });

  it('reads what pyarrow compresses with Zstandard, where Node can', async () => {
    const path = folder.write('zstd.feather', pyarrow.zstd);
    if (hasZstd) expect((await read(path)).rows).toEqual((await read(folder.write('l.arrow', pyarrow.lz4))).rows);
    else {
      expect(await complaint(path)).toBe(
        `unsupported: ${path}: expected compression this version of Node can undo, got Zstandard; ` +
          'write it uncompressed or with lz4, or use Node 22.15 or later',
      );
    }
  });

  it('lists what is not numeric', async () => {
    const table = new Table({
      s: vectorFromArray(['x'], new Utf8()),
      x: vectorFromArray([1], new Float64()),
      t: vectorFromArray([0], new TimestampMicrosecond()),
      day: vectorFromArray([0], new DateDay()),
      c: vectorFromArray(['x'], new Dictionary(new Utf8(), new Int32())),
    });
    const path = folder.write('types.arrow', tableToIPC(table, 'file'));
    expect(await complaint(path)).toBe(
      `format: ${path}: expected numeric columns, got s (Utf8), t (Timestamp), day (Date), c (Dictionary); ` +
        'choose numeric ones with --columns x, or make a number of a time with a query such as ' +
        `SELECT epoch(t) AS t FROM '${path}', or ${asLevels}`,
    );
    expect((await read(`SELECT epoch(t) AS t FROM '${path}'`)).rows).toEqual([[0]]);
  });

  it('reads files that a glob matches as one, if their columns agree', async () => {
    const table = (columns: Record<string, number[]>) =>
      tableToIPC(
        new Table(Object.fromEntries(Object.entries(columns).map(([k, v]) => [k, vectorFromArray(v, new Float64())]))),
        'file',
      );
    folder.write('glob-1.arrow', table({ a: [1], b: [2] }));
    folder.write('glob-2.arrow', table({ a: [3, 5], b: [4, 6] }));
    const source = await openSource(`${folder.path}/glob-*.arrow`);
    expect(source.rows).toBe(3);
    expect((await contents(source)).rows).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect((await read(`SELECT sum(a) AS s FROM '${folder.path}/glob-*.arrow'`)).rows).toEqual([[9]]);
    folder.write('glob-3.arrow', table({ a: [1], c: [2] }));
    expect(await complaint(`${folder.path}/glob-*.arrow`)).toBe(
      `format: ${folder.path}/glob-*.arrow: expected numeric columns, got ` +
        `b (Float in ${folder.path}/glob-1.arrow, absent in ${folder.path}/glob-3.arrow), ` +
        `c (Float in ${folder.path}/glob-3.arrow, absent in ${folder.path}/glob-1.arrow); ` +
        'choose numeric ones with --columns a',
    );
  });

  it('refuses no rows', async () => {
    const empty = new Table({ x: vectorFromArray([], new Float64()) });
    const path = folder.write('none.arrow', tableToIPC(empty, 'file'));
    expect(await complaint(path)).toBe(
      `format: ${path}: expected at least one row, got no rows; check how it was written`,
    );
  });

  it('refuses a file cut short', async () => {
    const bytes = readFileSync(vega('flights-200k.arrow'));
    const path = folder.write('cut.arrow', bytes.subarray(0, 1_000_000));
    expect(await complaint(path)).toBe(
      `format: ${path}: expected a complete Arrow file, got one without its end; write or download it again`,
    );
  });

  it('refuses a stream cut short, in a batch or in the schema', async () => {
    const bytes = tableToIPC(new Table({ x: vectorFromArray(new Float64Array(1000)) }), 'stream');
    for (const length of [bytes.length - 4000, 40]) {
      const path = folder.write('cut.ipc', bytes.subarray(0, length));
      expect(await complaint(path)).toMatch(
        /^format: .*cut\.ipc: expected a well-formed Arrow file or stream, got .*; write or download it again$/,
      );
    }
  });

  it.each([
    ['text', 'this is no Arrow file at all, whatever its name says'],
    ['a short text', 'hi'],
    ['a footer that points nowhere', `ARROW1\0\0${'\xff'.repeat(40)}ARROW1`],
    ['a damaged footer', `ARROW1\0\0${'\x07'.repeat(400)}\x90\x01\x00\x00ARROW1`],
  ])('refuses %s', async (_, text) => {
    const path = folder.write('junk.arrow', Buffer.from(text, 'latin1'));
    expect(await complaint(path)).toMatch(
      /^format: .*junk\.arrow: expected .* Arrow file or stream, got .*; write or download it again$/,
    );
  });

  it('refuses Feather V1', async () => {
    const path = folder.write('v1.feather', 'FEA1\0\0\0\0......FEA1');
    expect(await complaint(path)).toBe(
      `unsupported: ${path}: expected an Arrow file or stream, got Feather V1; write it as Feather V2`,
    );
  });

  it('reads flights-200k.arrow', async () => {
    const { columns, rows, sizes } = await read(vega('flights-200k.arrow'));
    expect(columns).toEqual(['delay', 'distance', 'time']);
    expect(rows).toHaveLength(200_000);
    expect(sizes).toEqual([65_536, 65_536, 65_536, 3392]);
    expect(rows[1]).toEqual([171, 2227, 0]);
  });
});
