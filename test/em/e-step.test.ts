import { describe, expect, test } from 'vitest';
import { gaussian } from '../../src/families/gaussian.js';
import { emptyMoments, type Moments } from '../../src/sweep/moments.js';
import { EStep } from '../../src/em/e-step.js';
import type { BorrowedShard, SweepRequest } from '../../src/sweep/shard.js';
import { free } from '../../src/transport/free.js';
import { prescribed } from '../../src/transport/prescribed.js';
import type { MarginalSolver } from '../../src/transport/solver.js';

const n = 1000;

/** Rows of which the second of two components has so many, or none where small shares are not counted; notes how it is swept. */
function shardOf(rows: number, asked: (boolean | undefined)[]): BorrowedShard {
  const sweep = ([{ model, tails, coupling }]: readonly SweepRequest[]): Promise<Moments[]> => {
    asked.push(tails);
    const { components, potential } = model;
    const moments = emptyMoments(components, { coupling });
    const shares = [Math.exp(potential[0]), (rows / n) * Math.exp(potential[1])];
    const r = shares.map((share) => share / (shares[0] + shares[1]));
    if (!tails && r[1] < 1e-9) r[1] = 0;
    moments.weight = n;
    moments.mass.set(r.map((share) => n * share));
    moments.objective = -n * Math.log(shares[0] + shares[1]);
    moments.coupling?.set(r.flatMap((one) => r.map((other) => n * one * other)));
    return Promise.resolve([moments]);
  };
  const unused = (): never => expect.fail('not to be used');
  return { n, d: 1, sweep, rows: unused, take: unused, nearestCentres: unused };
}

async function met(marginal: MarginalSolver, rows: number): Promise<{ asked: unknown[]; error: number }> {
  const asked: (boolean | undefined)[] = [];
  const family = gaussian({ covariance: 'spherical' });
  const components = family.atRows(Float64Array.of(0, 1), Float64Array.of(1));
  const side = marginal.start(Float64Array.of(0.5, 0.5));
  const ask = { marginal, epsilon: 1, tolerance: 1e-6 };
  const { error } = await (
    await EStep.of({ shard: shardOf(rows, asked), family })
  ).meet({ components, side, repairs: [] }, ask);
  return { asked, error };
}

describe('whether sweeps count the smallest shares', () => {
  const halves = prescribed(Float64Array.of(0.5, 0.5), Infinity);

  test('not where proportions are learnt, whatever masses are', async () => {
    expect((await met(free, 1e-9)).asked).toEqual([false]);
  });

  test('not where masses are large beside what is left out', async () => {
    const { asked, error } = await met(halves, 100);
    expect(new Set(asked)).toEqual(new Set([false]));
    expect(error).toBeLessThan(1e-6);
  });

  test('from the first sweep on that leaves too much out of one whose logarithm is taken: that one is made again', async () => {
    const { asked, error } = await met(halves, 1e-8);
    expect(asked.slice(0, 2)).toEqual([false, true]);
    expect(new Set(asked.slice(1))).toEqual(new Set([true]));
    expect(error).toBeLessThan(1e-6);
  });
});
