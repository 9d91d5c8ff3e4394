import { describe, expect, test } from 'vitest';
import { vonMisesFisherDistribution } from '../../src/families/von-mises-fisher.js';
import { familyFits, familyRows, type FamilyFit } from '../golden/families.js';
import { expectWithin } from '../within.js';
import { blocksOf, thetasOf } from './exponential-fits.js';
import { emStep, prepare, type Model } from './exponential-em.js';

/** Fits of which some parameters mean nothing, and how far the log-likelihood may be off, of its size. */
const loose: Readonly<Record<string, number>> = {
  poisson_times_k3: 1e-6, // two of three components coincide
  negbin_quine_k2: 1e-8, // one size runs to its bound
};

describe('EM from the start of a published fit', () => {
  const fits = familyFits.filter(({ family }) => family !== 'studentT'); // which is no exponential family
  test.each(fits.map((fit) => [fit.name, fit] as const))('%s', (name, fit) => {
    const data = familyRows(fit);
    const blocks = blocksOf(fit, data.rows);
    const prepared = prepare(blocks, data);
    let model: Model = { blocks, weights: fit.start.weights, thetas: thetasOf(fit, blocks) };
    for (let step = 0; step <= fit.iterations; step++) {
      const { logLikelihood, next } = emStep(model, prepared);
      const known = fit.trace[step] as number | undefined;
      if (known !== undefined) expectWithin(logLikelihood / known, 1, 1e-9, `step ${step}`);
      if (step === fit.iterations) {
        const { optimum } = fit;
        expectWithin(logLikelihood / optimum.logLikelihood, 1, loose[name] ?? 1e-10, 'optimum');
        if (!(name in loose)) compare(model, fit);
      }
      model = next;
    }
  });
});

/** Parameters relative to their size; probabilities that tend to 0 are as near it as they come. */
function compare({ weights, thetas, blocks }: Model, fit: FamilyFit): void {
  const { optimum } = fit;
  if (fit.name !== 'geometric_quine_k2') {
    weights.forEach((weight, c) => expectWithin(weight, optimum.weights[c], 1e-6, `weight ${c}`)); // prettier-ignore
  }
  const expected = thetasOf(fit, blocks, optimum.parameters);
  thetas.forEach((block, b) =>
    block.forEach((theta, c) => {
      expect(theta.length).toBe(expected[b][c].length);
      theta.forEach((value, at) => {
        if (fit.family === 'multinomial' && at === theta.length - 1) return; // the mean sum of a row
        const known = expected[b][c][at];
        expectWithin(value, known, 1e-6 * Math.abs(known) + 1e-9, `parameter ${at} of block ${b}, component ${c}`);
      });
    }),
  );
}

describe('directions in 768 columns', () => {
  /** Values by a formula, with Bessel functions of 50 digits: 96174.80, 99925.01 and 109881.94 are mpmath's. */
  const rows = Array.from({ length: 60 }, (_, i) =>
    Array.from(
      { length: 768 },
      (_, j) => Math.cos(0.37 * ((i % 2) + 1) * (j + 1)) + 0.8 * Math.sin((i + 1) * (j + 1) * 0.7 + 0.11 * i * i),
    ),
  );
  const block = vonMisesFisherDistribution(768);
  const prepared = prepare([block], { rows, counts: rows.map(() => 1) });

  /** The M-step from shares of even and of odd rows. */
  function fitted(even: number, odd: number): Float64Array {
    const mean = new Float64Array(768);
    prepared.rows.forEach(([row], i) =>
      row!.statistic.forEach((value, j) => (mean[j] += ((i % 2 === 0 ? even : odd) * value) / (30 * (even + odd)))),
    );
    return block.fit(mean);
  }

  test('one component', () => {
    const theta = fitted(1, 1);
    expectWithin(theta[768] / 625.3192256748375, 1, 1e-12);
    const { logLikelihood } = emStep({ blocks: [block], weights: [1], thetas: [[theta]] }, prepared);
    expectWithin(logLikelihood / 96174.80269340267, 1, 1e-13);
  });

  test('two components, before and after a step', () => {
    const thetas = [fitted(0.6, 0.4), fitted(0.4, 0.6)];
    const { logLikelihood, next } = emStep({ blocks: [block], weights: [0.5, 0.5], thetas: [thetas] }, prepared);
    expectWithin(logLikelihood / 99925.01476202642, 1, 1e-12);
    const after = emStep(next, prepared);
    expectWithin(after.logLikelihood / 109881.93957876912, 1, 1e-13);
    [1606.9325204606769, 1594.6755814469636].forEach((kappa, c) =>
      expectWithin(after.next.thetas[0][c][768] / kappa, 1, 1e-11),
    );
  });
});
