/** scikit-learn as a peer of the bench. Where it is not installed, the tests hold the bench to saying so. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { runSklearn, type PeerJob } from '../../bench/peers/peer.js';
import { constrain, em, problem, type Covariance } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const size = { n: 400, d: 3, k: 3, seed: 5 };
const { x, start } = problem('overlapping', size);
const job: PeerJob = {
  ...size,
  covariance: 'full',
  data: Float64Array.from(x.flat()),
  dtype: 'float64',
  iterations: 4,
  start,
  threads: 1,
};

afterEach(() => vi.unstubAllEnvs());

test('without the interpreter it is told to use, says which one and what to do', async () => {
  vi.stubEnv('OTMIX_PYTHON', '/nonexistent');
  expect(await runSklearn(job)).toEqual({
    missing: 'scikit-learn: not in /nonexistent; run sh bench/peers/setup.sh',
  });
});

describe('with an interpreter that may have scikit-learn', () => {
  const missing = /^scikit-learn: not in .+; run sh bench\/peers\/setup\.sh$/;

  test.each<Covariance>(['full', 'tied', 'diag', 'spherical'])(
    '%s: its mean log-likelihood is the oracle’s from the same start, or it is missing by name',
    async (covariance) => {
      const result = await runSklearn({ ...job, covariance });
      if ('missing' in result) {
        expect(result.missing).toMatch(missing);
        return;
      }
      const options = { covariance, regularization: 1e-6, maxIterations: job.iterations, tolerance: -Infinity };
      const objective = -(em(x, constrain(start, covariance), options).objective.at(-1) ?? NaN);
      expectWithin(result.objective, objective, 1e-9, 'mean log-likelihood');
      expect(result).toMatchObject({ dtype: 'float64', threads: 1, version: expect.stringMatching(/^\d+\.\d+/) });
      expectWithin(result.rows_per_second * result.seconds_per_iteration, size.n, 1e-6, 'rows');
    },
  );

  test('a job that fails is an error with its last words, or the peer is missing by name', async () => {
    const flat = start.covariances.map((rows) => rows.map((row) => row.map(() => 0)));
    const run = runSklearn({ ...job, start: { ...start, covariances: flat } });
    const outcome = await run.catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome.message).toMatch(
        /^runSklearn: expected exit status 0, got 1 \(.*Singular matrix\); check the job$/,
      );
    } else expect(outcome).toEqual({ missing: expect.stringMatching(missing) });
  });
});
