/** Rows of a GPU in a file: the same bits, bounded memory, and one line for whatever becomes of the file. */
import { closeSync, ftruncateSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RowPiece, RowStore } from '../../kernels/webgpu/chunks.js';
import { openGpu } from '../../kernels/webgpu/device.js';
import { RowsBuilder } from '../../kernels/webgpu/rows-builder.js';
import { webgpuDevice } from '../../src/backend/webgpu.js';
import { loadDataset, toSource } from '../../src/data/dataset.js';
import { fitMixture, gaussian, studentT, type Family, type Fit, type FitOptions } from '../../src/index.js';
import { WebgpuShard } from '../../src/sweep/webgpu/shard.js';
import type { Shard } from '../../src/sweep/shard.js';
import { cases, combinations, size } from '../cases.js';
import { drawn, scenes } from '../families/scenes.js';
import { problem } from '../oracle/index.js';
import { openIn } from '../sweep/spilled/bits.js';
import { modelOf, rowsOf } from './sweep-on.js';
import { watch } from './watched.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otmix-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Chunks are small: some have rows of several. */
const gpu = await openGpu({ limits: { maxStorageBufferBindingSize: 2 ** 18 } });
const device = webgpuDevice({ name: 'webgpu', gpu });

type Format = 'float32' | 'float16';

/** Rows of d columns, some of them on the device where `memory` allows; without it all. */
async function shardOf(
  n: number,
  d: number,
  memory?: number,
  format: Format = 'float32',
  weighted = false,
): Promise<Shard> {
  const sampleWeights = weighted ? Float64Array.from({ length: n }, (_, row) => 1 + (row % 3)) : undefined;
  const spill = memory === undefined ? undefined : { memory, asked: true, folder, direct: weighted };
  const source = toSource({ data: rowsOf(n, d), shape: [n, d] }, sampleWeights);
  const { shard } = await loadDataset(source, { device, missing: 'error', spill, format });
  return shard;
}

/** Everything that a shard is asked for in a fit. */
async function allOf(shard: Shard, k: number): Promise<unknown> {
  const { n, d } = shard;
  const model = modelOf(k, d);
  const moments = [await shard.sweep([{ model, coupling: true }]), await shard.sweep([{ model }, { model }])];
  const rows: unknown[] = [];
  for await (const block of shard.rows(model, { responsibilities: true })) rows.push(block);
  const taken = await shard.take([n - 1, 0, 5, Math.floor(n / 2), n - 2, 1]);
  const nearest = shard.nearestCentres(new Float64Array(d).fill(1));
  const drawn = [await nearest.draw([0.1, 0.9])];
  await nearest.add(taken.subarray(0, d));
  await nearest.add(taken.subarray(d, 4 * d));
  const potentials = await nearest.potentials(taken.subarray(4 * d));
  drawn.push(await nearest.draw([0.99, 0.3, 0.31, 0]));
  const sums = await nearest.sums();
  nearest.dispose();
  shard.dispose();
  return { moments, rows, taken, drawn, potentials, sums };
}

describe('what is asked of rows in a file is as of rows on the device, bit for bit', () => {
  const shapes = [
    { kernel: 'one for all', n: size(50_000, 20_000), d: 3, k: 2 },
    { kernel: 'in passes', n: 3500, d: 40, k: 3 },
  ];
  const table = combinations({
    shape: shapes,
    format: ['float32', 'float16'] as const,
    room: ['none', 'some'],
    weighted: [false, true],
  });
  const shown = cases(table, ({ shape, ...rest }) => [shape.kernel, ...Object.values(rest)]);
  test.each(
    shown.map(
      (one) => [`${one.shape.kernel}, ${one.format}, room for ${one.room}, weights: ${one.weighted}`, one] as const,
    ),
  )('%s', async (_, { shape: { n, d, k }, format, room, weighted }) => {
    const memory = room === 'none' ? 0 : 0.9 * n * (d * (format === 'float16' ? 2 : 4) + 4);
    const there = await allOf(await shardOf(n, d, undefined, format, weighted), k);
    const shard = await shardOf(n, d, memory, format, weighted);
    expect(openIn(folder).length).toBe(weighted ? 2 : 1);
    expect(await allOf(shard, k)).toEqual(there);
    expect(openIn(folder)).toEqual([]);
  });
});

