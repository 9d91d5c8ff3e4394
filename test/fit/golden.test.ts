import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, type BackendName, type CovarianceForm } from '../../src/index.js';
import { cases } from '../cases.js';
import { wantedBackends } from '../devices.js';
import { goldenRows, sklearnFit } from '../golden/data.js';
import { mclustStarts } from '../golden/mclust.js';
import { goldenFit, goldenFits } from '../golden/values.js';
import { em, logLikelihood } from '../oracle/index.js';
import { expectAllWithin, expectComponentsWithin, expectWithin } from '../within.js';

const backends: readonly BackendName[] = ['cpu', 'wasm', ...wantedBackends];
const tight = { tolerance: 1e-10, maxIterations: 5000, regularization: 0 } as const;

const isForm = (covariance: string): covariance is CovarianceForm =>
  ['full', 'tied', 'diag', 'spherical'].includes(covariance);

describe.each(backends)('published values on %s', (backend) => {
  // Plain JavaScript and libtensorflow have one of each form in a quick run, the default has all.
  const isDefault = backend === 'wasm';
  const supported = cases(
    goldenFits.filter(({ covariance }) => isForm(covariance)),
    ({ name, covariance }) => [isDefault ? name : covariance],
  );
  test.each(supported)('$name from its start: log-likelihood and parameters', async (golden) => {
    const covariance = golden.covariance as CovarianceForm;
    const rows = goldenRows(golden.dataset, golden.columns);
    const fit = await fitMixture(rows, {
      ...tight,
      family: gaussian({ covariance }),
      components: golden.k,
      seeding: golden.start,
      backend,
    });
    expect(fit.status).toBe('converged');
    expectWithin(fit.criteria.logLikelihood, golden.logLikelihood, 1e-4, 'log-likelihood');
    const { mixture } = em(rows, golden.start, { covariance, maxIterations: 5000, tolerance: 1e-13 });
    expectAllWithin(fit.mixture.weights, mixture.weights, 1e-4, 'weights');
    // Of their size: where EM is slow (faithful/tied/3 gains 3 % an iteration) it amplifies rounding thirtyfold.
    expectComponentsWithin(fit.mixture, mixture, 1e-4, true);
    if (!golden.parameters) return;
    expectAllWithin(fit.mixture.weights, golden.parameters.weights, 1e-4, 'published weights');
    expectComponentsWithin(fit.mixture, golden.parameters, 1e-4);
  });

  test.each(supported)('$name from its start in float64, to the last digit', async (golden) => {
    const covariance = golden.covariance as CovarianceForm;
    const rows = goldenRows(golden.dataset, golden.columns);
    const fit = await fitMixture(rows, {
      ...{ ...tight, tolerance: 0, precision: 'float64', backend },
      ...{ family: gaussian({ covariance }), components: golden.k, seeding: golden.start },
    });
    const { mixture } = em(rows, golden.start, { covariance, maxIterations: 5000, tolerance: 1e-15 });
    expectWithin(fit.criteria.logLikelihood / logLikelihood(rows, mixture), 1, 1e-9);
    expectComponentsWithin(fit.mixture, mixture, 1e-6, true);
  });

  const own = [
    ['faithful/full/2', {}],
    ['faithful/tied/2', {}],
    ['faithful/diag/2', {}],
    ['faithful/spherical/2', {}],
    ['waiting/tied/2', {}],
    ['waiting/full/2', {}],
    ['iris/tied/3', {}],
    ['iris/spherical/3', {}],
    ['iris/full/2', {}],
    // More restarts would find a likelihood without bound, of a component collapsed on a few rows.
    ['iris/full/3', { seeding: 'k-means', restarts: 1 }],
  ] as const;
  const formOf = (name: string): string => name.split('/')[1];
  test.each(cases(own, ([name]) => [isDefault ? name : formOf(name)]))(
    '%s from its own seeding',
    async (name, options) => {
      const golden = goldenFit(name);
      const rows = goldenRows(golden.dataset, golden.columns);
      const family = gaussian({ covariance: golden.covariance as CovarianceForm });
      const fit = await fitMixture(rows, { ...tight, family, components: golden.k, restarts: 20, backend, ...options });
      expectWithin(fit.criteria.logLikelihood, golden.logLikelihood, 1e-4, 'log-likelihood');
      expect(fit.diagnostics.repairs).toEqual([]);
    },
  );

  test.each(['full', 'tied', 'diag', 'spherical'] as const)(
    'scikit-learn from the same start, %s',
    async (covariance) => {
      const golden = sklearnFit(covariance);
      const fit = await fitMixture(goldenRows(golden.dataset), {
        family: gaussian({ covariance }),
        components: golden.fit.weights.length,
        seeding: golden.start,
        tolerance: 0,
        maxIterations: golden.iterations,
        regularization: 0,
        backend,
      });
      expectAllWithin(fit.mixture.weights, golden.fit.weights, 1e-4, 'weights');
      expectComponentsWithin(fit.mixture, golden.fit, 1e-4);
      expectWithin(fit.criteria.logLikelihood, golden.logLikelihood, 1e-6 * Math.abs(golden.logLikelihood));
      expectWithin(fit.criteria.bic, golden.bic, 1e-6 * Math.abs(golden.bic));
      expectWithin(fit.criteria.aic, golden.aic, 1e-6 * Math.abs(golden.aic));
    },
  );
});

describe('from where mclust starts, by the default precision', () => {
  const every = mclustStarts.flatMap(({ logLikelihoods, ...start }) =>
    Object.entries(logLikelihoods).map(([covariance, known]) => ({ ...start, covariance, known })),
  );

  test.each(every)('$dataset, $k $covariance: as high as its EM in float64', async (start) => {
    const { dataset, labels, k, known } = start;
    const fit = await fitMixture(goldenRows(dataset), {
      ...{ components: k, family: gaussian({ covariance: start.covariance as CovarianceForm }), seeding: { labels } },
      ...{ tolerance: 0, maxIterations: 5000, regularization: 0, backend: 'wasm' },
    });
    expect(fit.status).toBe('converged');
    expect(fit.diagnostics.precision).toMatch(/^float32 sweeps, then float64/);
    // Nats, of all rows together. Neither end is on the way to another optimum.
    expectWithin(fit.criteria.logLikelihood, known, 1e-9);
  });
});
