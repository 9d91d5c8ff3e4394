import { expect, test } from 'vitest';
import { iterationOf, MEASURED, simulated, type Plan } from '../../bench/simulate.js';

const plan: Plan = { workers: 8, units: 64, rows: 1e9, row: 2e-8, bytes: 1e6, fanIn: 0 };
const stragglers = { late: 0.05, slow: 0.01, times: 4 };

test.each([
  ['as many units each', plan],
  ['some with one more', { ...plan, workers: 7 }],
  ['sweeps that hide all but the last answers', { ...plan, workers: 63, rows: 1e12 }],
  ['one worker', { ...plan, workers: 1 }],
])('without stragglers it is the closed form: %s', (_, one) => {
  const form = iterationOf(one);
  expect(Math.abs(simulated(one, 3, 1) - form)).toBeLessThan(1e-12 * form);
});

test('a tree adds as many answers in turn as it has levels times its width', () => {
  const tree = { ...plan, workers: 64, fanIn: 4 };
  const answer = MEASURED.answer + tree.bytes * MEASURED.byte;
  expect(simulated(tree, 1, 1)).toBeCloseTo((tree.rows * tree.row) / 64 + 3 * 4 * answer, 12);
});

test('the measured overheads are those of four answers', () => {
  const four = { ...plan, workers: 4, units: 4, rows: 0 };
  expect(1000 * iterationOf({ ...four, bytes: 98e3 })).toBeCloseTo(12, 0);
  expect(1000 * iterationOf({ ...four, bytes: 9.9e6 })).toBeCloseTo(325, -1);
});

test('stragglers take time, the same for a seed', () => {
  const late = simulated(plan, 50, 3, stragglers);
  expect(late).toBe(simulated(plan, 50, 3, stragglers));
  expect(late).not.toBe(simulated(plan, 50, 4, stragglers));
  expect(late).toBeGreaterThan(iterationOf(plan));
  expect(late).toBeLessThan(stragglers.times * 2 * iterationOf(plan));
});
