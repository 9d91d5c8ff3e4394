/** Shards that add: several are as one of all their rows. */
import { expect, test } from 'vitest';
import type { Device } from '../../src/backend/backend.js';
import { matrixSource } from '../../src/data/arrays.js';
import { loadDataset } from '../../src/data/dataset.js';
import { seededRandom } from '../../src/base/random.js';
import type { Moments } from '../../src/sweep/moments.js';
import type { Shard } from '../../src/sweep/shard.js';
import { union } from '../../src/sweep/union.js';
import { cpuDevice } from '../../src/backend/cpu.js';
import { onGpu, simd } from '../devices.js';
import { requestsOf } from './joint.js';

const [n, d, k] = [3500, 3, 4];
const random = seededRandom(8);
const values = Float64Array.from({ length: n * d }, () => random.normal());
const scaling = { shift: new Float64Array(d), scale: new Float64Array(d).fill(1) };

/** Where rows are cut into so many parts, of different sizes. */
const cuts: Readonly<Record<number, readonly number[]>> = { 1: [], 2: [1300], 7: [1, 2, 700, 1024, 2049, 3000] };

async function shardOf(device: Device, from: number, to: number): Promise<Shard> {
  const data = values.slice(from * d, to * d);
  const source = matrixSource({ data, shape: [to - from, d] });
  return (await loadDataset(source, { device, missing: 'error', scaling })).shard;
}

/** The rows in parts, in turn in each of the places. */
async function inParts(on: readonly Device[], count: number): Promise<Shard[]> {
  const bounds = [0, ...cuts[count], n];
  const parts: Shard[] = [];
  for (let part = 0; part < count; part++) {
    parts.push(await shardOf(on[part % on.length], bounds[part], bounds[part + 1]));
  }
  return parts;
}

/** Largest difference, beside the largest value. */
function apart(one: ArrayLike<number>, other: ArrayLike<number>): number {
  expect(one).toHaveLength(other.length);
  const values = Array.from(other);
  const difference = Math.max(...values.map((value, i) => Math.abs(value - one[i])));
  return difference / Math.max(1e-300, ...values.map(Math.abs));
}

/** Traces of second moments, of which spherical components need no more. */
function traces(second: Float64Array): number[] {
  return Array.from({ length: second.length / d }, (_, c) =>
    second.subarray(c * d, (c + 1) * d).reduce((a, b) => a + b),
  );
}

function expectAlike(moments: readonly Moments[], expected: readonly Moments[], spherical = false): void {
  const summed = (second: Float64Array): ArrayLike<number> => (spherical ? traces(second) : second);
  for (const [at, one] of moments.entries()) {
    const other = expected[at];
    expect(apart([one.weight, one.objective], [other.weight, other.objective])).toBeLessThan(1e-6);
    expect(apart(one.mass, other.mass)).toBeLessThan(2e-6);
    if (other.coupling) expect(apart(one.coupling ?? [], other.coupling)).toBeLessThan(2e-6);
    expect(one.quadratic[0].frame).toBe(other.quadratic[0].frame);
    expect(apart(one.quadratic[0].first, other.quadratic[0].first)).toBeLessThan(5e-5);
    expect(apart(summed(one.quadratic[0].second), summed(other.quadratic[0].second))).toBeLessThan(5e-6);
    expect(one.mass.reduce((sum, mass) => sum + mass, 0) / one.weight).toBeCloseTo(1, 6);
  }
}

const one = simd(1);
const kinds: Readonly<Record<string, () => Promise<Device>>> = {
  simd: () => Promise.resolve(one),
  tensors: () => Promise.resolve(cpuDevice()),
  webgpu: async () => (await onGpu()).device,
};

/** The rows as one shard, and as a union of so many, for as long as a test looks. */
async function withBoth(
  on: readonly Device[],
  count: number,
  use: (joined: Shard, alone: Shard) => Promise<void>,
): Promise<void> {
  const [alone] = await inParts(on, 1);
  const joined = union(await inParts(on, count));
  try {
    await use(joined, alone);
  } finally {
    joined.dispose();
    alone.dispose();
  }
}

const forms = ['full', 'tied', 'diag', 'spherical'] as const;
const cases = Object.keys(kinds).flatMap((kind) => [1, 2, 7].map((count) => ({ kind, count })));

