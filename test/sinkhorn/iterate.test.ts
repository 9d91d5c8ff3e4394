/** When an iteration turns from rough evaluations to exact ones, on a fixed point that is known. */
import { expect, test } from 'vitest';
import { iterate, type Evaluation, type Iteration } from '../../src/sinkhorn/iterate.js';
import { expectWithin } from '../within.js';

const solution = 3;
const rate = 0.5;

/** x ← 3 + (x − 3)/2, with the error |x − 3|; rough, x is known to `step` alone. Says which evaluations were made. */
function problem(step: number, given: Partial<Iteration> = {}) {
  const made: ('rough' | 'exact')[] = [];
  const at = (x: number): Evaluation => {
    const reached = solution + rate * (x - solution);
    return { reached: Float64Array.of(reached), errors: Float64Array.of(Math.abs(x - solution)), kept: [] };
  };
  const iteration: Iteration = {
    batches: 1,
    weights: Float64Array.of(1),
    epsilons: [1],
    tolerance: 1e-3,
    maxIterations: 100,
    accelerate: false,
    roundoff: 2 ** -53,
    evaluate: async ([x]) => {
      made.push('exact');
      return at(x);
    },
    rough: {
      evaluate: async ([x]) => {
        made.push('rough');
        return at(step === 0 ? x : Math.round((x - solution - step / 3) / step) * step + solution + step / 3);
      },
      error: () => step,
    },
    ...given,
  };
  return { made, iteration };
}

const start = (): Float64Array => Float64Array.of(0);

test('where the tolerance is coarser than rounding one exact evaluation confirms it', async () => {
  const { made, iteration } = problem(1e-6);
  const [{ status, x, error, iterations }] = await iterate(iteration, start());
  expect(status).toBe('converged');
  expect(made.lastIndexOf('rough')).toBe(made.length - 2);
  expect(iterations).toBe(made.length);
  expectWithin(error, Math.abs(x[0] - solution), 1e-15);
  expect(error).toBeLessThanOrEqual(1e-3);
});

test('where it is finer, exact evaluations go on from where rounding ends', async () => {
  const { made, iteration } = problem(1e-3, { tolerance: 1e-9 });
  const [{ status, error }] = await iterate(iteration, start());
  expect([status, error <= 1e-9]).toEqual(['converged', true]);
  const rough = made.filter((kind) => kind === 'rough').length;
  expect(made.slice(rough)).toEqual(new Array(made.length - rough).fill('exact'));
  // 3 halved: to 1e-3 in 12 steps, to 1e-9 in 20 more.
  expect(rough).toBeGreaterThan(8);
  expect(rough).toBeLessThan(15);
  expect(made.length).toBeLessThan(36);
});

test('rounding that is worse than it is said to be ends as a stall', async () => {
  const { made, iteration } = problem(1e-2, { tolerance: 1e-9 });
  const rough = { evaluate: iteration.rough!.evaluate, error: () => 1e-3 };
  const [{ status, error }] = await iterate({ ...iteration, rough }, start());
  expect([status, error <= 1e-9]).toEqual(['converged', true]);
  expect(made.filter((kind) => kind === 'rough').length).toBeLessThan(40);
});

test('what is not finite is computed exactly at once, and so is all that follows', async () => {
  const { made, iteration } = problem(0);
  const evaluate = async (x: Float64Array): Promise<Evaluation> => {
    const { errors, kept } = await iteration.rough!.evaluate(x, 1);
    return { reached: Float64Array.of(NaN), errors, kept };
  };
  const [{ status, iterations }] = await iterate({ ...iteration, rough: { evaluate, error: () => 0 } }, start());
  expect(status).toBe('converged');
  expect(made.filter((kind) => kind === 'rough')).toHaveLength(1);
  expect(made).toHaveLength(iterations + 1);
});

test('the last of a limited number of iterations is exact', async () => {
  for (const maxIterations of [1, 2, 5]) {
    const { made, iteration } = problem(1e-6, { maxIterations });
    const [{ status }] = await iterate(iteration, start());
    expect([status, made.length]).toEqual(['maxIterations', maxIterations]);
    expect(made.indexOf('exact')).toBe(maxIterations - 1);
  }
});

test('an abort does not wait for an exact evaluation', async () => {
  const controller = new AbortController();
  const onProgress = ({ iteration }: { iteration: number }): void => {
    if (iteration === 2) controller.abort();
  };
  const { made, iteration } = problem(1e-6, { signal: controller.signal, onProgress });
  const [{ status, x }] = await iterate(iteration, start());
  expect(status).toBe('aborted');
  expect(made).toEqual(['rough', 'rough', 'rough']);
  expectWithin(x[0], 2.25, 1e-6);
});
