/** The peers of the bench. Where they are not installed, the tests hold the bench to saying so. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { otherPeers, scikitLearn } from '../../bench/peers/list.js';
import { outcome, runPeer, type PeerJob } from '../../bench/peers/peer.js';
import { peerEnvironment } from '../../bench/peers/python.js';
import { constrain, em, problem, type Covariance } from '../oracle/index.js';
import { expectWithin } from '../within.js';

const size = { n: 400, d: 3, k: 3 };
const { x, start } = problem('overlapping', { ...size, seed: 5 });
const job: PeerJob = {
  ...size,
  covariance: 'full',
  data: Float64Array.from(x.flat()),
  dtype: 'float64',
  iterations: 4,
  start,
  threads: 1,
};
const peers = [scikitLearn, ...otherPeers];

/** Python packages take seconds to import. */
const patience = 120_000;

afterEach(() => vi.unstubAllEnvs());

test.each(peers)('$name: without the interpreter it is told to use, says which one and what to do', async (peer) => {
  vi.stubEnv('OTMIX_PYTHON', '/nonexistent');
  expect(await runPeer(peer, job)).toEqual({
    missing: `${peer.name}: not in /nonexistent; run sh bench/peers/setup.sh`,
  });
});

test('a peer’s BLAS finds its processor itself, and has the threads asked for', () => {
  vi.stubEnv('OPENBLAS_CORETYPE', 'Haswell');
  vi.stubEnv('OMP_NUM_THREADS', '7');
  expect(peerEnvironment()).toMatchObject({ OMP_NUM_THREADS: '7', PATH: process.env['PATH'] });
  expect(peerEnvironment()).not.toHaveProperty('OPENBLAS_CORETYPE');
  expect(peerEnvironment(3)).toMatchObject({ OMP_NUM_THREADS: '3', OPENBLAS_NUM_THREADS: '3', MKL_NUM_THREADS: '3' });
});

describe('what a peer that has ended says', () => {
  const ended = { status: 0, signal: null, output: '', complaints: '' };

  test('is the last line that it prints', () => {
    const output = 'a library says hello\n{"skipped": "out of memory"}\n';
    expect(outcome(scikitLearn, { ...ended, output })).toEqual({ skipped: 'out of memory' });
  });

  test('killed, it is skipped: that is how Linux ends what takes too much memory', () => {
    expect(outcome(scikitLearn, { ...ended, status: null, signal: 'SIGKILL' })).toEqual({
      skipped: 'killed, probably out of memory',
    });
  });

  test.each([
    [{ status: 1, complaints: 'Traceback\nValueError: singular\n' }, '1 (ValueError: singular)'],
    [{ status: null, signal: 'SIGSEGV' as const }, 'SIGSEGV ()'],
  ])('failed, it is an error with its last words: %j', (how, words) => {
    expect(() => outcome(scikitLearn, { ...ended, ...how })).toThrow(
      `scikit-learn: expected exit status 0, got ${words}; check the job`,
    );
  });
});

describe.each(peers)('$name, with an interpreter that may have it', (peer) => {
  const missing = /^.+: (not in .+; run )?sh bench\/peers\/setup\.sh$/;

  test.each<Covariance>([...peer.covariances])(
    '%s: its mean log-likelihood is the oracle’s from the same start, or it is missing by name',
    async (covariance) => {
      const dtype = peer.dtypes.includes('float64') ? 'float64' : 'float32';
      const result = await runPeer(peer, { ...job, covariance, dtype });
      if (!('seconds_per_iteration' in result)) {
        expect(result).toEqual({ missing: expect.stringMatching(missing) });
        return;
      }
      // pomegranate adds nothing to variances
      const regularization = peer.name === 'pomegranate' ? 0 : 1e-6;
      const options = { covariance, regularization, maxIterations: job.iterations, tolerance: -Infinity };
      const objective = -(em(x, constrain(start, covariance), options).objective.at(-1) ?? NaN);
      expectWithin(result.objective, objective, dtype === 'float64' ? 1e-9 : 1e-6, 'mean log-likelihood');
      expect(result).toMatchObject({ dtype, threads: 1, version: expect.stringMatching(/^\d+\.\d+/) });
      expect(result.about).toMatch(/Python 3/);
      expect(result.peak_bytes).toBeGreaterThan(2 ** 20);
      expectWithin(result.rows_per_second * result.seconds_per_iteration, size.n, 1e-6, 'rows');
    },
    patience,
  );
});

test(
  'a job that fails is an error with its last words, or the peer is missing by name',
  async () => {
    const flat = start.covariances.map((rows) => rows.map((row) => row.map(() => 0)));
    const result = runPeer(scikitLearn, { ...job, start: { ...start, covariances: flat } });
    const how = await result.catch((error: unknown) => error);
    if (how instanceof Error) {
      expect(how.message).toMatch(/^scikit-learn: expected exit status 0, got 1 \(.*Singular matrix\); check the job$/);
    } else expect(how).toEqual({ missing: expect.stringMatching(/^scikit-learn: not in .+; run sh .+setup\.sh$/) });
  },
  patience,
);
