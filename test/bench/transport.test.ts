/** What counts sweeps, at sizes that take no time. */
import { expect, test } from 'vitest';
import { study, studyTable } from '../../bench/studies/sinkhorn-em.js';
import { benchTransport, transportProblem, transportTable } from '../../bench/transport.js';

test('counts the sweeps of every solver, and of a fit', async () => {
  const results = await benchTransport(2000, () => undefined, [3]);
  expect(results.map(({ separation }) => separation)).toEqual(['low', 'high']);
  for (const { cold, fit } of results) {
    expect(cold.newton.error).toBeLessThanOrEqual(1e-6);
    expect(cold.newton.sweeps).toBeLessThan(cold.sinkhorn.sweeps);
    expect(fit.sweeps).toBeGreaterThan(fit.iterations);
    expect(fit.error).toBeLessThanOrEqual(1e-6);
  }
  expect(transportTable(results)).toMatch(/^3, high +\d+ /m);
});

test('its problem is the same every time, with proportions that sum to 1', () => {
  const [one, two] = [transportProblem(100, 4, 2), transportProblem(100, 4, 2)];
  expect(two).toEqual(one);
  expect(one.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
});

test('the study finds Sinkhorn-EM at the truth from everywhere at p = .7, EM from about half', async () => {
  const found = await study(() => undefined, { shares: [0.7], samples: 1 });
  expect(found['Sinkhorn-EM']).toEqual([1]);
  expect(found.EM[0]).toBeGreaterThan(0.45);
  expect(found.EM[0]).toBeLessThan(0.65);
  expect(studyTable(found, [0.7])).toMatch(/^Sinkhorn-EM +1\.00 +1\.000$/m);
});
