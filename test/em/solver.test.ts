/** The laws of a step of EM, for every covariance type and marginal, and of what accelerates it. */
import { describe, expect, test } from 'vitest';
import { resolveBackend } from '../../src/backend/resolve.js';
import { loadDataset, toSource, type Dataset } from '../../src/data/dataset.js';
import type { Accelerator } from '../../src/em/accelerator.js';
import { expectationMaximization } from '../../src/em/em.js';
import type { EmProblem } from '../../src/em/problem.js';
import { EmSolver, type EmState, type Ending } from '../../src/em/solver.js';
import type { Stage } from '../../src/em/stages.js';
import { hasStopped } from '../../src/em/stopping.js';
import { gaussian } from '../../src/families/gaussian.js';
import type { SweptRows } from '../../src/sweep/shard.js';
import type { Start } from '../../src/seeding/start.js';
import { marginalSolver, type Marginal } from '../../src/transport/marginal.js';
import { EXACT } from '../../src/transport/tolerance.js';
import { problem as rowsOf, type Covariance } from '../oracle/index.js';

const [n, d, k] = [120, 2, 3];
const { x } = rowsOf('overlapping', { n, d, k, seed: 5 });
const weights = [0.2, 0.3, 0.5];
/** Rounding of F as float32 sweeps sum it, nats. */
const ROUNDING = 1e-6;

const marginals: Readonly<Record<string, Marginal>> = {
  free: { kind: 'free' },
  fixed: { kind: 'fixed', weights },
  relaxed: { kind: 'relaxed', weights, rho: 0.5 },
};
const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];
const table = forms.flatMap((form) => Object.keys(marginals).map((marginal) => [form, marginal] as const));

async function loaded(commonScale: boolean): Promise<Dataset> {
  const device = await resolveBackend('cpu');
  return loadDataset(toSource(x), { device, missing: 'error', commonScale });
}

/** A problem with one stage, or so many as there are temperatures, and a start on its rows. */
async function setUp(
  form: Covariance,
  marginal: Marginal,
  { epsilons = [1], ...given }: Partial<EmProblem> & { readonly epsilons?: readonly number[] } = {},
): Promise<{ readonly problem: EmProblem; readonly start: Start; readonly dataset: Dataset }> {
  const family = gaussian({ covariance: form });
  const dataset = await loaded(family.commonScale);
  const { shard } = dataset;
  const solver = marginalSolver(marginal, k);
  const stages = epsilons.map((epsilon): Stage => ({ marginal: solver, epsilon, iterations: 20 }));
  const centres = await shard.take([0, 40, 80]);
  const start = {
    weights: Float64Array.of(0.3, 0.3, 0.4),
    components: family.atRows(centres, new Float64Array(d).fill(1)),
  };
  const regularization = new Float64Array(d);
  const problem = { shard, family, stages, tolerance: 1e-4, maxIterations: 200, regularization, ...given };
  return { problem, start, dataset };
}

/** Every state from the start until F has stopped falling, each ending met by its remedy. */
async function way(solver: EmSolver, start: Start): Promise<{ states: EmState[]; endings: (Ending | undefined)[] }> {
  const states = [await solver.init(start)];
  const endings: (Ending | undefined)[] = [];
  for (let steps = 0; steps < 500 && endings.at(-1) !== 'converged'; steps++) {
    const state = await solver.step(states[states.length - 1]);
    const ending = solver.terminate(state);
    endings.push(ending);
    states.push(ending === 'rough' ? await solver.tighten(state) : state);
  }
  return { states, endings };
}

describe.each(table)('%s, %s', (form, marginal) => {
  test('F never rises; the last state satisfies what it ended by, and no state before does', async () => {
    const { problem, start, dataset } = await setUp(form, marginals[marginal]);
    const solver = new EmSolver(problem);
    const { states, endings } = await way(solver, start);
    const last = states[states.length - 1];
    for (const [at, state] of states.entries()) {
      if (at === 0) continue;
      // A plan that meets its marginal but roughly gives a lower bound of F.
      const slack = ROUNDING + 10 * states[at - 1].iterate.error;
      expect(state.iterate.objective).toBeLessThanOrEqual(states[at - 1].iterate.objective + slack);
    }
    expect(endings.slice(0, -1).every((ending) => ending === undefined || ending === 'rough')).toBe(true);
    expect(solver.terminate(last)).toBe('converged');
    const { descent, inner, eStep, iterate, stage } = last;
    expect(hasStopped(descent, problem.tolerance, eStep.precision)).toBe(true);
    // An error may stay where mending it would add less to F than the inner tolerance.
    const gain = (await solver.meetCloser(last, EXACT)).iterate.objective - iterate.objective;
    expect([inner.tight, iterate.error <= stage.marginal.loosest, gain <= inner.value]).toEqual([true, true, true]);
    const further = await solver.step(last);
    expect(iterate.objective - further.iterate.objective).toBeLessThan(problem.tolerance);
    dataset.shard.dispose();
  });

  test('a step leaves the state it begins from as it was: made again, it gives the same bits', async () => {
    const { problem, start, dataset } = await setUp(form, marginals[marginal]);
    const solver = new EmSolver(problem);
    const before = await solver.step(await solver.init(start));
    const copy = structuredClone({ ...before.iterate });
    const [one, other] = [await solver.step(before), await solver.step(before)];
    expect(before.iterate).toEqual(copy);
    expect(one.iterate).toEqual(other.iterate);
    dataset.shard.dispose();
  });

  test('the driver takes the same steps', async () => {
    const { problem, start, dataset } = await setUp(form, marginals[marginal], { tolerance: 1e-5 });
    const { states } = await way(new EmSolver(problem), start);
    const run = await expectationMaximization(
      { ...problem, stages: [{ ...problem.stages[0], iterations: Infinity }] },
      start,
    );
    expect([run.status, run.marginalError <= EXACT]).toEqual(['converged', true]);
    const ways = states.slice(1, -1).map(({ iterate }) => iterate.objective);
    expect(run.objective.slice(0, -1)).toEqual(ways);
    dataset.shard.dispose();
  });
});

