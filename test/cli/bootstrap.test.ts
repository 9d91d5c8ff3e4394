import { beforeAll, describe, expect, test } from 'vitest';
import { bootstrap, loadMixture } from '../../src/index.js';
import { openSource } from '../../src/sources.js';
import { faithful, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();
const run = (...args: string[]): ReturnType<typeof otmix> => otmix(folder.path, args);

beforeAll(async () => {
  const args = ['fit', faithful, '-k', '2', '--covariance', 'diag', '--out', 'two.json'];
  expect(await run(...args)).toMatchObject({ status: 0 });
});

describe('otmix bootstrap', () => {
  test('prints a table of parameters, standard errors and intervals', async () => {
    const { status, stdout, stderr } = await run('bootstrap', 'two.json', faithful, '--replicates', '20', '-q');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^20 replicates of 2 Gaussians with diagonal covariances in [\d.]+ m?s\.\n/);
    expect(stdout).toMatch(/\ncomponent +parameter +estimate +standard error +from +to\n0 +weights +0\.\d+ +0\.0\d+ /);
    expect(stdout).toMatch(/\n1 +means of eruptions +\d/);
    expect(stdout).toMatch(/\n1 +covariances of waiting +\d[^\n]*\n95 % intervals, from and to: quantiles/);
    expect(stdout).not.toContain('waiting, eruptions'); // 0 by the form
  });

  test('--json prints what the library says of the same seed', async () => {
    const args = ['--json', '--replicates', '8', '--seed', '3', '--level', '.8', '-q'];
    const { stdout } = await run('bootstrap', 'two.json', faithful, ...args);
    const mixture = await loadMixture(`${folder.path}/two.json`);
    const { parameters, gain } = await bootstrap(await openSource(faithful), mixture, {
      replicates: 8,
      seed: 3,
      level: 0.8,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ k: 2, d: 2, columns: ['eruptions', 'waiting'], family: 'gaussian', covariance: 'diag' },
      ...{ level: 0.8, replicates: 8, asked: 8, failures: [], status: 'complete', gain, parameters },
    });
  });

  test('the model may come from standard input, and half of the rows from the file', async () => {
    const stdin = folder.read('two.json');
    const args = ['bootstrap', '-', faithful, '--every', '2', '--replicates', '3', '--json', '-q'];
    const { status, stdout } = await otmix(folder.path, args, { stdin });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ replicates: 3 });
  });

  test('--test prints the statistic and its p value', async () => {
    const args = ['bootstrap', 'two.json', faithful, '--test', '--replicates', '3', '--restarts', '1'];
    const { status, stdout } = await run(...args, '-q');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^2 components against 3, by 3 samples of 2 in [\d.]+ m?s\.\n/);
    expect(stdout).toMatch(/\nTwice the gain of log-likelihood, from −1,1\d\d\.\d\d to −1,1\d\d\.\d\d, is \d/);
    expect(stdout).toMatch(/\n\d samples? of 3 \([^)]*\) gained as much: p = (0\.\d+|1\.00)\.\n/);
    const { stdout: json } = await run(...args, '--json', '-q');
    const found = JSON.parse(json) as { pValue: number; statistic: number; statistics: number[] };
    const above = found.statistics.filter((one) => one >= found.statistic).length;
    expect(found).toMatchObject({ k: 2, pValue: (1 + above) / 4, replicates: 3, asked: 3, status: 'complete' });
  });

  test('Ctrl-C keeps the replicates that are made', async () => {
    let sent = false;
    const { status, stdout } = await otmix(
      folder.path,
      ['bootstrap', 'two.json', faithful, '--replicates', '100000000', '--json'],
      {
        onStderr(child, text) {
          if (sent || !/replicates (\d\d|[2-9])/.test(text)) return;
          sent = true;
          child.kill('SIGINT');
        },
      },
    );
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'aborted', asked: 100_000_000 });
  });

  test('mistakes are one line', async () => {
    const refused = async (...args: string[]): Promise<string> => {
      const { status, stderr } = await run('bootstrap', 'two.json', ...args);
      expect(status).toBe(2);
      return stderr;
    };
    expect(await refused(faithful, '--level', '95')).toBe(
      'otmix: --level: expected a number between 0 and 1, got "95"; use .95 or so\n',
    );
    expect(await refused(faithful, '--restarts', '3')).toContain('--restarts: expected --test with it');
    expect(await refused(faithful, '--test', '--level', '.9')).toContain('--level: expected no --test with it');
    expect(await refused(faithful, '--nboot', '3')).toContain('did you mean --replicates?');
    expect(await refused('nowhere.csv')).toContain('nowhere.csv');
  });
});
