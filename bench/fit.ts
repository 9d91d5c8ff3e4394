import type { CovarianceForm } from '../kernels/form.js';
import { fitMixture } from '../src/fit/fit.js';
import { gaussian } from '../src/families/gaussian.js';
import { median } from './iterations.js';
import { problemOf, type Size } from './problem.js';
import { digits, table } from './table.js';

const forms: readonly CovarianceForm[] = ['full', 'tied', 'diag', 'spherical'];
const phases = ['load', 'seed', 'fit', 'score'] as const;

/** A whole fit, from rows in memory to criteria. */
export interface FitResult extends Size {
  /** Seconds by phase, medians over the runs. */
  readonly seconds: Readonly<Record<(typeof phases)[number], number>>;
  readonly iterations: number;
  /** Mean log-likelihood, nats. */
  readonly objective: number;
}

/** `npm run bench -- fit`: whole fits from k-means++ with the defaults, by phase. */
export async function benchFit(n: number, runs: number, say: (text: string) => void): Promise<FitResult[]> {
  const results: FitResult[] = [];
  await timeFit({ covariance: 'full', n: 10_000, d: 3, k: 8 }, 1); // warms up
  for (const covariance of forms) {
    results.push(await timeFit({ covariance, n, d: 3, k: 8 }, runs));
    say(`measured a fit, ${covariance}`);
  }
  return results;
}

async function timeFit(size: Size, runs: number): Promise<FitResult> {
  const { covariance, n, d, k } = size;
  const { data } = problemOf(size);
  const seconds: Readonly<Record<string, number>>[] = [];
  let iterations = 0;
  let objective = NaN;
  for (let run = 0; run < runs; run++) {
    const fit = await fitMixture({ data, shape: [n, d] }, { family: gaussian({ covariance }), components: k });
    seconds.push(fit.diagnostics.seconds);
    iterations = fit.iterations;
    objective = fit.criteria.meanLogLikelihood;
    sameObjective(objective, -(fit.objective.at(-1) ?? NaN));
  }
  const by = Object.fromEntries(phases.map((phase) => [phase, median(seconds.map((one) => one[phase]))]));
  return { ...size, seconds: by as FitResult['seconds'], iterations, objective };
}

/** The score, row by row, and the last sweep's objective are the same number by two ways. */
function sameObjective(score: number, sweep: number): void {
  if (Math.abs(score - sweep) <= 1e-6 * Math.max(1, Math.abs(score))) return;
  throw new Error(`bench: expected the last sweep's mean log-likelihood to be the score, ${score}, got ${sweep}`);
}

export function fitTable(results: readonly FitResult[]): string {
  const rows = results.map(({ covariance, n, d, k, seconds, iterations, objective }) => [
    covariance,
    `${n.toLocaleString('en')} × ${d}, ${k}`,
    ...phases.map((phase) => digits(seconds[phase])),
    digits(phases.reduce((sum, phase) => sum + seconds[phase], 0)),
    String(iterations),
    objective.toFixed(5),
  ]);
  return table(
    ['covariance', 'n × d, k', ...phases.map((phase) => `${phase}, s`), 'all, s', 'iterations', 'log-lik.'],
    rows,
  );
}
