/** Pairs that carry nothing: forbidden by Infinity, too dear for any plan, or left nothing by the marginals. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { onBackend, startBackend } from '../../kernels/engine.js';
import { sinkhorn, sinkhornAt, sinkhornDivergence, type Transport } from '../../src/sinkhorn/sinkhorn.js';
import { seededRandom } from '../../src/base/random.js';
import { entropicTransport, objectiveOf } from '../oracle/sinkhorn.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { add, cloud, range, rowsOf, weights } from './setting.js';
import { tensors } from '../devices.js';

const FORBIDDEN = Infinity;
const device = tensors('cpu');

beforeAll(async () => expect(await startBackend('cpu')).toBe(true));

/** Holds a solution to its own marginals, to its potentials and to its objective, all entry by entry. */
async function expectPlan(
  got: Transport,
  cost: number[][],
  a: number[],
  b: number[],
  error: number,
): Promise<number[][]> {
  const plan = rowsOf(await got.plan());
  expect([...got.f, ...got.g, ...plan.flat(), ...got.costs].every(Number.isFinite)).toBe(true);
  expectAllWithin(plan.map(add), a, error, 'rows');
  expectAllWithin(b.map((_, j) => add(plan.map((row) => row[j]))), b, error, 'columns'); // prettier-ignore
  const { epsilon } = got;
  const byPotentials = cost.map((row, i) =>
    row.map((c, j) => a[i] * b[j] * Math.exp((got.f[i] + got.g[j] - c) / epsilon)),
  );
  expectAllWithin(byPotentials.flat(), plan.flat(), error, 'plan of the potentials');
  const finite = cost.map((row) => row.map((c) => Math.min(c, 1e200)));
  expectWithin(got.objective, objectiveOf({ cost: finite, a, b, epsilon }, plan), 10 * error);
  expectWithin(got.cost, add(plan.flatMap((row, i) => row.map((p, j) => (p > 0 ? p * cost[i][j] : 0)))), 10 * error);
  const pushed = await got.apply(b.map((_, j) => j + 1));
  expectAllWithin(pushed.data, plan.map((row) => add(row.map((p, j) => p * (j + 1)))), 10 * error); // prettier-ignore
  return plan;
}

const half = [0.5, 0.5];

describe.each([1e3, 1e6, 1e10, 1e16, 1e20, 1e36, 1e100, 1e300, FORBIDDEN])('a pair of cost %d', (dear) => {
  const cost = [[0, dear], [1, 0]]; // prettier-ignore

  test('costs the objective no digits: log 2', async () => {
    const got = await sinkhorn(cost, { epsilon: 1 });
    expect(got.status).toBe('converged');
    expectWithin(got.objective, Math.LN2, 1e-12);
    expectWithin(got.cost, 0, 1e-15);
    expectAllWithin(await expectPlan(got, cost, half, half, 1e-9).then((plan) => plan.flat()), [0.5, 0, 0, 0.5], 1e-12);
    const again = await sinkhorn(cost, { epsilon: 1, start: got });
    expectWithin(again.objective, Math.LN2, 1e-12);
  });

  test('nor on a device, as an array or as a tensor', async () => {
    const inFloat32 = Math.min(dear, 3e38) === dear || dear === FORBIDDEN ? dear : 3e38;
    const tensor = onBackend('cpu', () => tf.tensor2d([[0, inFloat32], [1, 0]])); // prettier-ignore
    for (const given of [cost, tensor]) {
      const got = await sinkhornAt(device, given, { epsilon: 1 });
      // What is not dear enough to be left out is float32 like the others: 1000 ± 6e-5.
      expectWithin(got.objective, Math.LN2, dear === 1e3 ? 1e-3 : 1e-6);
      expectAllWithin((await got.plan()).data, [0.5, 0, 0, 0.5], dear === 1e3 ? 1e-3 : 1e-6);
      got.dispose();
    }
    tensor.dispose();
  });

  test('nor in a batch beside an ordinary problem', async () => {
    const got = await sinkhorn([cost, [[0, 1], [1, 0]]], { epsilon: 1 }); // prettier-ignore
    expectWithin(got.objectives[0], Math.LN2, 1e-12);
    expectWithin(got.costs[1], 0.26894142137, 1e-9);
  });
});

