import { describe, expect, test } from 'vitest';
import { loadMixture, version } from '../../src/index.js';
import { goldenRows } from '../golden/data.js';
import { expectWithin } from '../within.js';
import { faithful, iris, irisColumns, otmix, temporaryFolder } from './otmix.js';

const folder = temporaryFolder();

interface FitJson {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly columns: string[];
  readonly logLikelihood: number;
  readonly meanLogLikelihood: number;
  readonly bic: number;
  readonly parameters: number;
  readonly weights: number[];
  readonly means: number[][];
  readonly covariances: number[][][];
  readonly objective: number[];
  readonly marginalError: number;
  readonly columnMasses: number[];
  readonly sweeps: number;
  readonly iterations: number;
  readonly status: string;
  readonly restarts: unknown[];
  readonly dropped: number;
  readonly constantColumns: string[];
  readonly seconds: Record<string, number>;
}

/** Fits with --json; nothing but the object may be on standard output, nothing at all on standard error. */
async function fitJson(...args: string[]): Promise<FitJson> {
  const { status, stdout, stderr } = await otmix(folder.path, ['fit', ...args, '--json', '--quiet']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(stdout.endsWith('}\n')).toBe(true);
  expect(stdout.trimEnd()).not.toContain('\n');
  return JSON.parse(stdout) as FitJson;
}

const tight = ['--tolerance', '1e-10', '--max-iterations', '5000', '--regularization', '0'];

describe('the log-likelihoods of converged fits', () => {
  const many = ['--restarts', '20'];
  test.each([
    ['faithful full', [faithful, '-k', '2', '--covariance', 'full', ...many], -1130.26396018],
    ['faithful tied', [faithful, '-k', '2', '--covariance', 'tied', ...many], -1140.18675944],
    ['faithful diag', [faithful, '-k', '2', '--covariance', 'diag', ...many], -1147.80635254],
    ['faithful spherical', [faithful, '-k', '2', '--covariance', 'spherical', ...many], -1709.52928218],
    ['iris tied', [iris, '--columns', irisColumns, '-k', '3', '--covariance', 'tied', ...many], -256.35404313],
    [
      'iris spherical',
      [iris, '--columns', irisColumns, '-k', '3', '--covariance', 'spherical', ...many],
      -384.31409506,
    ],
    [
      'iris full from k-means', // its supremum is a collapsed component
      [iris, '--columns', irisColumns, '-k', '3', '--covariance', 'full', '--seeding', 'k-means', '--restarts', '1'],
      -180.18547713,
    ],
  ])('%s', async (_name, args, expected) => {
    const { logLikelihood, status } = await fitJson(...args, ...tight);
    expect(status).toBe('converged');
    expectWithin(logLikelihood, expected, 1e-4);
  });
});

describe('otmix fit --marginal', () => {
  const prescribe = (...flags: string[]): Promise<FitJson> =>
    fitJson(faithful, '-k', '2', '--weights', '.2,.8', '--tolerance', '1e-6', ...flags);

  test('fixed: the weights are those prescribed, in their order, and so are the masses', async () => {
    const fit = await prescribe('--marginal', 'fixed');
    expect(fit.weights).toEqual([0.2, 0.8]);
    expectWithin(fit.columnMasses[0], 0.2, 2e-6);
    expect(fit.marginalError).toBeLessThanOrEqual(2e-6);
    expect(fit.sweeps).toBeGreaterThan(fit.iterations);
    // The larger cluster is that of long eruptions.
    expect(fit.means[1][0]).toBeGreaterThan(fit.means[0][0]);
  });

  test('relaxed: the masses are between those and what the data say', async () => {
    const fit = await prescribe('--marginal', 'relaxed', '--rho', '0.2');
    expect(fit.weights).toEqual([0.2, 0.8]);
    expect(fit.columnMasses[0]).toBeGreaterThan(0.21);
    expect(fit.columnMasses[0]).toBeLessThan(0.355);
  });

  test('free: nothing to miss', async () => {
    expect((await fitJson(faithful, '-k', '2')).marginalError).toBe(0);
  });
});

describe('otmix fit --json', () => {
  test('has the fields of the contract, in full precision and consistent', async () => {
    const fit = await fitJson(faithful, '-k', '2', '--covariance', 'tied', '--restarts', '3');
    expect(fit).toMatchObject({
      ...{ n: 272, d: 2, k: 2, columns: ['eruptions', 'waiting'], covariance: 'tied', parameters: 8, dropped: 0 },
      ...{ status: 'converged', ridged: false, repairs: [], constantColumns: [], version },
      ...{ backend: expect.any(String), adapter: expect.any(String), precision: expect.any(String) },
      ...{ aic: expect.any(Number), icl: expect.any(Number), sweeps: expect.any(Number) },
    });
    for (const phase of ['load', 'seed', 'fit', 'score', 'total']) expect(fit.seconds[phase]).toBeGreaterThan(0);
    expect(fit.restarts).toHaveLength(3);
    expect(fit.objective).toHaveLength(fit.iterations);
    expect(fit.means.map((mean) => mean.length)).toEqual([2, 2]);
    expect(fit.covariances[0]).toEqual(fit.covariances[1]);
    expectWithin(fit.weights[0] + fit.weights[1], 1, 1e-12);
    expectWithin(fit.meanLogLikelihood * 272, fit.logLikelihood, 1e-9);
    expectWithin(fit.bic, -2 * fit.logLikelihood + 8 * Math.log(272), 1e-9);
    expect(String(fit.logLikelihood).length).toBeGreaterThan(12);
  });

  test('has covariances [k][d][d] for spherical components too', async () => {
    const { covariances } = await fitJson(faithful, '-k', '2', '--covariance', 'spherical');
    for (const [[a, b], [c, d]] of covariances) expect([b, c, a]).toEqual([0, 0, d]);
  });

  test('keeps to standard output for the object where a report and a model are written', async () => {
    const args = [
      'fit',
      faithful,
      '-k',
      '2',
      '--every',
      '2',
      '--json',
      '--quiet',
      '--out',
      'a.json',
      '--report',
      'a.html',
    ];
    const { stdout, stderr } = await otmix(folder.path, args);
    const { seconds, k } = JSON.parse(stdout) as FitJson;
    expect(stderr).toBe(''); // a fit under two seconds shows no progress
    expect(k).toBe(2);
    expect(seconds.report).toBeGreaterThan(0);
    expect(folder.read('a.html')).toContain('faithful.csv, one row in 2</b>');
  });
});

describe('otmix fit', () => {
  test('says what it fitted and shows components by weight', async () => {
    const { status, stdout, stderr } = await otmix(folder.path, ['fit', faithful, '-k', '2']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^Fitted 2 Gaussians with full covariances to 272 rows of eruptions, waiting in .* rows\/s per iteration, on wasm/,
    );
    expect(stdout).toMatch(
      /\nConverged after \d+ iterations?: log-likelihood −1,130\.26 .*, bic 2,322\.19, aic .*, icl /,
    );
    expect(stdout).toMatch(/component +weight +eruptions +waiting\n +\d +64\.4 % +4\.29 ± 0\.41 +80\.0 ± 6\.0\n/);
  });

  test('fits noise beside components, in the table, the object, the model, the report and predictions', async () => {
    const outliers = Array.from({ length: 40 }, (_, i) => `${(i * 7) % 13},${(i * 37) % 150}`);
    const text = `eruptions,waiting\n${[...goldenRows('faithful').map((row) => row.join()), ...outliers].join('\n')}\n`;
    folder.write('noisy.csv', text);
    const asked = ['fit', 'noisy.csv', '-k', '2', '--noise', '--restarts', '5'];
    const table = await otmix(folder.path, [...asked, '--out', 'noisy.json', '--report', 'noisy.html']);
    expect(table.status).toBe(0);
    expect(table.stdout).toMatch(/^Fitted 2 Gaussians with full covariances and noise to 312 rows/);
    expect(table.stdout).toMatch(/\n +noise +1\d\.\d %/);
    const { weights, noise, columnMasses, parameters } = JSON.parse((await otmix(folder.path, [...asked, '--json'])).stdout) as FitJson & { noise: unknown }; // prettier-ignore
    expect([weights.length, columnMasses.length, parameters]).toEqual([3, 3, 12]);
    expect(noise).toMatchObject({ ranges: [[0, 12], [0, 148]] }); // prettier-ignore
    const report = folder.read('noisy.html');
    expect(report).toContain('a mixture of 2 Gaussians with full covariances and noise');
    expect(report).toMatch(/noise<\/span\s*> 1\d\.\d %/);
    expect(report).toContain('grey where they most likely are noise');
    const { stdout } = await otmix(folder.path, ['predict', 'noisy.json', 'noisy.csv', '--proba']);
    const [heads, ...lines] = stdout.trim().split('\n');
    expect(heads).toBe('row,label,log_density,p0,p1,p_noise');
    expect(lines.filter((line) => line.split(',')[1] === '-1').length).toBeGreaterThan(20);
    const drawn = await otmix(folder.path, ['sample', 'noisy.json', '-n', '100']);
    expect(drawn.stdout).toMatch(/,-1\n/);
  });

  test('writes a model and a report', async () => {
    const args = [
      'fit',
      faithful,
      '-k',
      '2',
      '--out',
      'model.json',
      '--report',
      'report.html',
      '--dimensions',
      'waiting',
    ];
    const { stdout } = await otmix(folder.path, args);
    expect(stdout).toContain('The model is in model.json. The report is in report.html.');
    const mixture = await loadMixture(`${folder.path}/model.json`);
    expect([mixture.k, mixture.columns]).toEqual([2, ['eruptions', 'waiting']]);
    expectWithin(await mixture.score(goldenRows('faithful')), -1130.264 / 272, 1e-4);
    const report = folder.read('report.html');
    expect(report).toContain('<h1>faithful.csv</h1>');
    expect(report).toContain('272');
    expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    expect(folder.names().filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('warns of what should not be believed', async () => {
    const path = folder.write(
      'odd.csv',
      `a,b\n${Array.from({ length: 30 }, (_, i) => `${i ** 2},7\n`).join('')}NA,7\n`,
    );
    const { stdout } = await otmix(folder.path, ['fit', path, '-k', '2', '--missing', 'drop', '--max-iterations', '1']);
    expect(stdout).toMatch(/Stopped at the limit of 1 iteration:/);
    expect(stdout).toMatch(/warning: not converged after 1 iterations?.*raise --max-iterations/);
    expect(stdout).toContain('warning: constant, and so of no use: b; leave them out with --columns');
    expect(stdout).toContain('warning: left out 1 row with missing values');
  });

  test('takes queries, sample weights, every m-th row and temperatures', async () => {
    const weighted = folder.write('weighted.csv', 'x,w\n0,1\n1,2\n5,1\n6,2\n');
    const repeated = folder.write('repeated.csv', 'x\n0\n1\n1\n5\n6\n6\n');
    const plain = await fitJson(repeated, '-k', '1');
    const twice = await fitJson(weighted, '-k', '1', '--sample-weight', 'w');
    expect([twice.n, twice.columns]).toEqual([4, ['x']]);
    expectWithin(twice.logLikelihood, plain.logLikelihood, 1e-6);
    expect((await fitJson(repeated, '-k', '1', '--every', '2')).n).toBe(3);
    const query = await fitJson(`SELECT x * 2 AS y FROM '${repeated}' WHERE x < 6`, '-k', '1');
    expect([query.n, query.columns]).toEqual([4, ['y']]);
    const annealed = await fitJson(faithful, '-k', '2', '--epsilon', '4:3');
    expectWithin(annealed.logLikelihood, -1130.264, 0.01);
    expect((await fitJson(faithful, '-k', '2', '--epsilon', '0', '--backend', 'cpu')).status).toBe('converged');
  });

  test('writes through a link, and leaves the link', async () => {
    const { symlinkSync, lstatSync } = await import('node:fs');
    folder.write('target.json', 'old');
    symlinkSync('target.json', `${folder.path}/link.json`);
    expect((await otmix(folder.path, ['fit', faithful, '-k', '1', '--out', 'link.json'])).status).toBe(0);
    expect(lstatSync(`${folder.path}/link.json`).isSymbolicLink()).toBe(true);
    expect(folder.read('target.json')).toContain('otmix-mixture');
  });
});