const { x } = problem('overlapping', { n: size(24_000, 6000), d: 3, k: 3, seed: 2 });

/** A fit whose rows lie in a file, unless the options say otherwise. */
function fit(options: Partial<FitOptions> = {}, rows: unknown = x) {
  const settings = {
    components: 3,
    backend: { device: gpu.device },
    memory: 0,
    spill: folder,
    maxIterations: 3,
  } as const;
  return fitMixture(rows as number[][], { ...settings, ...options });
}

/** What a fit says, but for times and notes. */
function saidBy({ mixture, objective, criteria, restarts, marginalError }: Fit): unknown {
  return { weights: mixture.weights, components: mixture.components, objective, criteria, restarts, marginalError };
}

describe('fits say the same, bit for bit', () => {
  const three = [0.5, 0.3, 0.2];
  const marginals = [
    { kind: 'free' },
    { kind: 'fixed', weights: three },
    { kind: 'relaxed', weights: three, rho: 0.3 },
  ] as const;
  const forms = ['full', 'tied', 'diag', 'spherical'] as const;
  interface Kind {
    readonly name: string;
    /** What decides in which kernels rows are swept. */
    readonly terms: string;
    readonly family: Family;
    readonly rows: unknown;
  }
  const kinds: readonly Kind[] = [
    ...forms.map((form) => ({ name: form, terms: 'quadratic', family: gaussian({ covariance: form }), rows: x })),
    ...forms.map((form) => ({ name: `t, ${form}`, terms: 'radial', family: studentT({ covariance: form }), rows: x })),
    ...scenes.map((one) => ({
      name: one.name,
      terms: 'linear',
      family: one.family,
      rows: drawn(one, size(9000, 3000)).rows,
    })),
  ];
  const shown = cases(combinations({ kind: kinds, marginal: marginals }), ({ kind, marginal }) => [
    kind.terms,
    marginal.kind,
  ]);
  test.each(shown.map((one) => [`${one.kind.name}, ${one.marginal.kind}`, one] as const))(
    '%s',
    async (_, { kind: { family, rows }, marginal }) => {
      const options = { family, marginal, directSpill: marginal.kind === 'free' } as const;
      const [filed, there] = [await fit(options, rows), await fit({ ...options, memory: 2 ** 30 }, rows)];
      expect(saidBy(filed)).toEqual(saidBy(there));
      expect(filed.diagnostics.notes.join()).toContain(`a file without a name, `);
      expect(there.diagnostics.notes.join()).not.toContain('a file');
      expect(openIn(folder)).toEqual([]);
    },
  );

  test('restarts, strategies and seedings', async () => {
    const ways: readonly Partial<FitOptions>[] = [
      { restarts: 3, seeding: 'k-means||' },
      { strategy: 'short-runs' },
      { seeding: 'random' },
    ];
    for (const more of cases(ways, ({ strategy }) => [strategy === undefined])) {
      const [filed, there] = [await fit(more), await fit({ ...more, memory: 2 ** 30 })];
      expect(saidBy(filed)).toEqual(saidBy(there));
    }
  });
});

test('memory of the device does not grow with the rows in the file', async () => {
  const most = async (n: number, memory?: number): Promise<number> => {
    const watched = watch(gpu.device);
    const shard = await shardOf(n, 3, memory);
    await shard.sweep([{ model: modelOf(2, 3) }]);
    const nearest = shard.nearestCentres(new Float64Array(3).fill(1));
    await nearest.add(new Float64Array(6));
    await nearest.draw([0.5]);
    nearest.dispose();
    shard.dispose();
    await new Promise((resolve) => setImmediate(resolve)); // distances go a turn later
    watched.restore();
    expect(watched.alive()).toBe(0);
    return watched.most();
  };
  const [few, many] = [65_536, 131_072];
  const growth = async (memory?: number): Promise<number> =>
    ((await most(many, memory)) - (await most(few, memory))) / (many - few);
  expect(await growth(0)).toBeLessThan(1); // sums by tiles of 256 rows
  expect(await growth()).toBeGreaterThan(16); // a row, its weight, and its distance
});

