/** Fits that SQUAREM shortens: where they end, in how many sweeps, and that F never rises on the way. */
import { describe, expect, test } from 'vitest';
import { fitMixture, gaussian, selectMixture, type Marginal } from '../../src/index.js';
import { families } from '../../src/families/families.js';
import { familyFits, familyRows } from '../golden/families.js';
import { problem, type Covariance } from '../oracle/index.js';

/** Rounding of F as float32 sweeps sum it, nats. */
const ROUNDING = 1e-6;
const weights = [0.2, 0.3, 0.5];
const { x } = problem('overlapping', { n: 240, d: 2, k: 3, seed: 5 });

const marginals: Readonly<Record<string, Marginal>> = {
  free: { kind: 'free' },
  fixed: { kind: 'fixed', weights },
  relaxed: { kind: 'relaxed', weights, rho: 0.5 },
};
const forms: readonly Covariance[] = ['full', 'tied', 'diag', 'spherical'];
const table = forms.flatMap((form) => Object.keys(marginals).map((marginal) => [form, marginal] as const));

function expectFalling(objective: readonly number[]): void {
  for (const [at, value] of objective.entries()) {
    if (at > 0) expect(value).toBeLessThanOrEqual(objective[at - 1] + ROUNDING);
  }
}

describe.each(table)('%s Gaussians, %s', (covariance, marginal) => {
  test.each([1, 2, 0.5])('at ε = %s F never rises, and ends no higher than by plain EM', async (epsilon) => {
    const options = {
      family: gaussian({ covariance }),
      components: 3,
      marginal: marginals[marginal],
      epsilon,
      tolerance: 1e-6,
      maxIterations: 1000,
      regularization: 0,
      backend: 'wasm',
    } as const;
    const plain = await fitMixture(x, options);
    const fit = await fitMixture(x, { ...options, acceleration: 'squarem' });
    if (marginal === 'free') expectFalling(fit.objective); // others are bounds of F, by up to their error
    const [end, plainEnd] = [fit, plain].map(({ objective }) => objective[objective.length - 1]);
    expect(fit.status).toBe('converged');
    expect(end).toBeLessThanOrEqual(plainEnd + 1e-4);
    expect(fit.sweeps).toBeLessThanOrEqual(1.6 * plain.sweeps + 10);
  });
});

describe('where EM is slow', () => {
  const slow = ['lca_gss82_k2', 'exponential_coal_k2', 'lca_carcinoma_k4'];
  test.each(familyFits.filter(({ name }) => slow.includes(name)).map((fit) => [fit.name, fit] as const))(
    '%s: the same optimum in far fewer sweeps, on each backend',
    async (_, fit) => {
      const { rows, counts } = familyRows(fit);
      const family = families[fit.family]();
      const options = {
        ...{ family, components: fit.start.weights.length, sampleWeights: counts, seed: 1 },
        ...{ tolerance: 1e-9, maxIterations: 5000 },
      } as const;
      for (const backend of ['wasm', 'cpu'] as const) {
        const plain = await fitMixture(rows, { ...options, backend });
        const shorter = await fitMixture(rows, { ...options, backend, acceleration: 'squarem' });
        expectFalling(shorter.objective);
        const [end, plainEnd] = [shorter, plain].map(({ criteria }) => criteria.meanLogLikelihood);
        expect(end).toBeGreaterThan(plainEnd - 1e-7);
        expect(shorter.sweeps).toBeLessThan(0.7 * plain.sweeps);
      }
    },
  );
});

describe('auto', () => {
  const options = { components: 3, backend: 'wasm', tolerance: 1e-7 } as const;

  test('is plain EM in a fit, and SQUAREM in a choice among models; provenance says which', async () => {
    const family = gaussian();
    const plain = await fitMixture(x, { ...options, family });
    const shorter = await fitMixture(x, { ...options, family, acceleration: 'squarem' });
    const { best } = await selectMixture(x, { ...options, components: [3], families: [family] });
    expect(plain.objective).toEqual((await fitMixture(x, { ...options, family, acceleration: 'none' })).objective);
    expect(best.fit.objective).toEqual(shorter.objective);
    expect(shorter.objective).not.toEqual(plain.objective);
    const [own, others] = [shorter, plain].map(({ mixture }) => mixture.provenance?.options as object);
    expect(own).toHaveProperty('acceleration', 'squarem');
    expect(others).not.toHaveProperty('acceleration');
  });

  test('what is no acceleration is refused in one line', async () => {
    const wrong = fitMixture(x, { components: 2, acceleration: 'fast' as 'none' });
    await expect(wrong).rejects.toThrow(/acceleration: expected one of auto, none, squarem, got "fast"/);
  });
});
