import { describe, expect, test } from 'vitest';
import { loadMixture } from '../../src/index.js';
import { faithful, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

interface Candidate {
  readonly k: number;
  readonly covariance: string;
  readonly bic: number;
  readonly icl: number;
}

describe('otmix select', () => {
  test('shows every k and type, marks the best and writes its model and report', async () => {
    const results = ['--out', 'best.json', '--report', 'choice.html'];
    const { status, stdout } = await otmix(folder.path, [
      'select',
      faithful,
      '-k',
      '1:3',
      '--restarts',
      '3',
      ...results,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^Fitted 12 mixtures in [\d.]+ m?s\.\n\nk +covariance +bic +aic +icl +log-likelihood +parameters +status\n/,
    );
    const marked = stdout.split('\n').filter((line) => line.includes('<- lowest bic'));
    expect(marked).toHaveLength(1);
    expect(marked[0]).toMatch(/^3 +tied +2,314\./); // as R's mclust chooses, too
    expect(stdout.match(/^\d +(full|tied|diag|spherical) .* converged/gm)).toHaveLength(12);
    expect(stdout).toContain(
      'The fit with the lowest bic:\nFitted 3 Gaussians with one full covariance for all to 272 rows',
    );
    expect((await loadMixture(`${folder.path}/best.json`)).k).toBe(3);
    expect(folder.read('choice.html')).toContain('Of 12 fits, k = 3 with tied covariance has the lowest bic');
  });

  test('prints one object with --json, and takes lists and steps', async () => {
    const args = ['select', faithful, '-k', '1,2:4:2', '--covariance', 'diag,full', '--criterion', 'icl', '--json'];
    const { stdout, stderr } = await otmix(folder.path, args);
    const selection = JSON.parse(stdout) as { candidates: Candidate[]; best: Candidate; criterion: string; n: number };
    expect(stderr).toBe('');
    expect([selection.criterion, selection.n]).toEqual(['icl', 272]);
    expect(selection.candidates.map(({ k, covariance }) => `${covariance} ${k}`)).toEqual([
      ...['full 1', 'full 2', 'full 4', 'diag 1', 'diag 2', 'diag 4'],
    ]);
    expect(selection.best.icl).toBe(Math.min(...selection.candidates.map(({ icl }) => icl)));
    expect(selection.best).toHaveProperty('covariances');
  });

  test('keeps what was fitted where one number of components can’t be', async () => {
    folder.write('four.csv', 'a,b\n1,2\n3,5\n6,7\n8,1\n');
    const args = ['select', 'four.csv', '-k', '1,5,2', '--covariance', 'diag', '-q', '--json', '--out', 'four.json'];
    const { status, stdout, stderr } = await otmix(folder.path, args);
    const { candidates, failures } = JSON.parse(stdout) as { candidates: Candidate[]; failures: { k: number }[] };
    expect([candidates.map(({ k }) => k), failures.map(({ k }) => k)]).toEqual([[1, 2], [5]]);
    expect(stderr).toMatch(/^otmix: components: expected at most 4, .*; 1 of 3 models could not be fitted\n$/);
    expect((await loadMixture(`${folder.path}/four.json`)).d).toBe(2);
    expect(status).toBe(2);
  });

  test('--test tests k against k + 1 for the best kind, and says how many components the tests ask for', async () => {
    const asked = ['select', faithful, '-k', '1:3', '--covariance', 'diag', '--test', '--replicates', '19'];
    const { status, stdout, stderr } = await otmix(folder.path, [...asked, '--prior', 'default', '-q', '--json']);
    const { test: found } = JSON.parse(stdout) as {
      test: {
        k: number;
        status: string;
        tests: { k: number; pValue: number; replicates: number; statistic: number }[];
      };
    };
    expect([status, stderr, found.status]).toEqual([0, '', 'complete']);
    expect(found.tests[0]).toMatchObject({ k: 1, pValue: 0.05, replicates: 19 });
    expect(found.tests[0].statistic).toBeGreaterThan(100);
    expect(found.k).toBe(found.tests.at(-1)?.pValue === 0.05 ? found.tests.length + 1 : found.tests.length);
  });

  test.each([
    ['--replicates 19', /^otmix: --replicates: expected --test with it, got "?19"?; /],
    ['--test --sample-weight eruptions', /^otmix: --sample-weight: expected no --test with it/],
    ['--test -k 1,3', /^otmix: components: expected numbers of which some follow each other/],
  ])('refuses %s before it fits', async (flags, message) => {
    const { status, stderr } = await otmix(folder.path, ['select', faithful, '-k', '1:2', ...flags.split(' ')]);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});
