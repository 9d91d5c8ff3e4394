/** The study of the bootstrap at a size that takes no time: seeds are fixed, and so is what comes out. */
import { expect, test } from 'vitest';
import { coverageOf, rejectionsOf } from '../../bench/studies/bootstrap.js';
import { coverageProblems, levelProblems, withGaps } from '../../bench/studies/bootstrap/problems.js';
import { expectWithin } from '../within.js';

const poisson = coverageProblems.find(({ name }) => name.startsWith('Poisson'))!;

test('intervals hold the truth as often as chance lets 16 data sets tell', async () => {
  const found = await coverageOf(poisson, 16, 40);
  expect(found.map(({ parameter }) => parameter)).toEqual(['weights', 'rates']);
  for (const { covered, least, most, ratio, failed } of found) {
    expect(covered).toBeGreaterThanOrEqual(0.8); // .95 but for 2.8 deviations of 16 draws
    expect(least).toBeLessThanOrEqual(most);
    expectWithin(ratio, 1, 0.5);
    expect(failed).toBe(0);
  }
});

test('the test seldom refuses the true number of components', async () => {
  const problem = levelProblems.find(({ name }) => name.startsWith('Poisson'))!;
  expect(await rejectionsOf(problem, 6, 19)).toBeLessThanOrEqual(1 / 3);
});

test('gaps are a share of the values, in other places of other data sets', () => {
  const data = new Float64Array(20_000);
  const lacking = withGaps(data, 0.15, 1);
  expectWithin(lacking.filter(Number.isNaN).length / data.length, 0.15, 0.01);
  expect(withGaps(data, 0.15, 1)).toEqual(lacking);
  expect(withGaps(data, 0.15, 2)).not.toEqual(lacking);
});
