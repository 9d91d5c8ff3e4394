/** Laws that fits of every family obey, at every marginal, on every backend. */
import { describe, expect, test } from 'vitest';
import { fitMixture, loadMixture, type BackendName, type Fit, type FitOptions } from '../../src/index.js';
import type { ModelFile } from '../../src/mixture/model-json.js';
import type { Source } from '../../src/data/source.js';
import type { Components } from '../../src/families/components.js';
import { thetasOf } from '../../src/families/linear-components.js';
import { cases, combinations, grouped, size } from '../cases.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { emStep, prepare } from './exponential-em.js';
import { drawn, marginals, modelOf, nearby, scenes, startOf, weights, type Scene } from './scenes.js';

const backends: readonly BackendName[] = ['cpu', 'wasm', 'webgpu'];
const STEPS = 8;
/** What float32 may make of sums of two products or three, of their size. */
const ROUNDING = 2 ** -23;
const n = size(1500, 250);

function fit(scene: Scene, rows: number[][] | Source, options: Partial<FitOptions> = {}): Promise<Fit> {
  return fitMixture(rows, {
    family: scene.family,
    components: weights.length,
    seeding: startOf(scene, nearby(scene)),
    maxIterations: STEPS,
    tolerance: 0,
    backend: 'wasm',
    ...options,
  });
}

function componentsOf({ mixture }: Fit, { adapted }: Scene): Components {
  const { components } = mixture.toJSON() as { components: Record<string, unknown> };
  return adapted.fromFile(components, { k: mixture.k, d: mixture.d }, 'fit');
}

/** log w_k p(x | θ_k) of rows, `[n][k]`, by the family's own density. */
function jointly(found: Fit, scene: Scene, rows: readonly (readonly number[])[]): number[][] {
  const { mixture } = found;
  const density = scene.adapted.logDensity(componentsOf(found, scene));
  const into = new Float64Array(3);
  return rows.map((row) => {
    density(row, into);
    return Array.from(into, (value, c) => value + Math.log(mixture.weights[c]));
  });
}

/** Σ_j |t_j η_j| of rows, `[n]`, of the component where it is largest; 0 where there are no statistics. */
function productsOf(found: Fit, scene: Scene, rows: readonly number[][]): number[] {
  if (scene.blocks.length === 0) return rows.map(() => 0);
  const { blocks, thetas } = modelOf(scene, componentsOf(found, scene));
  return prepare(blocks, { rows, counts: [] }).rows.map((parts) => {
    const sums = weights.map((_, c) => {
      let sum = 0;
      for (const [b, block] of blocks.entries()) {
        const eta = new Float64Array(block.width);
        block.natural(thetas[b][c], eta);
        eta.forEach((value, j) => (sum += Math.abs(value * (parts[b]?.statistic[j] ?? 0))));
      }
      return sum;
    });
    return Math.max(...sums);
  });
}

const logSum = (values: readonly number[]): number => {
  const largest = Math.max(...values);
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
};

const table = combinations({ scene: scenes, marginal: Object.keys(marginals), backend: backends });
const taken = cases(table, ({ scene, marginal, backend }) => [`${scene.name} on ${backend}`, `${marginal} on ${backend}`]); // prettier-ignore

describe.each(grouped(taken, 'backend').map(({ level, cases: own }) => ({ backend: level, own })))(
  'on $backend',
  ({ backend, own }) => {
    test.each(own.map(({ scene, marginal }) => [scene.name, marginal, scene] as const))(
      '%s, %s: F falls, the plan is dual to it, and rows are scored as the density says',
      async (_, marginal, scene) => {
        const { rows } = drawn(scene, n);
        const found = await fit(scene, rows, { backend, marginal: marginals[marginal] });
        const { objective, mixture, plan } = found;
        const scale = Math.max(1, Math.abs(objective[0]));
        objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6 * scale));
        const { primal, gap } = await plan.duality();
        expect(Number.isFinite(primal)).toBe(true);
        expectWithin(gap, 0, 5e-6 * scale, 'gap');
        if (marginal === 'fixed') expectAllWithin(plan.mass, weights, 1e-5, 'mass');

        const products = productsOf(found, scene, rows);
        const joint = jointly(found, scene, rows);
        const scores = await mixture.scoreSamples(rows, { backend });
        const shares = await mixture.predictProba(rows, { backend });
        const labels = await mixture.predict(rows, { backend });
        joint.forEach((logits, i) => {
          const score = logSum(logits);
          const tolerance = Math.max(1e-6, 1e-6 * Math.abs(score), ROUNDING * products[i]);
          expectWithin(scores[i], score, tolerance, `score of row ${i}`);
          const expected = logits.map((value) => Math.exp(value - score));
          expectAllWithin(shares.data.subarray(3 * i, 3 * i + 3), expected, 1e-5, `shares of row ${i}`);
          expectWithin(expected[labels[i]], Math.max(...expected), 1e-5, `label of row ${i}`);
        });

        const again = await loadMixture(JSON.parse(JSON.stringify(mixture)) as ModelFile);
        expect(await again.scoreSamples(rows, { backend })).toEqual(scores);
        expect(again.components).toEqual(mixture.components);
      },
    );
  },
);

