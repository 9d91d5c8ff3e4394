/** The meeting of several jobs over one shard, by a shard that notes what it is asked. */
import { expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import type { PlanModel } from '../../src/sweep/model.js';
import { emptyMoments, type Moments } from '../../src/sweep/moments.js';
import { Rendezvous } from '../../src/sweep/rendezvous.js';
import type { Shard, SweepOptions, SweepRequest } from '../../src/sweep/shard.js';

const family = gaussian({ covariance: 'diag' });
const packed = family.pack(family.atRows(Float64Array.of(0), Float64Array.of(1)));

/** A model with a number, and the moments that answer to it. */
const model = (number: number): PlanModel => ({
  components: packed,
  weights: Float64Array.of(number),
  potential: Float64Array.of(0),
  epsilon: 1,
});
const answer = ({ weights }: PlanModel): Moments => ({ ...emptyMoments(packed), weight: weights[0] });

interface Noting extends Shard {
  /** Numbers of the models of each sweep, rising. */
  readonly sweeps: number[][];
  /** Other work, as it begins and ends. */
  readonly notes: string[];
  fail?: Error;
}

function noting(overlapping = false): Noting {
  const notes: string[] = [];
  const sweeps: number[][] = [];
  const sweep = async (requests: readonly SweepRequest[], { signal }: SweepOptions = {}): Promise<Moments[]> => {
    await Promise.resolve();
    signal?.throwIfAborted();
    sweeps.push(requests.map((one) => one.model.weights[0]).sort((a, b) => a - b));
    if (shard.fail) throw shard.fail;
    return requests.map((one) => answer(one.model));
  };
  const shard: Noting = {
    ...{ n: 1, d: 1, notes, sweeps },
    ...{ sweep, overlapping, atOnce: () => 9 },
    async *rows() {
      notes.push('rows begin');
      await Promise.resolve();
      yield* [];
      notes.push('rows end');
    },
    async take() {
      notes.push('take begins');
      await Promise.resolve();
      notes.push('take ends');
      return new Float64Array(1);
    },
    nearestCentres: () => ({
      potentials: async () => (await shard.take([])).fill(7),
      add: () => Promise.reject(new Error('no room')),
      draw: () => Promise.resolve([3]),
      sums: () => Promise.resolve({ weight: 1, potential: 0 }),
      dispose: () => notes.push('disposed'),
    }),
    dispose: () => undefined,
  };
  return shard;
}

/** Sweeps with these models, one after the other. */
async function job(at: Rendezvous, numbers: readonly number[]): Promise<number[]> {
  const seen: number[] = [];
  for (const number of numbers) seen.push((await at.sweep([{ model: model(number) }]))[0].weight);
  at.leave();
  return seen;
}

test('sweeps wait for each other, and each gets its own', async () => {
  const shard = noting();
  const at = new Rendezvous(shard, 3);
  const jobs = [job(at, [1, 2, 3]), job(at, [10]), job(at, [100, 200])];
  expect(await Promise.all(jobs)).toEqual([[1, 2, 3], [10], [100, 200]]);
  // One that ends holds nobody up; what is left of a job alone is swept alone.
  expect(shard.sweeps).toEqual([[1, 10, 100], [2, 200], [3]]);
});

test('a job that leaves without a sweep lets the others go on', async () => {
  const at = new Rendezvous(noting(), 2);
  const one = job(at, [7]);
  await new Promise(setImmediate);
  at.leave();
  expect(await one).toEqual([7]);
});

test('other reads are made one after the other, while no sweep is under way', async () => {
  const shard = noting();
  const at = new Rendezvous(shard, 3);
  const reading = async (): Promise<void> => {
    for await (const _ of at.rows(model(0))) throw new Error('there are no rows');
  };
  const others = [
    reading().then(() => job(at, [1])),
    at.take([0]).then(() => job(at, [2])),
    at
      .nearestCentres(Float64Array.of(1))
      .potentials(Float64Array.of(0))
      .then(() => job(at, [3])),
  ];
  await Promise.all(others);
  expect(shard.notes).toHaveLength(6);
  const works = shard.notes.map((note) => note.split(' ')[0]);
  for (let i = 0; i < 6; i += 2) expect(works[i + 1]).toBe(works[i]);
  expect(shard.sweeps).toEqual([[1, 2, 3]]);
});

test('other reads overlap where the shard allows it', async () => {
  const shard = noting(true);
  const at = new Rendezvous(shard, 2);
  await Promise.all([at.take([0]).then(() => job(at, [1])), at.take([0]).then(() => job(at, [2]))]);
  expect(shard.notes).toEqual(['take begins', 'take begins', 'take ends', 'take ends']);
  expect(shard.sweeps).toEqual([[1, 2]]);
});

test('distances to centres are those of the shard', async () => {
  const shard = noting();
  const nearest = new Rendezvous(shard, 2).nearestCentres(Float64Array.of(1));
  expect(await nearest.potentials(Float64Array.of(0))).toEqual(Float64Array.of(7));
  expect(await nearest.draw([0.5])).toEqual([3]);
  await expect(nearest.add(Float64Array.of(0))).rejects.toThrow('no room');
  expect(await nearest.draw([0.5])).toEqual([3]); // an error holds nobody up
  nearest.dispose();
  expect(shard.notes.at(-1)).toBe('disposed');
});

test('rows that are not read to their end are let go', async () => {
  const shard = noting();
  shard.rows = async function* () {
    await Promise.resolve();
    for (;;) yield undefined as never;
  };
  const at = new Rendezvous(shard, 1);
  for await (const _ of at.rows(model(0))) break;
  expect(await at.take([0])).toHaveLength(1);
});

test('a sweep that fails fails for all who met there', async () => {
  const shard = noting();
  shard.fail = new Error('the device is gone');
  const at = new Rendezvous(shard, 2);
  const outcomes = await Promise.allSettled([job(at, [1]), job(at, [2])]);
  expect(outcomes.map((one) => one.status === 'rejected' && (one.reason as Error))).toEqual([shard.fail, shard.fail]);
});

test('one that breaks it ends the waits of all others, now and later', async () => {
  const shard = noting();
  const at = new Rendezvous(shard, 3);
  const reason = new Error('no more');
  const waiting = job(at, [1]);
  at.break(reason);
  at.break(new Error('another, too late'));
  await expect(waiting).rejects.toBe(reason);
  await expect(at.sweep([{ model: model(2) }])).rejects.toBe(reason);
  await expect(at.take([0])).rejects.toBe(reason);
  await expect(at.nearestCentres(Float64Array.of(1)).draw([0])).rejects.toBe(reason);
  expect([shard.notes, shard.sweeps]).toEqual([[], []]);
});

test('an abort ends all at the next sweep', async () => {
  const controller = new AbortController();
  const at = new Rendezvous(noting(), 2, controller.signal);
  const reason = new Error('never mind');
  const jobs = [job(at, [1]), job(at, [2])];
  controller.abort(reason);
  for (const { status } of await Promise.allSettled(jobs)) expect(status).toBe('rejected');
  await expect(jobs[0]).rejects.toBe(reason);
});
