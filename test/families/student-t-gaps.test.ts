/** Student-t components of rows with gaps, and beside those of other families. */
import { describe, expect, test } from 'vitest';
import { logGamma } from '../../src/base/special/gamma.js';
import { fitMixture, gaussian, loadMixture, poisson, product, studentT } from '../../src/index.js';
import { logSumExp } from '../oracle/index.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { type Model, kinds, n, options, rows } from './student-em.js';

describe('rows with gaps', () => {
  const gapped = rows.map((row, i) => row.map((value, j) => ((i + 3 * j) % 5 === 0 ? NaN : value)));

  test.each(kinds.map(({ form, degrees }) => [form, degrees] as const))(
    'by %s scales and degrees %s: F falls, and the plan is dual to it',
    async (covariance, degrees) => {
      const given = options({ covariance, degrees });
      const { objective, plan } = await fitMixture(gapped, { ...given, missing: 'model', maxIterations: 15 });
      objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-10));
      const { gap } = await plan.duality();
      expectWithin(gap, 0, 1e-7); // of parameters as float32 has them
    },
  );

  test('have the marginal, a Student-t of as many degrees of freedom', async () => {
    const { mixture } = await fitMixture(gapped, { ...options({}), missing: 'model', maxIterations: 5 });
    const [{ means, scales, degrees }] = mixture.components as unknown as [Model];
    const scores = await mixture.scoreSamples([[1.5, NaN], [NaN, -7], [NaN, NaN]], { missing: 'model' }); // prettier-ignore
    const marginal = (x: number, j: number): number =>
      logSumExp(
        mixture.weights.map((weight, c) => {
          const nu = degrees[c];
          const q = (x - means[c][j]) ** 2 / scales[c][j][j];
          const constant = logGamma((nu + 1) / 2) - logGamma(nu / 2) - Math.log(nu * Math.PI * scales[c][j][j]) / 2;
          return Math.log(weight) + constant - ((nu + 1) / 2) * Math.log(1 + q / nu);
        }),
      );
    expectAllWithin(scores, [marginal(1.5, 0), marginal(-7, 1), 0], 1e-9);
  });

  test.each(['full', 'diag', 'spherical'] as const)(
    'end where no likelihood near by is higher, %s',
    async (covariance) => {
      const family = studentT({ covariance });
      const one = { family, components: 1, missing: 'model', regularization: 0, backend: 'wasm' } as const;
      const { mixture } = await fitMixture(gapped, { ...one, tolerance: 1e-13, maxIterations: 3000 });
      const [{ means, scales, degrees }] = mixture.components as unknown as [Model];
      const at = async (moved: Partial<Model>): Promise<number> => {
        const components = [{ means, scales, degrees, ...moved }];
        const seeding = { weights: [1], components };
        return (await fitMixture(gapped, { ...one, seeding, maxIterations: 0 })).criteria.logLikelihood / n;
      };
      const best = await at({});
      for (const step of [-0.01, 0.01]) {
        expect(await at({ degrees: [degrees[0] * (1 + step)] })).toBeLessThan(best);
        expect(await at({ means: [[means[0][0] + step, means[0][1]]] })).toBeLessThan(best);
        const wider = scales[0].map((row, i) => row.map((value, j) => (covariance === 'full' && i !== j ? value + step / 10 : value * (1 + step)))); // prettier-ignore
        expect(await at({ scales: [wider] })).toBeLessThan(best);
      }
    },
  );

  test('that lack nothing are fitted as rows that may not: the same bits', async () => {
    const given = { ...options({}), maxIterations: 5 };
    const one = await fitMixture(rows, { ...given, missing: 'model' });
    const other = await fitMixture(rows, given);
    expect(one.objective).toEqual(other.objective);
    expect(one.mixture.components).toEqual(other.mixture.components);
  });

  test('are filled with what rows with the rest of the columns have', async () => {
    const { mixture } = await fitMixture(gapped, { ...options({}), missing: 'model', maxIterations: 5 });
    const { data } = await mixture.impute(gapped);
    expect(data.every(Number.isFinite)).toBe(true);
  });
});

describe('beside other families', () => {
  const table = rows.map(([x, y], i) => ({ x, y, visits: (i * 7) % 5 + 6 * (i % 2), z: Math.sin(i) + (i % 2) })); // prettier-ignore

  test('of statistics it is one model, on the same backend', async () => {
    const family = product([
      { columns: ['x', 'y'], family: studentT({ degrees: 4 }) },
      { columns: ['visits'], family: poisson() },
    ]);
    for (const backend of ['cpu', 'wasm'] as const) {
      const source = table.map(({ z: _, ...row }) => row);
      const { objective, plan, mixture } = await fitMixture(source, { family, components: 2, backend, tolerance: 0, maxIterations: 15 }); // prettier-ignore
      objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6));
      const { gap } = await plan.duality();
      expectWithin(gap, 0, 1e-5);
      expect(mixture.components.map(({ family: name }) => name)).toEqual(['studentT', 'poisson']);
    }
  });

  test('of Gaussians the terms stay apart, and densities multiply', async () => {
    const family = product([
      { columns: ['x', 'y'], family: studentT() },
      { columns: ['z'], family: gaussian() },
      { columns: ['visits'], family: poisson() },
    ]);
    const { objective, plan, mixture, diagnostics } = await fitMixture(table, { family, components: 2, tolerance: 0, maxIterations: 10 }); // prettier-ignore
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-9));
    const { gap } = await plan.duality();
    expectWithin(gap, 0, 1e-8);
    expect(diagnostics.notes).toContain('Student-t columns beside Gaussian ones are swept on the host, in float64'); // prettier-ignore
    const again = await loadMixture(JSON.parse(JSON.stringify(mixture)) as Parameters<typeof loadMixture>[0]);
    expect(await again.scoreSamples(table)).toEqual(await mixture.scoreSamples(table));
  });
});
