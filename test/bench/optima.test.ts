/** The study of optima at a size that takes no time, and how it counts. */
import { expect, test } from 'vitest';
import { optimaStudy, optimaTable, shareReached, type Finding } from '../../bench/studies/optima.js';
import { better, readBestKnown } from '../../bench/studies/optima/best-known.js';
import { optimaProblems } from '../../bench/studies/optima/problems.js';
import { ourOutcomes } from '../../bench/studies/optima/run.js';
import { expectWithin } from '../within.js';

const problems = await optimaProblems();
const named = (name: string): (typeof problems)[number] => problems.find((problem) => problem.name === name)!;

test('problems are standardised and the same every time', async () => {
  expect(new Set(problems.map(({ name }) => name)).size).toBe(problems.length);
  expect(await optimaProblems()).toEqual(problems);
  for (const { data, d } of problems) {
    const n = data.length / d;
    for (let j = 0; j < d; j++) {
      const column = Array.from({ length: n }, (_, row) => data[row * d + j]);
      expectWithin(column.reduce((sum, value) => sum + value, 0) / n, 0, 1e-9);
      expectWithin(column.reduce((sum, value) => sum + value ** 2, 0) / n, 1, 1e-9);
    }
  }
});

test('the share of the best of r is what all choices of r runs give', () => {
  const runs = [3, 1, 4, 1.5, 9, 2.6].map((objective) => ({ objective }));
  // Not only the lowest: one that wins and has not reached the optimum counts against.
  const reached = ({ objective }: { objective: number }): boolean => objective === 1.5 || objective === 3;
  for (let r = 1; r <= runs.length; r++) {
    const choices = Array.from({ length: 2 ** runs.length }, (_, bits) => runs.filter((__, i) => (bits >> i) & 1));
    const winners = choices
      .filter((choice) => choice.length === r)
      .map((choice) => choice.reduce((best, run) => (run.objective < best.objective ? run : best)));
    expectWithin(
      shareReached(runs, r, reached),
      winners.filter(reached).length / winners.length,
      1e-12,
      `best of ${r}`,
    );
  }
});

test('sweeps are counted with those of seeding, and short runs with all they try', async () => {
  const iris = named('iris');
  const one = await ourOutcomes(iris, {}, 2);
  expect(await ourOutcomes(iris, {}, 2)).toEqual(one);
  // Two and more iterations, the sweep before the first, one that seeding ends with, and distances to candidates.
  for (const { sweeps } of one) expect(sweeps).toBeGreaterThan(4);
  const short = await ourOutcomes(iris, { strategy: 'short-runs' }, 2);
  for (const { sweeps } of short) expect(sweeps).toBeGreaterThan(30);
});

test('finds what is known of faithful, and says so in its tables', async () => {
  const { findings, before, best } = await optimaStudy(() => undefined, [named('faithful')], { starts: 10 });
  expect(before).toBeUndefined();
  expectWithin(best.faithful, (await readBestKnown()).faithful, 1e-3);
  const plain = findings.find(({ way }) => way === 'k-means++, plain');
  expect(plain).toMatchObject({ problem: 'faithful', often: 1, collapsed: 0 });
  expect(plain?.once).toBeGreaterThan(0.5);
  const text = optimaTable(findings);
  expect(text).toMatch(/^k-means\+\+, warm-up +\d\.\d\d 1\.00 +\d+$/m);
  expect(text).toMatch(/^k-means\+\+, warm-up +\d\.\d\d +1\.00 +\d\.\d\d +0\.00 +\d+$/m);
});

test('the best optima known are those of the problems, and only better ones change them', async () => {
  const known = await readBestKnown();
  expect(Object.keys(known).sort()).toEqual(problems.map(({ name }) => name).sort());
  expect(better({ a: 1, b: 2 }, { a: 0.5, b: 3, c: 4 })).toEqual({ a: 0.5, b: 2, c: 4 });
  // Where a study finds a better one, shares are given by both.
  const { best, before, findings } = await optimaStudy(() => undefined, [named('faithful')], {
    starts: 10,
    known: { faithful: known.faithful + 0.5 },
  });
  expectWithin(best.faithful, known.faithful, 1e-3);
  const shares = (of: readonly Finding[] = []): number => of.reduce((sum, { once }) => sum + once, 0);
  expect(before).toHaveLength(findings.length);
  expect(shares(before)).toBeGreaterThan(shares(findings));
});