describe.each(scenes.map((scene) => [scene.name, scene] as const))('%s', (_, scene) => {
  const { rows } = drawn(scene, n, 2);
  const weighted = rows.map((_row, i) => i % 3);

  // Student-t has published fits of its own, and plain EM in student-t.test.ts.
  if (scene.blocks.length > 0) {
    test('after the same steps it is where float64 is', async () => {
      const found = await fit(scene, rows);
      const prepared = prepare(scene.blocks, { rows, counts: rows.map(() => 1) });
      let { next: model } = emStep(modelOf(scene, nearby(scene)), prepared);
      found.objective.forEach((value, t) => {
        const { logLikelihood, next } = emStep(model, prepared);
        expectWithin(-value, logLikelihood / n, 1e-6 * Math.max(1, Math.abs(value)), `F after step ${t + 1}`);
        if (t + 1 < found.iterations) model = next;
      });
      const last = thetasOf(scene.blocks, componentsOf(found, scene));
      expectAllWithin(found.mixture.weights, model.weights, 1e-4, 'weights');
      model.thetas.forEach((block, b) =>
        block.forEach((theta, c) => {
          const names = Object.entries(scene.blocks[b].parameters).flatMap(([name, size]) => Array<string>(size).fill(name)); // prettier-ignore
          theta.forEach((value, at) => expectWithin(last(c, b)[at], value, 1e-4 * Math.max(Math.abs(value), 1e-2), `${names[at]} of ${c}`)); // prettier-ignore
        }),
      );
    });
  }

  test('any batching gives the same bits', async () => {
    const one = await fit(scene, batched(rows, [n]), { seeding: 'k-means++' });
    const other = await fit(scene, batched(rows, [7, 1, 60]), { seeding: 'k-means++' });
    expect(other.mixture.components).toEqual(one.mixture.components);
    expect(other.objective).toEqual(one.objective);
  });

  test('another order of rows changes nothing but rounding', async () => {
    const one = await fit(scene, rows);
    const other = await fit(scene, [...rows].reverse());
    expectAlike(other, one);
  });

  test('another order of components is theirs in the result', async () => {
    const order = [2, 0, 1];
    const one = await fit(scene, rows);
    const other = await fit(scene, rows, { seeding: startOf(scene, nearby(scene), order) });
    expectAllWithin(other.objective, one.objective, 1e-6 * Math.max(1, Math.abs(one.objective[0])));
    expectAllWithin(other.mixture.weights, order.map((c) => one.mixture.weights[c]), 1e-5); // prettier-ignore
    expectAllWithin(other.mixture.columnMeans.flat(), order.flatMap((c) => one.mixture.columnMeans[c]), 1e-4); // prettier-ignore
  });

  test('a weight of 2 is the row twice, and one of 0 no row', async () => {
    const repeated = rows.flatMap((row, i) => Array<number[]>(weighted[i]).fill(row));
    const one = await fit(scene, repeated);
    const other = await fit(scene, rows, { sampleWeights: weighted });
    expectAlike(other, one);
    expectWithin(other.criteria.logLikelihood / one.criteria.logLikelihood, 1, 1e-6);
    expectWithin(other.criteria.bic / one.criteria.bic, 1, 1e-6);
  });
});

/** Fits of the same rows in another guise. */
function expectAlike({ mixture, objective }: Fit, one: Fit): void {
  expectAllWithin(objective, one.objective, 1e-6 * Math.max(1, Math.abs(one.objective[0])), 'F');
  expectAllWithin(mixture.weights, one.mixture.weights, 1e-5, 'weights');
  const sizes = one.mixture.columnDeviations.flat();
  mixture.columnMeans.flat().forEach((mean, at) => expectWithin(mean, one.mixture.columnMeans.flat()[at], 1e-4 * sizes[at])); // prettier-ignore
}

/** A source that hands rows over in batches of these sizes, again and again. */
function batched(x: readonly (readonly number[])[], sizes: readonly number[]): Source {
  return {
    name: 'batched',
    columns: x[0].map((_, j) => `x${j}`),
    async *batches() {
      for (let from = 0, turn = 0; from < x.length; turn++) {
        const own = x.slice(from, from + sizes[turn % sizes.length]);
        from += own.length;
        yield await Promise.resolve({ rows: own.length, values: Float64Array.from(own.flat()) });
      }
    },
  };
}
