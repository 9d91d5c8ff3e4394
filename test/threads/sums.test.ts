/** Sums of parts are added in the parts' order, whoever adds them. */
import { describe, expect, test } from 'vitest';
import { addParts, addSlices, slicesOf, type AddTask, type SumsOfParts } from '../../kernels/simd/sums.js';
import { sharedDoubles, sharedIntegers } from '../../src/threads/shared.js';
import { mulberry32, normal } from '../oracle/index.js';
import { componentsOf, withShard } from '../sweep/joint.js';
import { forceOf, rowsOf, sweepTask } from './tasks.js';
import { collectWorkers } from './workers.js';
import { simd } from '../devices.js';

const workers = collectWorkers();

/** Random parts whose sum depends on the order in which they are added. */
function sumsOf(parts: number, count: number): SumsOfParts {
  const random = mulberry32(parts + count);
  return { parts, results: sharedDoubles(parts * count).map(() => normal(random) * 10 ** (8 * random())) };
}

/** All parts, one after the other. */
function plainSums({ results, parts }: SumsOfParts): Float64Array {
  const count = results.length / parts;
  return Float64Array.from({ length: count }, (_, i) => {
    let sum = results[i];
    for (let part = 1; part < parts; part++) sum += results[part * count + i];
    return sum;
  });
}

const added = ({ results, parts }: SumsOfParts): Float64Array => results.slice(0, results.length / parts);
const addTask = (...sums: SumsOfParts[]): AddTask => ({
  ...{ kind: 'add', sums, parts: slicesOf(sums), control: sharedIntegers(2) },
});

// A slice is of 2048 sums.
describe.each([1, 2, 2047, 2048, 2049, 9000])('%d sums', (count) => {
  test.each([1, 2, 7])('of %d parts are the same wherever they are added', (parts) => {
    const here = sumsOf(parts, count);
    const expected = plainSums(here);
    addParts(here);
    expect(added(here)).toEqual(expected);
    const [one, other] = [sumsOf(parts, count), sumsOf(3, 5000)];
    const both = [one, other].map(plainSums);
    const task = addTask(one, other);
    // Two who take turns.
    const adding = [addSlices(task), addSlices(task)];
    let turns = 0;
    for (; !adding[turns % 2].next().done; turns++);
    expect(turns).toBe(Math.ceil(count / 2048) + 3);
    expect([one, other].map(added)).toEqual(both);
  });
});

test('slices that nobody wants any more are not added', () => {
  const sums = sumsOf(2, 9000);
  const before = sums.results.slice();
  const task = addTask(sums);
  Atomics.store(task.control, 1, 1);
  expect([...addSlices(task)]).toHaveLength(0);
  expect(sums.results).toEqual(before);
});

test.each([1, 2, 3])('%d threads add up the parts of their sweeps', async (threads) => {
  const force = await forceOf(threads);
  const on = rowsOf(70_000);
  const sweeps = [...sweepTask(on, 400).sweeps, ...sweepTask(on, 3).sweeps];
  await force.run({ kind: 'sweeps', on, sweeps, control: sharedIntegers(2) });
  const expected = sweeps.map(plainSums);
  await force.run(addTask(...sweeps.map(({ results, parts }) => ({ results, parts }))));
  expect(sweeps.map(added)).toEqual(expected);
  expect(expected[0][1]).toBeGreaterThan(0);
  const aborted = force.run(addTask(sumsOf(2, 3)), AbortSignal.abort(new Error('never mind')));
  await expect(aborted).rejects.toThrow('never mind');
  force.stop();
  await workers.ended(threads === 1 ? 0 : threads);
});

test('a sweep with many sums is the same bit for bit on 1, 2 and 3 threads', async () => {
  const [d, k] = [64, 16]; // 36,000 sums of each of 16 parts, which are added by the threads
  const components = componentsOf('full', k, d);
  const model = { components, weights: new Float64Array(k).fill(1 / k), potential: new Float64Array(k), epsilon: 1 };
  const sweep = (threads: number) =>
    withShard(simd(threads), { n: 17_000, d }, async (shard) => {
      const [moments] = await shard.sweep([{ model }]);
      expect(await shard.sweep([{ model }])).toEqual([moments]); // in memory that has been used
      return moments;
    });
  const one = await sweep(1);
  expect(one.mass.reduce((sum, mass) => sum + mass, 0) / 17_000).toBeCloseTo(1, 5);
  expect(await sweep(2)).toEqual(one);
  expect(await sweep(3)).toEqual(one);
});