test('a component without rows starts again, and the state before keeps its moments', async () => {
  const { problem, start, dataset } = await setUp('diag', marginals.free);
  const components = problem.family.restarted(start.components, [{ component: 2, row: Float64Array.of(1e3, 1e3) }]);
  const solver = new EmSolver(problem);
  const state = await solver.init({ ...start, components });
  const copy = structuredClone(state.iterate.moments);
  const next = await solver.step(state);
  expect(next.iterate.repairs.map(({ kind, component }) => [kind, component])).toEqual([['reseeded', 2]]);
  expect(state.iterate.moments).toEqual(copy);
  dataset.shard.dispose();
});

test('where float32 can’t tell, the ending says so, and float64 has the last word', async () => {
  const { problem, start, dataset } = await setUp('full', marginals.free, { tolerance: 1e-9 });
  const exactly = (): Promise<SweptRows<Float64Array>> => dataset.exact.load();
  const solver = new EmSolver({ ...problem, exactly });
  let state = await solver.init(start);
  const { eStep } = state;
  while (!solver.terminate(state)) state = await solver.step(state);
  expect(solver.terminate(state)).toBe('unresolved');
  expect(await new EmSolver(problem).inFloat64(await new EmSolver(problem).init(start))).toBeUndefined();
  const exact = (await solver.inFloat64(state)) as EmState;
  expect([exact.eStep.precision, exact.eStep.sweeps]).toEqual(['float64', eStep.sweeps]);
  expect([solver.terminate(exact), await solver.inFloat64(exact)]).toEqual([undefined, undefined]);
  let last = exact;
  while (!solver.terminate(last)) last = await solver.step(last);
  expect(solver.terminate(last)).toBe('converged');
  dataset.shard.dispose();
});

describe('an accelerator', () => {
  /** Goes `factor` times as far as EM between means, every second time, and notes what became of that. */
  const stretching = (factor: number, taken: (boolean | undefined)[], even = false): Accelerator => ({
    propose(from, estimate) {
      if (!even) return undefined;
      const { arrays } = estimate.components;
      const before = from.components.arrays.means.values;
      const values = arrays.means.values.map((mean, at) => before[at] + factor * (mean - before[at]));
      const stretched = { ...arrays, means: { ...arrays.means, values } };
      return { ...estimate, components: { ...estimate.components, arrays: stretched } };
    },
    after(step) {
      taken.push(step.taken);
      return stretching(factor, taken, !even);
    },
    fresh: () => stretching(factor, taken),
    save: () => undefined,
    restore: () => stretching(factor, taken),
  });

  test('whose proposals are worse than the last iterate changes nothing but the number of sweeps', async () => {
    const { problem, start, dataset } = await setUp('full', marginals.free);
    const taken: (boolean | undefined)[] = [];
    const plain = await expectationMaximization(problem, start);
    const run = await expectationMaximization({ ...problem, accelerator: stretching(1e3, taken) }, start);
    const { sweeps, ...same } = run;
    expect(same).toEqual({ ...plain, sweeps: undefined, ...same });
    expect(run.objective).toEqual(plain.objective);
    expect(run.components).toEqual(plain.components);
    const refused = taken.filter((one) => one === false).length;
    expect([taken.includes(true), taken.length]).toEqual([false, plain.objective.length]);
    expect([refused, sweeps]).toEqual([Math.floor(taken.length / 2), plain.sweeps + refused]);
    dataset.shard.dispose();
  });

  test('that goes further is taken, F never rises, and no sweep is lost', async () => {
    const { problem, start, dataset } = await setUp('full', marginals.free);
    const taken: (boolean | undefined)[] = [];
    const run = await expectationMaximization({ ...problem, accelerator: stretching(1.5, taken) }, start);
    for (const [at, value] of run.objective.entries()) {
      if (at > 0) expect(value).toBeLessThanOrEqual(run.objective[at - 1] + ROUNDING);
    }
    expect(taken.filter((one) => one === true).length).toBeGreaterThan(2);
    expect(run.sweeps).toBe(1 + taken.length + taken.filter((one) => one === false).length);
    dataset.shard.dispose();
  });

  test('remembers nothing of another stage', async () => {
    const { problem, start, dataset } = await setUp('full', marginals.free, { epsilons: [1.5, 1] });
    let fresh = 0;
    const one: Accelerator = {
      propose: () => undefined,
      after: () => one,
      fresh: () => (fresh++, one),
      save: () => undefined,
      restore: () => one,
    };
    const run = await expectationMaximization({ ...problem, accelerator: one }, start);
    expect([fresh, run.objective]).toEqual([1, (await expectationMaximization(problem, start)).objective]);
    dataset.shard.dispose();
  });
});
