import { describe, expect, test } from 'vitest';
import { bootstrapTest } from '../../src/bootstrap/likelihood-ratio.js';
import { bootstrapTests, type BootstrapTestsProgress } from '../../src/bootstrap/sequence.js';
import { gaussian } from '../../src/families/gaussian.js';
import { problem } from '../oracle/index.js';

const { x } = problem('separated', { n: 90, d: 1, k: 2, seed: 1 });
const options = {
  family: gaussian(),
  backend: 'wasm',
  restarts: 1,
  replicates: 19,
  seed: 2,
  prior: 'default',
} as const;

describe('bootstrapTests', () => {
  test('tests k against k + 1 from the least k on, until one is not refused', async () => {
    const told: BootstrapTestsProgress[] = [];
    const found = await bootstrapTests(x, {
      ...options,
      components: [4, 2, 1, 3],
      onProgress: (now) => told.push(now),
    });
    expect(found.tests.map(({ k }) => k)).toEqual([1, 2]);
    expect([found.k, found.level, found.status]).toEqual([2, 0.05, 'complete']);
    const [one, two] = found.tests;
    expect([one.pValue, two.pValue > 0.05]).toEqual([0.05, true]);
    const alone = await bootstrapTest(x, { ...options, components: 1 });
    expect(one.statistics).toEqual(alone.statistics);
    expect([...new Set(told.map(({ k, test, tests }) => `${k}: ${test} of ${tests}`))]).toEqual([
      '1: 1 of 3',
      '2: 2 of 3',
    ]);
  });

  test('asks for one component more than the last that it refused', async () => {
    const { k, tests } = await bootstrapTests(x, { ...options, components: [1, 2] });
    expect([k, tests.length]).toEqual([2, 1]);
  });

  test('keeps the tests that are made where the caller has enough', async () => {
    const controller = new AbortController();
    const onProgress = ({ k }: BootstrapTestsProgress): void => {
      if (k === 2) controller.abort();
    };
    const found = await bootstrapTests(x, { ...options, components: [1, 2, 3], signal: controller.signal, onProgress });
    expect([found.tests.map(({ k }) => k), found.k, found.status]).toEqual([[1], 2, 'aborted']);
  });

  test.each([
    [
      'components',
      { components: [1, 3] },
      'components: expected numbers of which some follow each other, as 1 and 2 do, got [1, 3]; ',
    ],
    ['no number', { components: [1, 0] }, 'components[1]: expected a whole number ≥ 1, got 0; '],
    ['a level', { components: [1, 2], level: 5 }, 'level: expected a number between 0 and 1, got 5'],
  ])('refuses %s', async (_, wrong, message) => {
    await expect(bootstrapTests(x, { ...options, ...wrong })).rejects.toThrow(message);
  });
});
