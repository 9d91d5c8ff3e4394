/** The bench of families: what it times is EM as its definition has it, and its peers, where they are installed, agree. */
import { describe, expect, test } from 'vitest';
import { compareFamily, familiesTable, requireAgreement } from '../../bench/families.js';
import { timeFamily, timeFamilySeeding } from '../../bench/family-iterations.js';
import type { FamilyName, NestedParameters } from '../../bench/family-kinds.js';
import { familyOperations, familyProblem, type FamilyProblem, type FamilySize } from '../../bench/family-problem.js';
import { numpyFamilies, poLCA, stepMix } from '../../bench/peers/list.js';
import { onFile, runOnFile } from '../../bench/peers/peer.js';
import { bernoulliDistribution } from '../../src/families/bernoulli.js';
import { categoricalDistribution } from '../../src/families/categorical.js';
import type { ExponentialFamily } from '../../src/families/exponential-family.js';
import { multinomialDistribution } from '../../src/families/multinomial.js';
import { poissonDistribution } from '../../src/families/poisson.js';
import { vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import { emStep, prepare } from '../families/exponential-em.js';
import { logNormalDistribution } from '../families/scenes.js';
import { expectWithin } from '../within.js';

const ITERATIONS = 3;
/** Python packages take seconds to import. */
const patience = 120_000;

function size(name: string, ...factors: readonly (readonly [FamilyName, number])[]): FamilySize {
  return { name, n: 400, k: 3, factors: factors.map(([family, columns]) => ({ family, columns })) };
}

const sizes = [
  size('bernoulli', ['bernoulli', 5]),
  size('multinomial', ['multinomial', 6]),
  size('vonMisesFisher', ['vonMisesFisher', 4]),
  size('poisson', ['poisson', 3]),
  size('categorical', ['categorical', 3]),
  size('product', ['gaussian', 1], ['poisson', 2], ['categorical', 2]),
];

/** A normal column: x as the logarithm of a log-normal one. */
const normalDistribution: ExponentialFamily = {
  ...logNormalDistribution,
  statistic([x], into) {
    into[0] = x;
    into[1] = x ** 2;
  },
  logBase: () => -Math.log(2 * Math.PI) / 2,
};

type Matrix = readonly (readonly number[])[];
type Block = readonly [block: ExponentialFamily, thetas: readonly Float64Array[]];

const eachColumn = (block: ExponentialFamily, rows: Matrix): Block[] =>
  rows[0].map((_, j) => [block, rows.map((row) => Float64Array.of(row[j]))]);

/** Factors in the terms of the oracle. */
const blocksOf: Readonly<Partial<Record<FamilyName, (parameters: NestedParameters) => Block[]>>> = {
  bernoulli: ({ probabilities }) => eachColumn(bernoulliDistribution, probabilities as Matrix),
  poisson: ({ rates }) => eachColumn(poissonDistribution, rates as Matrix),
  multinomial: ({ probabilities }) => {
    const thetas = (probabilities as Matrix).map((p) => Float64Array.of(...p, 1));
    return [[multinomialDistribution(thetas[0].length - 1), thetas]];
  },
  vonMisesFisher: ({ means, concentrations }) => {
    const thetas = (means as Matrix).map((mean, c) => {
      const length = Math.hypot(...mean);
      return Float64Array.of(...mean.map((value) => value / length), (concentrations as readonly number[])[c]);
    });
    return [[vonMisesFisherDistribution(thetas[0].length - 1), thetas]];
  },
  categorical: ({ probabilities }) =>
    (probabilities as readonly Matrix[]).map((p) => [
      categoricalDistribution(p[0].length),
      p.map((own) => Float64Array.from(own)),
    ]),
  gaussian: ({ means, covariances }) => [
    [
      normalDistribution,
      (means as Matrix).map(([mean], c) => Float64Array.of(mean, (covariances as readonly Matrix[])[c][0][0])),
    ],
  ],
};

/** Mean log-likelihood after the iterations, by plain EM in float64. */
function expected({ n, d, data, factors, start }: FamilyProblem): number {
  const own = factors.flatMap(({ family }, f) => blocksOf[family]!(start.components[f]));
  const blocks = own.map(([block]) => block);
  const rows = Array.from({ length: n }, (_, i) => Array.from(data.subarray(i * d, (i + 1) * d)));
  const prepared = prepare(blocks, { rows, counts: new Array<number>(n).fill(1) });
  let model = { blocks, weights: start.weights as readonly number[], thetas: own.map(([, thetas]) => thetas) };
  for (let iteration = 0; iteration < ITERATIONS; iteration++) model = emStep(model, prepared).next as typeof model;
  return emStep(model, prepared).logLikelihood / n;
}

describe.each(sizes)('$name', (asked) => {
  const problem = familyProblem(asked);
  const { n, d, k, factors, start } = problem;

  test('so many EM iterations from the start, as plain EM makes them', async () => {
    const run = await timeFamily(problem, ITERATIONS, 1);
    expectWithin(run.objective, expected(problem), 1e-6 * Math.abs(run.objective), 'mean log-likelihood');
    expect(Math.min(run.iteration, run.load, run.score)).toBeGreaterThan(0);
    expect(await timeFamilySeeding(problem, 1)).toBeGreaterThan(0);
  });

  test.each([numpyFamilies, ...(asked.name === 'bernoulli' ? [stepMix, poLCA] : [])])(
    '$name does the same, or is missing by name',
    async (peer) => {
      const job = { n, d, k, factors, start, iterations: ITERATIONS, dtype: 'float64', threads: 1 } as const;
      const result = await onFile(problem.data, [n, d], (data) => runOnFile(peer, { ...job, data }));
      if (!('objective' in result)) {
        const remedy = /^.+: ((not in .+; run )?sh bench\/peers\/setup\.sh|install R and its package poLCA)$/;
        expect(result).toEqual({ missing: expect.stringMatching(remedy) });
        return;
      }
      expectWithin(result.objective, expected(problem), 1e-9 * Math.abs(result.objective), 'mean log-likelihood');
      expect(result.least_seconds).toBeLessThanOrEqual(result.seconds_per_iteration);
      expect(result).toMatchObject({ dtype: 'float64', threads: 1 });
    },
    patience,
  );

  test('is the same every time', () => {
    expect(familyProblem(asked)).toEqual(problem);
    expect(familyProblem(asked, 2).data).not.toEqual(problem.data);
  });
});

test('operations: 4 K D a row, and none where there are levels or covariances', () => {
  expect(sizes.map(familyOperations)).toEqual([400 * 3 * 20, 400 * 3 * 24, 400 * 3 * 16, 400 * 3 * 12, NaN, NaN]);
});

test(
  'a family and its peers, in turn, are a line of the table',
  async () => {
    const result = await compareFamily(familyProblem(sizes[0]), { threads: 2, peak: 50 }, 1);
    expectWithin(result.gflops / result.ofPeak, 50, 1e-9, 'peak');
    expect(Object.keys(result.peers)).toEqual(['float32', 'float64', 'stepMix', 'poLCA']);
    const lines = familiesTable([result]).split('\n');
    expect(lines[2]).toMatch(/^bernoulli +400 × 5, 3 /);
    expect(lines.slice(3).every((line) => /^(Shares|Peer|Missing): /.test(line))).toBe(true);
  },
  patience,
);

test('another mean log-likelihood than numpy’s is an error', () => {
  const exact = { objective: -2 } as Parameters<typeof requireAgreement>[2];
  expect(() => requireAgreement('poisson', -2.000001, exact)).not.toThrow();
  expect(() => requireAgreement('poisson', -2.00001, exact)).toThrow("bench: poisson: expected numpy's mean log-likelihood of -2, got -2.00001"); // prettier-ignore
  expect(() => requireAgreement('poisson', NaN, exact)).toThrow('got NaN');
  expect(() => requireAgreement('poisson', -3, { missing: 'numpy' })).not.toThrow();
});

test(
  'rows with gaps are fitted beside numpy by pattern, to the same mean log-likelihood',
  async () => {
    const asked = { ...size('gaps', ['gaussian', 4]), missing: 0.2 };
    const problem = familyProblem(asked);
    const share = problem.data.filter(Number.isNaN).length / problem.data.length;
    expectWithin(share, 0.2, 0.05, 'share of gaps');
    const result = await compareFamily(problem, { threads: 1, peak: 50 }, 1); // throws where they differ
    expect(Object.keys(result.peers)).toEqual(['float64']);
    expect(familyOperations(problem)).toBeNaN();
  },
  patience,
);

test('of components far apart fewer responsibilities count', async () => {
  const near = { ...size('multinomial', ['multinomial', 20]), n: 200 };
  const [some, few] = await Promise.all(
    [near, { ...near, apart: 10 }].map((one) => timeFamily(familyProblem(one), ITERATIONS, 1)),
  );
  expect(some.sharing).toBeGreaterThan(0.9);
  expect(few.sharing).toBeLessThan(0.6);
  expect(few.sharing).toBeGreaterThanOrEqual(1 / 3);
});