test.each(range(25))(
  'patterns drawn at random, seed %d: the plan of the oracle where all of them carry mass',
  async (seed) => {
    const random = seededRandom(seed);
    const [n, m] = [2 + Math.floor(5 * random.uniform()), 2 + Math.floor(5 * random.uniform())];
    const base = range(n).map(() => range(m).map(() => 3 * random.uniform()));
    const barred = range(n).map(() => range(m).map(() => random.uniform() < 0.35));
    const cost = base.map((row, i) => row.map((c, j) => (barred[i][j] ? FORBIDDEN : c)));
    const [a, b] = [weights(n, seed + 1), weights(m, seed + 2)];
    const got = await sinkhorn(cost, { a, b, epsilon: 0.7, tolerance: 1e-11 }).catch((error: unknown) => error);
    // A subset of rows with more mass than the columns it may go to: then, and only then, there is no plan.
    const subsets = range(2 ** n).map((bits) => range(n).filter((i) => (bits >> i) & 1));
    const excess = subsets.map((rows) => {
      const columns = range(m).filter((j) => rows.some((i) => !barred[i][j]));
      return add(rows.map((i) => a[i])) - add(columns.map((j) => b[j]));
    });
    if (Math.max(...excess) > 1e-9) {
      expect(got).toMatchObject({ name: 'InputError' });
      return;
    }
    expect((got as Transport).status).toBe('converged');
    await expectPlan(got as Transport, cost, a, b, 1e-9);
    const oracle = entropicTransport({ cost: cost.map((row) => row.map((c) => Math.min(c, 1e6))), a, b, epsilon: 0.7 });
    expectWithin((got as Transport).objective, oracle.objective, 1e-8);
  },
);

test('uneven and triangular: what the marginals leave nothing for is out too', async () => {
  const n = 40;
  const cost = range(n).map((i) => range(n).map((j) => (j > i ? FORBIDDEN : Math.abs(i - j) + ((7 * i + j) % 3))));
  const even = range(n).map(() => 1 / n);
  const got = await sinkhorn(cost, { epsilon: 0.5 });
  expect(got.status).toBe('converged');
  const plan = await expectPlan(got, cost, even, even, 1e-9);
  plan.forEach((row, i) => expectWithin(row[i], 1 / n, 1e-12)); // the diagonal alone
});

test('a dear pair that the marginals need keeps its price', async () => {
  const cost = [[0, 1e9], [2, 1e9]]; // prettier-ignore
  const got = await sinkhorn(cost, { epsilon: 1 });
  expectWithin(got.cost / (5e8 + 0.5), 1, 1e-6);
  expect(got.status).toBe('converged');
});

test('at finite prices a forbidden pair holds nothing either', async () => {
  const cost = [[0, FORBIDDEN, 1], [1, 0.5, FORBIDDEN]]; // prettier-ignore
  const [a, b] = [[0.4, 0.6], [0.2, 0.5, 0.3]]; // prettier-ignore
  const problem = { a, b, epsilon: 0.5, rhoA: 2, rhoB: 1 };
  const got = await sinkhorn(cost, { ...problem, tolerance: 1e-12 });
  const oracle = entropicTransport({ ...problem, cost: cost.map((row) => row.map((c) => Math.min(c, 1e6))) });
  expectAllWithin((await got.plan()).data, oracle.plan.flat(), 1e-10);
  expectWithin(got.objective, oracle.objective, 1e-10);
});