test.each(cases)('a union of $count on $kind has the moments of one shard, and again to the bit', ({ kind, count }) =>
  kinds[kind]().then((device) =>
    withBoth([device], count, async (joined, alone) => {
      expect(joined).toMatchObject({ n, d });
      for (const form of kind === 'simd' ? forms : (['full'] as const)) {
        const requests = requestsOf(form, k, d);
        const moments = await joined.sweep(requests);
        expectAlike(moments, await alone.sweep(requests));
        expect(await joined.sweep(requests)).toEqual(moments);
      }
    }),
  ),
);

/** Components and columns beyond which a GPU sums differences, and the CPU whitened ones. */
const [many, wide] = [40, 3];

test.each(forms)('shards in different places add although their moments are in different frames, %s', async (form) => {
  const requests = requestsOf(form, many, wide).slice(0, 2);
  await withBoth([one, (await onGpu()).device], 7, async (joined, alone) => {
    const gpu = await shardOf((await onGpu()).device, 0, n);
    const [{ quadratic }] = await gpu.sweep(requests);
    gpu.dispose();
    expect(quadratic[0].frame).toBe('differences');
    expectAlike(await joined.sweep(requests), await alone.sweep(requests), form === 'spherical');
  });
});

test('the order of the parts decides the order of sums alone', async () => {
  const requests = requestsOf('full', k, d);
  const parts = await inParts([one], 7);
  const moments = await union(parts).sweep(requests);
  const turned = union([...parts].reverse());
  expectAlike(await turned.sweep(requests), moments);
  turned.dispose();
});

test('shares that may be left out are those of the whole', async () => {
  const asked: (number | undefined)[] = [];
  const noting = (shard: Shard): Shard =>
    Object.assign(Object.create(shard) as Shard, {
      sweep: (...[requests, options]: Parameters<Shard['sweep']>) => {
        asked.push(options?.n);
        return shard.sweep(requests, options);
      },
    });
  const joined = union((await inParts([one], 2)).map(noting));
  await joined.sweep(requestsOf('diag', k, d));
  await joined.sweep(requestsOf('diag', k, d), { n: 9999 });
  expect(asked).toEqual([n, n, 9999, 9999]);
  joined.dispose();
});

test('rows come in order, and are taken from where they lie', () =>
  withBoth([one], 7, async (joined, alone) => {
    const [{ model }] = requestsOf('full', k, d);
    const labels: number[] = [];
    for await (const block of joined.rows(model, { responsibilities: true })) {
      expect(block.start).toBe(labels.length);
      expect(block.responsibilities).toHaveLength(block.rows * k);
      labels.push(...block.labels);
    }
    const expected: number[] = [];
    for await (const block of alone.rows(model)) expected.push(...block.labels);
    expect(labels).toEqual(expected);
    const indices = [3499, 0, 1, 1300, 0, 2048];
    expect(await joined.take(indices)).toEqual(await alone.take(indices));
    await expect(joined.take([n])).rejects.toThrow('row 3500 of 3500');
  }));

test.each(Object.keys(kinds))('centres are near, and rows are drawn, as of one shard on %s', async (kind) => {
  const device = await kinds[kind]();
  const metric = new Float64Array(d).fill(1);
  const uniforms = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
  await withBoth([device], 7, async (joined, alone) => {
    const [near, expected] = [joined, alone].map((shard) => shard.nearestCentres(metric));
    const candidates = await alone.take([5, 700, 2500]);
    try {
      expect(await near.draw(uniforms)).toEqual(await expected.draw(uniforms)); // by weight: all are equal
      expect(await near.sums()).toEqual({ weight: n, potential: 0 });
      for (const centres of [candidates.subarray(0, d), candidates]) {
        await near.add(centres);
        await expected.add(centres);
        expect(apart(await near.potentials(candidates), await expected.potentials(candidates))).toBeLessThan(1e-5);
        const [one, other] = [await near.draw(uniforms), await expected.draw(uniforms)];
        // Sums are rounded: a draw may fall to a row's neighbour.
        expect(one.filter((row, i) => row !== other[i]).length).toBeLessThan(4);
      }
      const { potential } = await near.sums();
      expect(potential / (await expected.sums()).potential).toBeCloseTo(1, 5);
    } finally {
      near.dispose();
      expected.dispose();
    }
  });
});

test('parts of other widths, or none, are refused; a union of one is that one', async () => {
  const [part] = await inParts([one], 1);
  expect(union([part])).toBe(part);
  expect(() => union([])).toThrow('a union of shards was expected to have parts, got none');
  expect(() => union([part, { ...part, d: 2 }])).toThrow('shards of 3 columns were expected');
  part.dispose();
});