test('a chunk is read while the one before is swept, and no other is on its way', async () => {
  const said: string[] = [];
  const { queue } = gpu.device;
  const { onSubmittedWorkDone, submit } = queue;
  let asked = 0;
  queue.onSubmittedWorkDone = async () => {
    const wait = asked++;
    await onSubmittedWorkDone.call(queue);
    said.push(`done ${wait}`);
    return undefined;
  };
  queue.submit = (commands) => {
    if (said.at(-1) !== 'submit') said.push('submit');
    submit.call(queue, commands);
    return undefined;
  };
  const store = heldStore((index) => said.push(`read ${index}`));
  const beyond = { hostBytes: 0, open: () => Promise.resolve(store) };
  const builder = new RowsBuilder(gpu, 40, { residentBytes: 0 }, beyond);
  const values = rowsOf(5 * 1024, 40);
  await builder.add(5 * 1024, (from, to, tiles, weights) => {
    tiles.set(values.subarray(from * 40, to * 40));
    weights.fill(1, 0, to - from);
  });
  const shard = new WebgpuShard(gpu, await builder.finish(), { tuneFrom: Infinity });
  await shard.sweep([{ model: modelOf(3, 40) }]);
  shard.dispose();
  Object.assign(queue, { onSubmittedWorkDone, submit });
  const at = (what: string): number => said.indexOf(what);
  for (let chunk = 1; chunk < 5; chunk++) {
    expect(said.slice(at(`read ${chunk - 1}`), at(`read ${chunk}`)), `chunk ${chunk}`).toContain('submit');
    if (chunk > 1) expect(at(`done ${chunk - 2}`)).toBeLessThan(at(`read ${chunk}`));
  }
  expect(at('read 4')).toBeGreaterThan(0);
});

/** A store in memory that says which chunk is read. */
function heldStore(read: (index: number) => void): RowStore {
  const pieces: RowPiece[] = [];
  return {
    add(_, piece) {
      pieces.push(piece);
      return Promise.resolve();
    },
    rows: (start) => ({
      *[Symbol.iterator]() {
        read(start / 1024);
        yield pieces[start / 1024];
      },
    }),
    finish: () => Promise.resolve(),
    close: () => undefined,
  };
}

describe('one line tells of', () => {
  /** A fit during which something happens to its file. */
  function damaged(harm: (descriptor: number) => void): Promise<unknown> {
    let done = false;
    const onProgress: FitOptions['onProgress'] = ({ phase, iteration }) => {
      if (phase !== 'fit' || iteration !== 1 || done) return;
      done = true;
      const descriptor = openSync(openIn(folder)[0], 'r+');
      harm(descriptor);
      closeSync(descriptor);
    };
    return fit({ onProgress }, problem('overlapping', { n: 70_000, d: 3, k: 3, seed: 2 }).x); // more than two chunks
  }

  test('a bit that was flipped', async () => {
    const flipped = damaged((descriptor) => {
      const byte = new Uint8Array(1);
      readSync(descriptor, byte, 0, 1, 4096 + 20_000);
      byte[0] ^= 4;
      writeSync(descriptor, byte, 0, 1, 4096 + 20_000);
    });
    await expect(flipped).rejects.toThrow(
      `spill: expected rows in their file as they were written, got record 1 of the spill file in ${folder} with another checksum; check that disk, or name a folder on another with spill (--spill DIR)`,
    );
    expect(openIn(folder)).toEqual([]);
  });

  test('a file that was cut off', async () => {
    await expect(damaged((descriptor) => ftruncateSync(descriptor, 4096 + 30_000))).rejects.toThrow(' cut off; check');
    expect(openIn(folder)).toEqual([]);
  });

  test('a folder that is not there', () =>
    expect(fit({ spill: join(folder, 'gone') })).rejects.toThrow(
      /^spill .*gone: expected a folder in which files can be made, got ENOENT; make it, or name another with spill \(--spill DIR\)$/,
    ));
});

test('an aborted fit closes its file, and has the last whole iteration', async () => {
  const controller = new AbortController();
  const onProgress: FitOptions['onProgress'] = ({ phase, iteration }) => {
    if (phase === 'fit' && iteration === 2) controller.abort();
  };
  const { status, iterations } = await fit({ signal: controller.signal, onProgress, maxIterations: 50, tolerance: 0 });
  expect([status, iterations]).toEqual(['aborted', 2]);
  expect([openIn(folder), readdirSync(folder)]).toEqual([[], []]);
});