test('a point of weight 0 may be forbidden everywhere', async () => {
  const cost = [[FORBIDDEN, FORBIDDEN], [0, FORBIDDEN], [FORBIDDEN, 1]]; // prettier-ignore
  const got = await sinkhorn(cost, { a: [0, 0.5, 0.5], epsilon: 1 });
  expectAllWithin((await got.plan()).data, [0, 0, 0.5, 0, 0, 0.5], 1e-12);
  expect([...got.f, ...got.g, ...(await got.apply([1, 2])).data].every(Number.isFinite)).toBe(true);
});

describe('what has no plan is one line that names the place', () => {
  test.each<[string, number[][], object, string]>([
    ['a row', [[0, 1], [FORBIDDEN, FORBIDDEN]], {}, 'got Infinity throughout row 1; allow a pair, or give row 1 the weight 0'],
    ['a column', [[0, FORBIDDEN], [1, FORBIDDEN]], {}, 'got Infinity throughout column 1; '],
    ['a row whose partner weighs nothing', [[0, FORBIDDEN], [1, 1]], { b: [0, 1] }, 'got Infinity throughout row 0; '],
    ['two rows for one column', [[0, FORBIDDEN, FORBIDDEN], [0, FORBIDDEN, FORBIDDEN], [0, 1, 1]], {}, 'got 0.666667 of mass in rows 0, 1 that may go to columns 0 of 0.333333 alone; allow more pairs, or set rhoA or rhoB to a finite price'],
    ['−Infinity', [[0, -Infinity], [1, 0]], {}, 'expected finite numbers, or Infinity for a pair that is forbidden, got -Infinity at [0][1]; '],
  ])('%s', async (_, cost, options, message) => {
    const error = (await sinkhorn(cost, { epsilon: 1, ...options }).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ name: 'InputError' });
    expect(error.message).toMatch(/^sinkhorn: cost: expected /);
    expect(error.message).toContain(message);
  }); // prettier-ignore
});

describe('how long it goes on', () => {
  const [x, y] = [cloud(12, 2, 1), cloud(9, 2, 2)];

  test('tolerance 0: until nothing changes any more, and the status says so', async () => {
    const got = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 0 });
    expect(['precision', 'converged']).toContain(got.status);
    expect(Math.max(...got.marginalErrors.a, ...got.marginalErrors.b)).toBeLessThan(1e-14);
    const short = await sinkhorn({ x, y }, { epsilon: 1, tolerance: 0, maxIterations: 5 });
    expect([short.status, short.iterations]).toEqual(['maxIterations', [5]]);
  });

  test('minIterations: no fewer, and no worse for it', async () => {
    const soon = await sinkhorn({ x, y }, { epsilon: 1 });
    const late = await sinkhorn({ x, y }, { epsilon: 1, minIterations: soon.iterations[0] + 7 });
    expect([late.status, late.iterations]).toEqual(['converged', [soon.iterations[0] + 7]]);
    expectWithin(late.cost, soon.cost, 1e-5);
    await expect(sinkhorn({ x, y }, { epsilon: 1, minIterations: 9, maxIterations: 8 })).rejects.toThrow(
      'sinkhorn: minIterations: expected a whole number from 0 to maxIterations, 8, got 9; correct it',
    );
  });
});

describe('the divergence is never below 0', () => {
  test.each([0.01, 0.1, 1, 10])('of a cloud and itself, or one nearly equal, at epsilon %d', async (epsilon) => {
    const x = range(6).map((s) => cloud(15, 2, s));
    const near = x.map((points) => points.map((row) => row.map((value) => value + 1e-9)));
    for (const y of [x, near]) {
      for (const options of [{ epsilon }, { epsilon, rho: 2 }, { epsilon, maxIterations: 3 }]) {
        const { values } = await sinkhornDivergence(x, y, options);
        const turned = await sinkhornDivergence(y, x, options);
        for (const [s, value] of values.entries()) {
          expect(value).toBeGreaterThanOrEqual(0);
          if (!('maxIterations' in options)) expectWithin(value, turned.values[s], 1e-6);
        }
      }
    }
  });
});
