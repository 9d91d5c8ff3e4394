/** What options of priors are refused, and what then works. */
import { describe, expect, test } from 'vitest';
import {
  bernoulli,
  fitMixture,
  gaussian,
  logNormal,
  poisson,
  product,
  type Fit,
  type FitOptions,
  type PriorChoice,
} from '../../src/index.js';
import { unitGaussian } from '../families/unit-gaussian.js';
import { goldenRows } from '../golden/data.js';

describe('what is refused, in one line', () => {
  const rows = goldenRows('faithful');
  const fit = (prior: unknown, more: Partial<FitOptions> = {}): Promise<Fit> =>
    fitMixture(rows, { components: 2, ...more, prior: prior as PriorChoice });
  const fixed = { marginal: { kind: 'fixed', weights: [0.5, 0.5] } } as const;

  test.each<[string, unknown, Partial<FitOptions>, string]>([
    ['a word', 'weak', {}, 'prior: expected one of none, default, got "weak"; choose one of these'],
    ['a list', [2], {}, "prior: expected 'none', 'default' or an object of options, got [2]; correct it"],
    ['a number', 2, {}, 'prior: expected one of none, default, got 2; choose one of these'],
    [
      'an option that is none',
      { alpha: 2 },
      {},
      'prior: expected options among weights, components, rows, shrinkage, mean, dof, scale, got "alpha"; leave it out',
    ],
    [
      'what is no prior of components',
      { components: 'pool' },
      {},
      'prior.components: expected one of default, none, got "pool"; choose one of these',
    ],
    [
      'weights under 1',
      { weights: 0.5 },
      {},
      'prior.weights: expected a finite number ≥ 1, or 2 of them, got 0.5; use 2 for a pseudo-row a component, or 1 for none',
    ],
    [
      'too many weights',
      { weights: [1, 2, 3] },
      {},
      'prior.weights: expected a finite number ≥ 1, or 2 of them, got [1, 2, 3]; use 2 for a pseudo-row a component, or 1 for none',
    ],
    [
      'weights that are fixed',
      { weights: 2 },
      fixed,
      'prior.weights: expected proportions that are free, got marginal fixed; leave weights out of the prior, or the marginal out',
    ],
    [
      'weights at ε = 0',
      { weights: 2 },
      { epsilon: 0 },
      'prior.weights: expected epsilon > 0, since hard assignment says nothing of weights, got epsilon 0; leave weights out of the prior, or use a small epsilon such as 0.1',
    ],
    [
      'rows of Gaussians',
      { rows: 2 },
      {},
      'prior.rows: expected options of family gaussian: weights, components, shrinkage, mean, dof, scale, got rows; leave it out',
    ],
    [
      'shrinkage of counts',
      { shrinkage: 2 },
      { family: poisson() },
      'prior.shrinkage: expected options of family poisson: weights, components, rows, got shrinkage; leave it out',
    ],
    [
      'negative rows',
      { rows: -1 },
      { family: bernoulli() },
      'prior.rows: expected a finite number ≥ 0, got -1; correct it',
    ],
    ['negative shrinkage', { shrinkage: -1 }, {}, 'prior.shrinkage: expected a finite number ≥ 0, got -1; correct it'],
    [
      'too few degrees of freedom',
      { dof: 1 },
      {},
      'prior.dof: expected a finite number > 1 for 2 columns, got 1; use 4, the default',
    ],
    [
      'a mean of one column',
      { mean: [3] },
      {},
      'prior.mean: expected 2 numbers, one for each column, got [3]; leave it out for the mean of all rows',
    ],
    [
      'a scale of another shape',
      { scale: [1, 2, 3] },
      {},
      'prior.scale: expected a number, 2 variances or a matrix [2][2], got [1, 2, 3]; leave it out for the default',
    ],
    [
      'a scale that is not symmetric',
      {
        scale: [
          [1, 2],
          [0, 1],
        ],
      },
      {},
      'prior.scale: expected a symmetric positive definite matrix, or variances > 0, got one that is not symmetric; leave it out for the default',
    ],
    [
      'a scale that is not definite',
      { scale: 0 },
      {},
      'prior.scale: expected a symmetric positive definite matrix, or variances > 0, got one that is not positive definite; leave it out for the default',
    ],
    [
      'a family without one',
      'default',
      { family: unitGaussian() },
      "prior: expected none with family unitGaussian, which has no conjugate prior, got one; leave it out, or give { components: 'none', weights: 2 } (--prior components=none,weights=2)",
    ],
  ])('%s', async (_, prior, more, message) => {
    // prettier-ignore
    await expect(fit(prior, more)).rejects.toThrow(expect.objectContaining({ name: 'InputError', message }));
  });

  test('what the remedies say works', async () => {
    for (const [prior, more] of [
      [{ components: 'none', weights: 2 }, { family: unitGaussian() }],
      [{}, fixed],
      [{ weights: 2 }, { epsilon: 0.1 }],
      [{ dof: 4 }, {}],
    ] as const) {
      expect((await fit(prior, { ...more, maxIterations: 3 })).iterations).toBeGreaterThan(0);
    }
  });

  test('a mean of two Gaussian factors', async () => {
    const family = product([
      { columns: ['x0'], family: gaussian() },
      { columns: ['x1'], family: logNormal() },
    ]);
    await expect(fit({ mean: [3] }, { family })).rejects.toThrow(
      'prior.mean: expected one factor of Gaussians with it, got 2; leave it out for the default of each',
    );
  });
});
