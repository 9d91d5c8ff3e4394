import { fitMixture } from '../src/fit/fit.js';
import type { Mixture } from '../src/mixture/mixture.js';
import { negligibleShare } from '../src/sweep/negligible.js';
import { familyOf, type FamilyProblem } from './family-problem.js';

/** What a fit took, seconds. */
export interface FamilyRun {
  /** Least of an EM iteration. */
  readonly iteration: number;
  readonly load: number;
  readonly score: number;
  /** Mean log-likelihood after the iterations, nats. */
  readonly objective: number;
  /** Share of the responsibilities of some rows, under the mixture then, that sweeps don't leave out as negligible. */
  readonly sharing: number;
}

/** Rows whose responsibilities are looked at. */
const LOOKED_AT = 2000;

/**
 * Fits from the problem's start by the public path, so many iterations; the time between two reports of progress is that of
 * one, M-step and sweep.
 */
export async function timeFamily(problem: FamilyProblem, iterations: number, threads: number): Promise<FamilyRun> {
  const { n, d, k, data, start } = problem;
  const ends: number[] = [];
  const onProgress = ({ iteration }: { readonly iteration?: number }): void => {
    if (iteration !== undefined) ends.push(performance.now());
  };
  const limits = { maxIterations: iterations, tolerance: 0, regularization: 0 };
  const { status, criteria, diagnostics, mixture } = await fitMixture(
    { data, shape: [n, d] },
    {
      family: familyOf(problem),
      components: k,
      seeding: start,
      missing: policyOf(problem),
      threads,
      onProgress,
      ...limits,
    },
  );
  if (ends.length !== iterations)
    throw new Error(`bench: expected ${iterations} iterations, got ${ends.length}, ${status}`);
  const { load, score } = diagnostics.seconds;
  const least = Math.min(...ends.slice(1).map((end, at) => end - ends[at]));
  return {
    iteration: least / 1000,
    load,
    score,
    objective: criteria.meanLogLikelihood,
    sharing: await sharingOf(problem, mixture),
  };
}

/** Of the problem's first rows. */
async function sharingOf(problem: FamilyProblem, mixture: Mixture): Promise<number> {
  const { n, d, data } = problem;
  const rows = Math.min(n, LOOKED_AT);
  const looked = { data: data.subarray(0, rows * d), shape: [rows, d] as const };
  const shares = await mixture.predictProba(looked, { missing: policyOf(problem) });
  const least = negligibleShare(Float64Array.from(mixture.weights), n);
  return shares.data.filter((share) => share >= least).length / shares.data.length;
}

/** Seconds of k-means++ seeding, the start estimated from its clusters included. */
export async function timeFamilySeeding(problem: FamilyProblem, threads: number): Promise<number> {
  const { n, d, k, data } = problem;
  const missing = policyOf(problem);
  const options = { family: familyOf(problem), components: k, missing, maxIterations: 0, threads };
  return (await fitMixture({ data, shape: [n, d] }, options)).diagnostics.seconds['seed'];
}

function policyOf({ missing }: FamilyProblem): 'model' | 'error' {
  return missing ? 'model' : 'error';
}
