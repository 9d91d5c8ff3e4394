/** Rows that are read once lie as they came and are encoded by the threads: they say the same, bit for bit. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { columnKernel } from '../../kernels/simd/column-kernel.js';
import { simdModule } from '../../kernels/simd/module.js';
import type { RowBlock } from '../../kernels/simd/rows.js';
import { KeptBlocks } from '../../src/data/kept.js';
import { seededRandom } from '../../src/base/random.js';
import type { Column, Columns, Encoding } from '../../src/sweep/encode.js';
import { encodedBlock, rawBlock } from '../../src/sweep/simd/rows.js';
import { MemoryRows } from '../../src/sweep/simd/memory.js';
import { SimdShard } from '../../src/sweep/simd/shard.js';
import { taskForce } from '../../src/threads/pool.js';
import { requestsOf } from './joint.js';

const rows = 2 * 1024 + 77;

const layouts: Readonly<Record<string, (values: Float64Array, d: number) => readonly Column[]>> = {
  'a matrix of float32': (values, d) => matrix(Float32Array.from(values), d),
  'a matrix of float64': (values, d) => matrix(values, d),
  'a matrix of wider rows': (values, d) =>
    matrix(values, d).map(({ values: all, start }) => ({ values: all, start: start + 1, stride: d + 1 })),
  'separate columns': (values, d) =>
    Array.from({ length: d }, (_, j) => ({ values: values.slice(j * rows, (j + 1) * rows), start: 0, stride: 1 })),
};

function matrix(values: Column['values'], d: number): readonly Column[] {
  return Array.from({ length: d }, (_, start) => ({ values, start, stride: d }));
}

describe.each(Object.entries(layouts))('%s', (_, layout) => {
  test.each([1, 3, 16, 70])('of %d columns', async (d) => {
    const random = seededRandom(d);
    const values = Float64Array.from({ length: rows * (d + 1) }, () => 1e3 + 2 * random.normal());
    const block: Columns = { rows, columns: layout(values, d) };
    const encoding: Encoding = {
      shift: new Float64Array(d).fill(1e3),
      scale: new Float64Array(d).fill(2),
      weightUnit: 1,
    };
    const tiles = encodedBlock(0, block, encoding, await columnKernel());
    const raw = rawBlock(0, new KeptBlocks().keep(block), encoding);
    expect(await said(raw, d)).toEqual(await said(tiles, d));
  });
});

/** What a model of two components says of all rows, their moments under it, and the first and last rows. */
async function said(block: RowBlock, d: number): Promise<unknown[]> {
  const shard = new SimdShard(d, new MemoryRows(d, [block]), taskForce(1, await simdModule('simd')));
  const said: unknown[] = [await shard.take([0, 40, rows - 1])];
  const [request] = requestsOf('full', 2, d);
  const { model } = request;
  said.push(await shard.sweep([request]));
  for await (const outputs of shard.rows(model, { responsibilities: true })) said.push(outputs);
  return said;
}

describe('a thread', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('encodes what is read once by one instance of the kernel, whatever the number of reads', async () => {
    let made = 0;
    class Counted extends WebAssembly.Instance {
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        super(module, imports);
        made++;
      }
    }
    const force = taskForce(1, await simdModule('simd'));
    vi.stubGlobal('WebAssembly', { ...statics(WebAssembly), Instance: Counted });
    const [{ model }] = requestsOf('full', 2, 3);
    const encoding: Encoding = { shift: new Float64Array(3), scale: new Float64Array(3).fill(1), weightUnit: 1 };
    const counts: number[] = [];
    for (let read = 0; read < 3; read++) {
      const block = { rows: 100, columns: matrix(new Float64Array(300).fill(read), 3) };
      const shard = new SimdShard(3, new MemoryRows(3, [rawBlock(0, new KeptBlocks().keep(block), encoding)]), force);
      for await (const { rows: said } of shard.rows(model)) expect(said).toBe(100);
      counts.push(made);
    }
    expect(counts).toEqual([2, 2, 2]); // one encodes, one evaluates
  });
});

/** What a namespace has, which does not show in its keys. */
function statics<T extends object>(of: T): T {
  return Object.fromEntries(Object.getOwnPropertyNames(of).map((name) => [name, of[name as keyof T]])) as T;
}
