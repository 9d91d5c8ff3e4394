import { describe, expect, it } from 'vitest';
import { goldenRows, irisSpecies, sklearnFit } from '../golden/data.js';
import { type GoldenCovariance, goldenFit, goldenFits, goldenStart } from '../golden/values.js';
import { aic, bic, constrain, type Covariance, em, logLikelihood, mStep, type OracleMixture, sweep } from './index.js';

const numbers = ({ weights, means, covariances }: OracleMixture): number[] => [weights, means, covariances].flat(4);

/** The M-step of each golden type: the likelihood's optimum over tied-diag is the diagonal of the tied optimum. */
function estimate(moments: ReturnType<typeof sweep>, covariance: GoldenCovariance): OracleMixture {
  if (covariance === 'tied-diag') return constrain(mStep(moments, 'tied'), 'diag');
  if (covariance === 'tied-spherical') return constrain(mStep(moments, 'tied'), 'spherical');
  return mStep(moments, covariance);
}

describe('stored data', () => {
  it('faithful is 272 × 2 with means 3.48778 and 70.89706', () => {
    const x = goldenRows('faithful');
    const total = x.reduce(([a, b], row) => [a + row[0], b + row[1]], [0, 0]);
    expect(x).toHaveLength(272);
    expect(total[0]).toBeCloseTo(948.677, 9);
    expect(total[1]).toBe(19284);
  });

  it("iris is R's: 150 × 4, 50 of each species, rows 35 and 38 as Fisher printed them", () => {
    const x = goldenRows('iris');
    expect(x).toHaveLength(150);
    expect([x[34], x[37]]).toEqual([[4.9, 3.1, 1.5, 0.2], [4.9, 3.6, 1.4, 0.1]]); // prettier-ignore
    expect(irisSpecies().filter((species) => species === 'versicolor')).toHaveLength(50);
  });
});

describe('published values', () => {
  it.each(goldenFits)('$name is $logLikelihood', ({ dataset, columns, covariance, start, ...golden }) => {
    const x = goldenRows(dataset, columns);
    let mixture = start;
    for (let iteration = 0; iteration < 200; iteration++) mixture = estimate(sweep(x, undefined, mixture), covariance);
    expect(Math.abs(logLikelihood(x, mixture) - golden.logLikelihood)).toBeLessThan(golden.tolerance);
    if (!golden.parameters) return;
    const expected = numbers(golden.parameters);
    numbers(mixture).forEach((value, j) => {
      expect(Math.abs(value - expected[j])).toBeLessThan(golden.parameterTolerance ?? 0);
    });
  });

  it.each(goldenFits.filter(({ covariance }) => !covariance.startsWith('tied-')))(
    '$name: em with a tolerance gets there too',
    ({ dataset, columns, covariance, start, logLikelihood: expected, tolerance }) => {
      const x = goldenRows(dataset, columns);
      const type = covariance as Covariance;
      expect(constrain(start, type)).toEqual(start);
      const { objective } = em(x, start, { covariance: type, maxIterations: 1000, tolerance: 1e-12 });
      expect(Math.abs(-(objective.at(-1) ?? NaN) * x.length - expected)).toBeLessThan(tolerance);
    },
  );

  it('goldenStart finds by data set and type; an unknown name is an error that lists the names', () => {
    expect(goldenStart('iris', 'full')).toBe(goldenFit('iris/full/3').start);
    expect(() => goldenFit('iris/full/9')).toThrow(/^goldenFit: expected one of faithful.*, got iris\/full\/9$/);
  });
});

describe('scikit-learn', () => {
  it.each(['full', 'tied', 'diag', 'spherical'] as const)(
    '%s: the same mixture after the same iterations',
    (covariance) => {
      const golden = sklearnFit(covariance);
      const x = goldenRows(golden.dataset);
      const options = { covariance, maxIterations: golden.iterations, tolerance: -Infinity };
      const { mixture } = em(x, golden.start, options);
      const expected = numbers(golden.fit);
      numbers(mixture).forEach((value, j) => expect(Math.abs(value - expected[j])).toBeLessThan(1e-8));
      expect(logLikelihood(x, mixture)).toBeCloseTo(golden.logLikelihood, 8);
      expect(aic(x, mixture, covariance)).toBeCloseTo(golden.aic, 8);
      expect(bic(x, mixture, covariance)).toBeCloseTo(golden.bic, 8);
    },
  );
});
