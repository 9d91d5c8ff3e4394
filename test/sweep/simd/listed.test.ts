/** Rows most of whose numbers are 0 say the same as lists, as tiles, and from a file, bit for bit. */
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { simdDevice } from '../../../src/backend/wasm.js';
import { seededRandom } from '../../../src/base/random.js';
import type { Columns, Encoding } from '../../../src/sweep/encode.js';
import type { PlanModel } from '../../../src/sweep/model.js';
import type { Shard } from '../../../src/sweep/shard.js';
import type { SpillSize } from '../../../src/sweep/spilled/limit.js';

const [rows, d, k] = [3 * 1024, 40, 6];
/** Fewer of the last block, and no whole group. */
const LESS = 1000;
const encoding: Encoding = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1), weightUnit: 1 };

/** Rows of which so large a share is not 0. */
function blockOf(share: number, seed: number, less = 0): Columns {
  const random = seededRandom(seed);
  const values = Float32Array.from({ length: rows * d }, () =>
    random.uniform() < share ? Math.ceil(4 * random.uniform()) : 0,
  );
  return { rows: rows - less, columns: Array.from({ length: d }, (_, start) => ({ values, start, stride: d })) };
}

const random = seededRandom(1);
const model: PlanModel = {
  components: {
    ...{ k, quadratic: [], logNormalizers: Float64Array.from({ length: k }, () => random.normal()) },
    linear: { dense: d, levels: [], natural: Float32Array.from({ length: k * d }, () => 0.3 * random.normal()) },
  },
  ...{ weights: new Float64Array(k).fill(1 / k), potential: new Float64Array(k), epsilon: 1 },
};

/** Sweeps of all rows, what is said of them, a few of them, and distances to a centre. */
async function said(shard: Shard): Promise<unknown[]> {
  const all: unknown[] = [
    ...(await shard.sweep([{ model, coupling: true }, { model }])),
    await shard.take([0, 1500, shard.n - 1]),
  ];
  for await (const outputs of shard.rows(model, { responsibilities: true })) all.push(outputs);
  const nearest = shard.nearestCentres(new Float64Array(d).fill(1));
  await nearest.add(await shard.take([7]));
  all.push(
    await nearest.sums(),
    await nearest.potentials(await shard.take([8, 9, 10, 11, 12])),
    await nearest.draw([0.1, 0.5, 0.9]),
  );
  nearest.dispose();
  shard.dispose();
  return all;
}

interface Held {
  readonly said: unknown[];
  readonly spilled: SpillSize | undefined;
}

async function held(
  blocks: readonly Columns[],
  options: { readonly linear: boolean; readonly memory?: number },
): Promise<Held> {
  let spilled: SpillSize | undefined;
  const { linear, memory } = options;
  const spill = { folder: tmpdir(), onSpilled: (size: SpillSize) => void (spilled = size) };
  const builder = simdDevice({ threads: 2 }).rows(d, {
    linear,
    ...(memory !== undefined && { spill: { memory, ...spill } }),
  });
  for (const block of blocks) await builder.add(block, encoding);
  return { said: await said(await builder.finish()), spilled };
}

describe.each([
  ['few numbers', [0.1, 0.1]],
  ['few and then many', [0.1, 0.7]],
  ['many and then few', [0.7, 0.1]],
  ['about as many as lists pay for', [0.29, 0.38]],
  ['none', [0, 0]],
] as const)('%s', (_, shares) => {
  const blocks = shares.map((share, at) => blockOf(share, at, at * LESS));

  test('as lists, as tiles, and from a file', async () => {
    const tiles = await held(blocks, { linear: false });
    const lists = await held(blocks, { linear: true });
    expect(lists.said).toEqual(tiles.said);
    const filed = await held(blocks, { linear: true, memory: 0 });
    expect(filed.spilled).toBeDefined();
    expect(filed.said).toEqual(tiles.said);
  });

  test('a first block that has room, and a second that has not', async () => {
    const tiles = await held(blocks, { linear: false });
    const [first] = blocks;
    const room = await bytesOf(first);
    const later = await held(blocks, { linear: true, memory: room });
    expect(later.spilled).toBeDefined();
    expect(later.said).toEqual(tiles.said);
    expect((await held([first], { linear: true, memory: room })).spilled).toBeUndefined();
  });
});

/** The least memory that a block has room in, to 64 bytes. */
async function bytesOf(block: Columns): Promise<number> {
  let [least, most] = [0, rows * (d + 1) * 4 + 64];
  while (most - least > 64) {
    const memory = (least + most) / 2;
    if ((await held([block], { linear: true, memory })).spilled) least = memory;
    else most = memory;
  }
  return most;
}

test('lists take as much less memory as there are zeros', async () => {
  const tiles = rows * (d + 1) * 4;
  expect(await bytesOf(blockOf(0.05, 1))).toBeLessThan(0.2 * tiles);
  expect(await bytesOf(blockOf(0.25, 1))).toBeLessThan(0.5 * tiles);
  expect(await bytesOf(blockOf(0.7, 1))).toBeCloseTo(tiles, -3);
});
