import { describe, expect, it } from 'vitest';
import { openSource } from '../../../src/sources.js';
import { complaint, contents, read, temporaryFolder } from './folder.js';

const folder = temporaryFolder();

interface Array_ {
  readonly descr?: string;
  readonly fortran?: boolean;
  readonly shape?: string;
  readonly version?: 1 | 2 | 3;
  readonly padding?: number;
}

/** An npy file as numpy writes it. */
function npy(
  data: Uint8Array,
  { descr = "'<f8'", fortran = false, shape = '(2, 3)', version = 1, padding = 64 }: Array_,
) {
  const lead = version === 1 ? 10 : 12;
  let header = `{'descr': ${descr}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  header = header.padEnd(Math.ceil((lead + header.length + 1) / padding) * padding - lead - 1) + '\n';
  const start = Buffer.alloc(lead);
  start.write('\x93NUMPY', 'latin1');
  start[6] = version;
  if (version === 1) start.writeUInt16LE(header.length, 8);
  else start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), data]);
}

const bytes = (array: { buffer: ArrayBuffer }) => new Uint8Array(array.buffer);
const doubles = (...values: number[]) => bytes(new Float64Array(values));
const ROWS = [
  [1, 2, 3],
  [4, 5, 6],
];

describe('npy', () => {
  it('reads a matrix, and knows its number of rows', async () => {
    const source = await openSource(folder.write('a.npy', npy(doubles(1, 2, 3, 4, 5, 6), {})));
    expect(source.rows).toBe(2);
    expect(await contents(source)).toMatchObject({ columns: ['x0', 'x1', 'x2'], rows: ROWS });
    expect(await contents(source)).toMatchObject({ rows: ROWS });
  });

  it('reads columns by name, a weight among them', async () => {
    const path = folder.write('a.npy', npy(doubles(1, 2, 3, 4, 5, 6), {}));
    expect(await read(path, { columns: ['x2'], weight: 'x0' })).toMatchObject({ rows: [[3], [6]], weights: [1, 4] });
    expect(await complaint(path, { columns: ['x3'] })).toBe(
      `option: columns: expected columns of ${path}, got "x3"; did you mean x0? it has x0, x1, x2`,
    );
  });

  it('reads Fortran order', async () => {
    const path = folder.write('f.npy', npy(doubles(1, 4, 2, 5, 3, 6), { fortran: true }));
    expect((await read(path)).rows).toEqual(ROWS);
    expect((await read(path, { columns: ['x1'] })).rows).toEqual([[2], [5]]);
  });

  it('reads a vector as one column', async () => {
    const path = folder.write('v.npy', npy(doubles(1, 2, 3), { shape: '(3,)', fortran: true }));
    expect(await read(path)).toMatchObject({ columns: ['x0'], rows: [[1], [2], [3]] });
  });

  it.each([
    ['<f4', bytes(new Float32Array([1, 2, 3, 4, 5, 6]))],
    ['<f2', bytes(new Uint16Array([0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600]))],
    ['|i1', bytes(new Int8Array([1, 2, 3, 4, 5, 6]))],
    ['|u1', bytes(new Uint8Array([1, 2, 3, 4, 5, 6]))],
    ['<i2', bytes(new Int16Array([1, 2, 3, 4, 5, 6]))],
    ['<u2', bytes(new Uint16Array([1, 2, 3, 4, 5, 6]))],
    ['<i4', bytes(new Int32Array([1, 2, 3, 4, 5, 6]))],
    ['<u4', bytes(new Uint32Array([1, 2, 3, 4, 5, 6]))],
    ['<i8', bytes(new BigInt64Array([1n, 2n, 3n, 4n, 5n, 6n]))],
    ['<u8', bytes(new BigUint64Array([1n, 2n, 3n, 4n, 5n, 6n]))],
    ['>f8', Buffer.from(doubles(1, 2, 3, 4, 5, 6)).swap64()],
    ['>f4', Buffer.from(bytes(new Float32Array([1, 2, 3, 4, 5, 6]))).swap32()],
    ['>i2', Buffer.from(bytes(new Int16Array([1, 2, 3, 4, 5, 6]))).swap16()],
    ['>i8', Buffer.from(bytes(new BigInt64Array([1n, 2n, 3n, 4n, 5n, 6n]))).swap64()],
  ])('reads %s', async (descr, data) => {
    expect((await read(folder.write('t.npy', npy(data, { descr: `'${descr}'` })))).rows).toEqual(ROWS);
  });

  it('reads booleans, negative numbers and what is not finite', async () => {
    const flags = folder.write('b.npy', npy(new Uint8Array([1, 0, 0, 1]), { descr: "'|b1'", shape: '(2, 2)' }));
    expect((await read(flags)).rows).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const values = [-1.5, NaN, Infinity, -Infinity, 5e-324, -0];
    const path = folder.write('n.npy', npy(doubles(...values), { shape: '(6, 1)' }));
    expect((await read(path)).rows).toEqual(values.map((value) => [value]));
    const halves = npy(bytes(new Uint16Array([0xfc00, 0x7e00, 0x8001, 0xc000])), { descr: "'<f2'", shape: '(4,)' });
    expect((await read(folder.write('h.npy', halves))).rows).toEqual([[-Infinity], [NaN], [-(2 ** -24)], [-2]]);
  });

  it('reads the fields of structured arrays as columns, whatever lies between them', async () => {
    const record = Buffer.alloc(16);
    const rows = [
      [1, 2, 3],
      [-4, 0.5, 1],
    ].map(([a, b, c]) => {
      record.writeInt16BE(a, 0);
      record.writeDoubleLE(b, 5);
      record.writeUInt8(c, 13);
      return Buffer.from(record);
    });
    const descr = "[('a', '>i2'), ('', '|V3'), ('b \\'s', '<f8'), ('c', '|u1'), ('', '|V2')]";
    const path = folder.write('structured.npy', npy(Buffer.concat(rows), { descr, shape: '(2,)' }));
    const source = await openSource(path);
    expect(source.rows).toBe(2);
    expect(await contents(source)).toMatchObject({ columns: ['a', "b 's", 'c'], rows: [[1, 2, 3], [-4, 0.5, 1]] }); // prettier-ignore
    expect((await read(path, { columns: ['c'], weight: 'a' })).weights).toEqual([1, -4]);
    expect((await read(`SELECT c, a FROM '${path}'`)).rows).toEqual([[3, 1], [1, -4]]); // prettier-ignore
  });

  it('counts durations in their unit, with a note', async () => {
    const data = new BigInt64Array([1500n, -(2n ** 63n), -3n, 7n]);
    const path = folder.write('durations.npy', npy(bytes(data), { descr: "'<m8[ms]'", shape: '(2, 2)' }));
    const source = await openSource(path, { columns: ['x0'] });
    expect((await contents(source)).rows).toEqual([[1500], [-3]]);
    expect(source.notes).toEqual(['the column x0 holds durations: they count as numbers of milliseconds']);
    expect((await read(path)).rows[0]).toEqual([1500, NaN]);
  });

  it.each([
    ['version 2', { version: 2 } as const],
    ['version 3', { version: 3 } as const],
    ['an old padding of 16', { padding: 16 }],
    ['no padding', { padding: 1 }],
  ])('reads a header with %s', async (_, options) => {
    expect((await read(folder.write('header.npy', npy(doubles(1, 2, 3, 4, 5, 6), options)))).rows).toEqual(ROWS);
  });

  it.each([false, true])('reads batch by batch (Fortran order: %s)', async (fortran) => {
    const n = 150_000;
    const values = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      values[fortran ? i : 2 * i] = i;
      values[fortran ? n + i : 2 * i + 1] = -i;
    }
    const path = folder.write('long.npy', npy(bytes(values), { descr: "'<f4'", shape: `(${n}, 2)`, fortran }));
    const { rows, sizes } = await read(path);
    expect(sizes).toEqual([65_536, 65_536, 18_928]);
    expect(rows.every(([x, y], i) => x === i && y === -i)).toBe(true);
    expect((await read(path, { every: 1000 })).rows).toEqual(
      Array.from({ length: 150 }, (_, i) => [i * 1000, -i * 1000]),
    );
  });

  it('reads wide arrays in batches of fewer rows', async () => {
    const [n, d] = [50, 200_000];
    const path = folder.write(
      'wide.npy',
      npy(new Uint8Array(n * d).fill(7), { descr: "'|u1'", shape: `(${n}, ${d})` }),
    );
    let rows = 0;
    for await (const batch of (await openSource(path)).batches()) {
      expect(batch.rows).toBeLessThanOrEqual(20);
      expect(batch.values).toHaveLength(batch.rows * d);
      rows += batch.rows;
    }
    expect(rows).toBe(n);
  });

  const bad: [string, Buffer, string][] = [
    [
      'another magic word',
      Buffer.from('PK\x03\x04 zipped'),
      'a NumPy file, which begins with \\x93NUMPY, got "PK\\u0003\\u0004 z"',
    ],
    ['a truncated file', npy(doubles(1, 2, 3, 4, 5), {}), '48 bytes of numbers (2 × 3), got 40'],
    ['no numbers at all', npy(new Uint8Array(0), {}), '48 bytes of numbers (2 × 3), got 0'],
    [
      'three dimensions',
      npy(doubles(1), { shape: '(1, 1, 1)' }),
      'an array of one or two dimensions, got shape (1, 1, 1)',
    ],
    ['no dimension', npy(doubles(1), { shape: '()' }), 'an array of one or two dimensions, got shape ()'],
    ['no columns', npy(doubles(), { shape: '(3, 0)' }), 'at least one column, got shape (3, 0)'],
    ['no rows', npy(doubles(), { shape: '(0, 3)' }), 'at least one row, got no rows'],
    ...[
      ["'|O'", 'array.astype("float64")'],
      ["'<c16'", 'array.view("float64").reshape(len(array), -1)'],
      ["'<c8'", 'array.view("float32").reshape(len(array), -1)'],
      ["'<U5'", 'array.astype("float64")'],
      ["'|S3'", 'array.astype("float64")'],
      ["'<M8[ns]'", 'array.astype("float64")'],
      ["'<m8'", 'array.astype("float64")'],
      ["'<f16'", 'array.astype("float64")'],
      ["[('a', '<f8', (2,))]", 'numpy.lib.recfunctions.structured_to_unstructured(array)'],
      ["[('a', [('b', '<f8')])]", 'numpy.lib.recfunctions.structured_to_unstructured(array)'],
    ].map(([descr, conversion]): [string, Buffer, string] => [
      `dtype ${descr}`,
      npy(new Uint8Array(96), { descr, shape: '(2,)' }),
      'numbers, booleans or durations (f2, f4, f8, i1 … i8, u1 … u8, b1, m8 with a unit), ' +
        `got dtype ${descr}; convert it with ${conversion} and write it with numpy.save`,
    ]),
  ];

  it.each(bad)('refuses %s', async (_, data, message) => {
    const path = folder.write('bad.npy', data);
    const remedies = [
      '',
      '; write it with numpy.save',
      '; write or download it again',
      '; reshape it to rows × columns',
      '; check how it was written',
    ];
    expect(remedies.map((remedy) => `format: ${path}: expected ${message}${remedy}`)).toContain(await complaint(path));
  });

  it('refuses a header cut short', async () => {
    const path = folder.write('bad.npy', npy(doubles(1), {}).subarray(0, 30));
    expect(await complaint(path)).toMatch(/^format: .*bad\.npy: expected .*, got .*; /);
  });

  it('notices a file that shrinks while it is open', async () => {
    const whole = npy(doubles(1, 2, 3, 4, 5, 6), {});
    const path = folder.write('shrinking.npy', whole);
    const source = await openSource(path);
    folder.write('shrinking.npy', whole.subarray(0, whole.length - 4));
    await expect(contents(source)).rejects.toThrow(
      `${path}: expected 48 bytes of numbers (2 × 3), got 44; write or download it again`,
    );
  });
});
