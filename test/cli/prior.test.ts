/** `--prior` of the command. */
import { describe, expect, test } from 'vitest';
import { prior } from '../../src/cli/prior-flag.js';
import { tableFits } from '../golden/tables.js';
import { expectWithin } from '../within.js';
import { describeMistakes, fit } from './mistakes.js';
import { faithful, otmix, temporaryFolder } from './otmix.js';

describe('its text', () => {
  test.each<[string, unknown]>([
    ['none', 'none'],
    [' default ', 'default'],
    ['weights=2,rows=1', { weights: 2, rows: 1 }],
    ['weights=1:2:3', { weights: [1, 2, 3] }],
    ['components=none, weights = 1.5', { components: 'none', weights: 1.5 }],
    ['shrinkage=.01,dof=4,mean=3.5:-7', { shrinkage: 0.01, dof: 4, mean: [3.5, -7] }],
    ['mean=3', { mean: [3] }],
    ['scale=2', { scale: 2 }],
    ['scale=1:.5:.5:2', { scale: [1, 0.5, 0.5, 2] }],
  ])('%j', (text, expected) => expect(prior(text)).toEqual(expected));

  const usage =
    'none, default, or some of weights=2, components=none, rows=1, shrinkage=0.01, mean=3.5:71, dof=4, scale=0.4:62';
  test.each([
    ['weak', `--prior: expected ${usage}, got "weak"; write --prior default, or --prior weights=2,rows=1`],
    ['', `--prior: expected ${usage}, got ""; write --prior default, or --prior weights=2,rows=1`],
    ['rows=1=2', `--prior: expected ${usage}, got "rows=1=2"; write --prior default, or --prior weights=2,rows=1`],
    ['toString=1', `--prior: expected ${usage}, got "toString=1"; write --prior default, or --prior weights=2,rows=1`],
    ['rows=1,rows=2', '--prior: expected rows once, got it twice in "rows=1,rows=2"; leave one out'],
    ['rows', '--prior: expected a number for rows, got ""; write --prior rows=1'],
    ['rows=two', '--prior: expected a number for rows, got "two"; write --prior rows=1'],
    ['dof=4:5', '--prior: expected one number for dof, got "4:5"; write --prior dof=4'],
    ['mean=1::2', '--prior: expected numbers between colons for mean, got "1::2"; write --prior mean=3.5:71'],
    ['components=some', '--prior: expected default or none for components, got "some"; write --prior components=none'],
  ])('%j is refused', (text, message) => expect(() => prior(text)).toThrow(message));

  test('what remedies say can be read', () => {
    for (const text of [
      'rows=1',
      'dof=4',
      'mean=3.5:71',
      'components=none',
      'default',
      'weights=2,rows=1',
      'shrinkage=0.01',
      'scale=0.4:62',
      'weights=2',
    ])
      // prettier-ignore
      expect(prior(text)).toBeTruthy();
  });
});

describeMistakes('priors', [
  ['a prior that is none', `${fit} -k 2 --prior strong`, /--prior: expected none, default, or some of .*, got "strong"; write --prior default/],
  ['a prior of another family', `${fit} -k 2 --prior rows=2`, /prior\.rows: expected options of family gaussian: .*, got rows; leave it out/],
  ['a prior of weights that are fixed', `${fit} -k 2 --prior weights=2 --marginal fixed --weights .5,.5`, /prior\.weights: expected proportions that are free, got marginal fixed; leave weights out/],
  ['a prior mean of other columns', `${fit} -k 2 --prior mean=1`, /prior\.mean: expected 2 numbers, one for each column, got \[1\]; leave it out/],
]); // prettier-ignore

describe('a fit by it', () => {
  const folder = temporaryFolder();

  test('goes to the published mode of the posterior, by the default and by its numbers', async () => {
    const golden = tableFits.find(({ name }) => name === 'map_faithful_vvv_k3') ?? expect.unreachable();
    const { shrinkage, mean = [], dof, scale } = golden.prior ?? {};
    const numbers = `shrinkage=${shrinkage},dof=${dof},mean=${mean.join(':')},scale=${(scale as number[][]).flat().join(':')}`; // prettier-ignore
    const options = ['-k', '3', '--restarts', '8', '--seeding', 'random', '--tolerance', '1e-9', '--max-iterations', '5000', '--regularization', '0', '--json']; // prettier-ignore
    for (const text of ['default', numbers]) {
      const { status, stdout, stderr } = await otmix(folder.path, ['fit', faithful, '--prior', text, ...options]);
      expect([status, stderr]).toEqual([0, expect.anything()]);
      const found = JSON.parse(stdout) as { logLikelihood: number; logPrior: number };
      expectWithin((found.logLikelihood + found.logPrior) / (golden.optimum.objective ?? NaN), 1, 1e-6);
      expectWithin(found.logLikelihood / golden.optimum.logLikelihood, 1, 1e-5);
    }
  });

  test('says the log prior, and the model file and select know it', async () => {
    const args = [faithful, '--prior', 'weights=2', '-q', '--out', 'model.json', '--report', 'report.html'];
    const { stdout } = await otmix(folder.path, ['fit', ...args, '-k', '2']);
    expect(stdout).toMatch(/log-likelihood −1,1\d\d\.\d+ \(−4\.\d+ per row\), log prior −\d/);
    expect(JSON.parse(folder.read('model.json'))).toMatchObject({ provenance: { options: { prior: { weights: 2 } } } });
    expect(folder.read('report.html')).toMatch(/<dt>Log prior<\/dt>\s*<dd>−\d/);
    const chosen = await otmix(folder.path, ['select', faithful, '--prior', 'default', '-k', '1:3', '--json', '-q']);
    expect(chosen.status).toBe(0);
    expect(JSON.parse(chosen.stdout)).toMatchObject({ best: { logPrior: expect.any(Number) as number } });
  });
});
