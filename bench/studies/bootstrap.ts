/**
 * `npm run study:bootstrap`: whether the bootstrap's 95 % intervals hold the true parameters as often as they say, and
 * whether its test of k against k + 1 components keeps its level where k is right.
 *
 * Data sets are drawn from known mixtures. Each is fitted from the truth, so that no optimum is missed and components keep
 * their order, and then bootstrapped. For the test fits start as users' do, from seedings.
 */
import { bootstrap } from '../../src/bootstrap/bootstrap.js';
import { bootstrapTest } from '../../src/bootstrap/likelihood-ratio.js';
import { matcher } from '../../src/bootstrap/match.js';
import { parametersOf } from '../../src/bootstrap/parameters.js';
import { fitMixture } from '../../src/fit/fit.js';
import type { Mixture } from '../../src/mixture/mixture.js';
import { table } from '../table.js';
import { coverageProblems, levelProblems, withGaps, type BootstrapProblem } from './bootstrap/problems.js';

/** Data sets of each problem, and replicates of each unless the problem says. */
const SETS = 200;
const REPLICATES = 200;
/** Samples of each test: p is at most .05 where the rows' statistic is the largest of twenty. */
const SAMPLES = 19;
const LEVEL = 0.05;

/** How often intervals of one parameter hold the truth. */
export interface Coverage {
  readonly problem: string;
  readonly parameter: string;
  /** Share of intervals over data sets, components and columns. */
  readonly covered: number;
  /** The least and the largest share of a single number. */
  readonly least: number;
  readonly most: number;
  /** Mean of standard errors over the standard deviation of estimates: 1 where they say what they should. */
  readonly ratio: number;
  /** Replicates that failed, of all. */
  readonly failed: number;
}

/** What of one data set is looked at: of each parameter whether its interval holds the truth, estimate and error. */
interface Look {
  readonly holds: boolean;
  readonly estimate: number;
  readonly standardError: number;
}

export async function coverageOf(
  problem: BootstrapProblem,
  sets = SETS,
  replicates = problem.replicates ?? REPLICATES,
): Promise<Coverage[]> {
  const truth = await problem.truth();
  const values = parametersOf(truth);
  const looks: Look[][] = values.map(() => []);
  let failed = 0;
  for (let set = 0; set < sets; set++) {
    const rows = rowsOf(problem, truth, set);
    const options = { threads: 1, missing: problem.gaps ? 'model' : 'error' } as const;
    const start = { weights: truth.weights, components: truth.components };
    const { mixture } = await fitMixture(rows, {
      ...options,
      components: truth.k,
      family: truth.family,
      seeding: start,
    });
    const found = await bootstrap(rows, matcher(truth)(mixture), { ...options, replicates, seed: set });
    failed += found.failures.length;
    for (const [at, { value }] of values.entries()) {
      const { estimate, standardError, lower, upper } = found.of((one) => parametersOf(one)[at].value);
      looks[at].push({ holds: lower <= value && value <= upper, estimate, standardError });
    }
  }
  return [...new Set(values.map(({ parameter }) => parameter))].map((parameter) => {
    const own = looks.filter((_, at) => values[at].parameter === parameter && values[at].value !== 0);
    const shares = own.map((one) => meanOf(one.map(({ holds }) => Number(holds))));
    return {
      ...{ problem: problem.name, parameter, covered: meanOf(shares) },
      ...{ least: Math.min(...shares), most: Math.max(...shares) },
      ratio: meanOf(own.map((one) => meanOf(one.map((look) => look.standardError)) / deviationOf(one))),
      failed: failed / (sets * replicates),
    };
  });
}

/** How often the test refuses k components that are right, at level .05. */
export async function rejectionsOf(problem: BootstrapProblem, sets = SETS, replicates = SAMPLES): Promise<number> {
  const truth = await problem.truth();
  let refused = 0;
  for (let set = 0; set < sets; set++) {
    const { prior = 'none' } = problem;
    const fits = { components: truth.k, family: truth.family, prior, restarts: 2 } as const;
    const { pValue } = await bootstrapTest(rowsOf(problem, truth, set), { ...fits, replicates, seed: set, threads: 1 });
    if (pValue <= LEVEL) refused++;
  }
  return refused / sets;
}

function rowsOf(
  { n, gaps }: BootstrapProblem,
  truth: Mixture,
  set: number,
): { data: Float64Array; shape: [number, number] } {
  const { data } = truth.sample(n, { seed: 1000 + set });
  return { data: gaps ? withGaps(data, gaps, set) : data, shape: [n, truth.d] };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(looks: readonly Look[]): number {
  const mean = meanOf(looks.map(({ estimate }) => estimate));
  return Math.sqrt(looks.reduce((sum, { estimate }) => sum + (estimate - mean) ** 2, 0) / (looks.length - 1));
}

function coverageTable(found: readonly Coverage[]): string {
  return table(
    ['intervals of 95 %', 'parameter', 'hold the truth, %', 'least, %', 'most, %', 'error / deviation', 'failed, %'],
    found.map(({ problem, parameter, covered, least, most, ratio, failed }) => [
      problem,
      parameter,
      ...[covered, least, most].map((share) => (100 * share).toFixed(1)),
      ratio.toFixed(3),
      (100 * failed).toFixed(2),
    ]),
  );
}

if (process.argv[1]?.endsWith('bootstrap.js')) {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const coverages: Coverage[] = [];
  for (const problem of coverageProblems) {
    coverages.push(...(await coverageOf(problem)));
    say(coverageTable(coverages));
  }
  const levels: string[][] = [];
  for (const problem of levelProblems) {
    levels.push([problem.name, (100 * (await rejectionsOf(problem))).toFixed(1)]);
    say(levels.join('\n'));
  }
  process.stdout.write(`${coverageTable(coverages)}\n\n${table(['tests at 5 %', 'refuse the true k, %'], levels)}\n`);
}
