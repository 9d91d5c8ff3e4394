import { expect, test } from 'vitest';
import { incrementalStudy, incrementalTable } from '../../bench/studies/incremental.js';
import { drawnProblems } from '../../bench/studies/optima/problems.js';

test('every way comes near its optimum, incremental EM in fewer passes than EM', async () => {
  const problems = drawnProblems(2048).filter(({ name }) => name === 'unbalanced');
  const found = await incrementalStudy(problems, () => undefined, 300);
  expect(found.map(({ way }) => way)).toEqual(['em', 'incremental', 'squarem']);
  const [em, incremental] = found.map(({ epochs }) => epochs ?? NaN);
  expect(incremental).toBeLessThan(em);
  expect(Math.min(...found.map(({ above }) => above))).toBe(0);
});

test('the table says what was reached, and where that was not the lowest', () => {
  const one = { problem: 'iris', way: 'em', epochs: 12, cpu: 0.5, above: 0 } as const;
  const text = incrementalTable([
    one,
    { ...one, way: 'incremental', epochs: 7, above: 0.2 },
    { ...one, way: 'squarem', epochs: undefined, cpu: undefined },
  ]);
  expect(text).toMatch(/^iris +12, 0\.5 s +7, 0\.5 s, a higher optimum +–$/m);
});
