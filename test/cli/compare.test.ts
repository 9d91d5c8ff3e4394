import { beforeAll, describe, expect, test } from 'vitest';
import { loadMixture, matchComponents, mixtureWasserstein } from '../../src/index.js';
import { faithful, otmix, temporaryFolder } from './otmix.js';

interface Printed {
  readonly cost: number;
  readonly costs: readonly (readonly number[])[];
}

const folder = temporaryFolder();
const run = (...args: string[]): ReturnType<typeof otmix> => otmix(folder.path, args);

beforeAll(async () => {
  const fits = [
    ['fit', faithful, '-k', '2', '--out', 'two.json'],
    ['fit', faithful, '-k', '3', '--covariance', 'diag', '--out', 'three.json'],
    ['fit', faithful, '-k', '2', '--every', '2', '--out', 'half.json'],
    ['fit', faithful, '-k', '2', '--columns', 'waiting', '--out', 'other.json'],
    ['fit', faithful, '-k', '2', '--family', 'log-normal', '--out', 'log-normal.json'],
  ];
  for (const args of fits) expect(await run(...args)).toMatchObject({ status: 0 });
});

describe('otmix compare', () => {
  test('prints the distance, matched components and criteria side by side', async () => {
    const { status, stdout, stderr } = await run('compare', 'two.json', 'three.json');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^MW2 from two\.json to three\.json: \d+\.\d+, in the data's units\.\n/);
    expect(stdout).toMatch(/\n2 pairs of components:\na +b +distance +weight in a +weight in b\n/);
    expect(stdout).toMatch(/\n– {2}\d +\d+\.\d %\n/);
    expect(stdout).toMatch(
      /\n {2,}two\.json {2,}three\.json\ncomponents +2 +3\ncovariance +full +diag\nparameters +11 +14\nrows +272 +272\n/,
    );
    expect(stdout).toMatch(/\nlog-likelihood +−1,130\.26 +−\d/);
    expect(stdout).not.toContain('other rows');
  });

  test('--json prints what the library says', async () => {
    const { stdout } = await run('compare', 'two.json', 'three.json', '--json');
    const [a, b] = [await loadMixture(`${folder.path}/two.json`), await loadMixture(`${folder.path}/three.json`)];
    expect(JSON.parse(stdout)).toMatchObject({
      ...(await mixtureWasserstein(a, b)),
      ...(await matchComponents(a, b)),
      columns: ['eruptions', 'waiting'],
      a: { name: 'two.json', k: 2, covariance: 'full', rows: 272 },
      b: { name: 'three.json', k: 3, covariance: 'diag', weights: b.weights },
    });
    const exact = JSON.parse(stdout) as Printed;
    const { stdout: other } = await run('compare', 'two.json', 'three.json', '--json', '--epsilon', '100');
    const entropic = JSON.parse(other) as Printed;
    expect(entropic).toMatchObject({ status: 'converged', costs: exact.costs });
    expect(entropic.cost).toBeGreaterThan(exact.cost);
  });

  test('a model and itself are 0 apart, and one may come from standard input', async () => {
    const stdin = folder.read('two.json');
    const { stdout } = await otmix(folder.path, ['compare', '-', 'two.json', '--json'], { stdin });
    expect(JSON.parse(stdout)).toMatchObject({ distance: 0, pairs: [{ distance: 0 }, { distance: 0 }] });
  });

  test('says where criteria are of other rows', async () => {
    expect((await run('compare', 'two.json', 'half.json')).stdout).toContain(
      'The fits were of other rows: their criteria do not compare.\n',
    );
  });

  test.each([
    [['two.json', 'other.json'], 'compare: expected other.json to have the columns of two.json, eruptions, waiting, got waiting; fit both to the same columns, in the same order'], // prettier-ignore
    [['log-normal.json', 'two.json'], 'compare: expected log-normal.json to be a Gaussian mixture without noise, between which distances are known, got logNormal; fit both with Gaussian components'], // prettier-ignore
    [['-', '-'], 'compare: expected two models, got - for both; name a file for one of them'],
    [['two.json'], 'compare: expected B, got none; see otmix compare --help'],
    [['two.json', 'half.json', '--epsilon', '0'], '--epsilon: expected a finite number > 0, got "0"'],
  ])('refuses %j in one line', async (args, line) => {
    const { status, stdout, stderr } = await run('compare', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(line);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  test('has help with examples', async () => {
    const { status, stdout } = await run('compare', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Examples:\n  otmix compare before.json after.json');
  });
});
