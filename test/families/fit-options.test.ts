/** Fits of every family by every way to start, to go on and to smooth. */
import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import type { Parameters } from '../../src/families/components.js';
import {
  beta,
  fitMixture,
  gamma,
  geometric,
  logNormal,
  negativeBinomial,
  poisson,
  selectMixture,
  type Family,
  type Fit,
  type FitOptions,
} from '../../src/index.js';
import { cases, combinations } from '../cases.js';
import { logSumExp } from '../oracle/index.js';
import { expectWithin } from '../within.js';
import { drawn, nearby, scenes, startOf, weights, type Scene } from './scenes.js';

const n = 600;
const ways: Readonly<Record<string, Partial<FitOptions>>> = {
  'k-means++': { seeding: 'k-means++' },
  'k-means||': { seeding: 'k-means||' },
  'k-means': { seeding: 'k-means' },
  random: { seeding: 'random' },
  anneal: { strategy: 'anneal' },
  'warm-up': { strategy: 'warm-up' },
  'short-runs': { strategy: 'short-runs' },
  race: { strategy: 'race' },
  'split-merge': { strategy: 'split-merge' },
  '3 restarts': { restarts: 3 },
};

function fit({ family }: Scene, rows: number[][], options: Partial<FitOptions>): Promise<Fit> {
  return fitMixture(rows, { family, components: 3, tolerance: 1e-6, maxIterations: 60, backend: 'wasm', ...options });
}

/** Mean log-likelihood of the mixture that rows were drawn from. */
function truth({ adapted, components }: Scene, rows: number[][]): number {
  const density = adapted.logDensity(components);
  const logs = new Float64Array(weights.length);
  const logLikelihood = rows.reduce((sum, row) => {
    density(row, logs);
    return sum + logSumExp(weights.map((weight, c) => Math.log(weight) + logs[c]));
  }, 0);
  return logLikelihood / n;
}

const table = combinations({ scene: scenes, way: Object.keys(ways) });
const kinds = ({ scene, way }: (typeof table)[number]): string[] => [scene.name, way];

describe('a fit', () => {
  test.each(cases(table, kinds).map(({ scene, way }) => [scene.name, way, scene] as const))(
    'of %s by %s ends near what the rows are drawn from',
    async (_, way, scene) => {
      const { rows } = drawn(scene, n, 3);
      const { objective, criteria, mixture } = await fit(scene, rows, ways[way]);
      expect(objective.every(Number.isFinite)).toBe(true);
      expectWithin(-objective.at(-1)!, criteria.meanLogLikelihood, 1e-6 * Math.max(1, Math.abs(objective[0])));
      // A worse optimum costs more than .05 nats a row of the separation that these scenes have.
      expect(criteria.meanLogLikelihood).toBeGreaterThan(truth(scene, rows) - 0.05);
      expect(mixture.sample(5).data.every(Number.isFinite)).toBe(true);
    },
  );

  const smooth = combinations({ scene: scenes, epsilon: [0, 0.5, 2] });
  test.each(smooth.map(({ scene, epsilon }) => [scene.name, epsilon, scene] as const))(
    'of %s at ε = %d lowers F, to which its plan is dual',
    async (_, epsilon, scene) => {
      const { rows } = drawn(scene, n, 4);
      const seeding = startOf(scene, nearby(scene));
      const { objective, plan } = await fit(scene, rows, { epsilon, seeding, tolerance: 0, maxIterations: 10 });
      const scale = Math.max(1, Math.abs(objective[0]));
      objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6 * scale));
      const { gap } = await plan.duality();
      expectWithin(gap, 0, 1e-5 * scale);
    },
  );
});

/** The same components further apart: which component a row is of is told by the row. */
const clear = ['poisson', 'categorical', 'multinomial', 'gamma', 'logNormal', 'vonMisesFisher', 'studentT'];

describe('selectMixture', () => {
  test.each(scenes.filter(({ name }) => clear.includes(name)).map((scene) => [scene.name, scene] as const))(
    'finds three components of %s',
    async (_, scene) => {
      const { rows } = drawn(scene, 3000, 5);
      const { best } = await selectMixture(rows, { families: [scene.family], components: [1, 2, 3, 4], restarts: 2, backend: 'wasm' }); // prettier-ignore
      expect(best.k).toBe(3);
    },
  );
});

describe('k-means++', () => {
  /** Three clusters that share no row: what the rows are drawn from is the best that there is. */
  const far: readonly (readonly [Family, Parameters])[] = [
    [poisson(), { rates: [[3], [400], [5000]] }],
    [geometric(), { probabilities: [[0.5], [0.01], [0.0001]] }],
    [negativeBinomial(), { means: [[3], [400], [5000]], sizes: [[5], [5], [50]] }],
    [negativeBinomial({ size: 5 }), { means: [[3], [400], [5000]] }],
    [gamma(), { shapes: [[50], [50], [50]], rates: [[50], [0.5], [0.005]] }],
    [beta(), { alphas: [[2], [200], [500]], betas: [[500], [200], [2]] }],
    [logNormal(), { meanLogs: [[0], [5], [10]], varianceLogs: [[0.1], [0.1], [0.1]] }],
  ];
  test.each(far.map(([family, parameters]) => [family.describe(3), family, parameters] as const))(
    'starts %s in clusters far apart, one in each',
    async (_, family, parameters) => {
      const labels = Int32Array.from({ length: 900 }, (_one, i) => i % 3);
      const data = new Float64Array(900);
      family.sampler(family.fromParameters(parameters, 'truth'))(labels, new FastRandom(5), data);
      const options = { family, components: 3, backend: 'wasm' } as const;
      const seeding = { weights: [1 / 3, 1 / 3, 1 / 3], components: [{ family: family.name, ...parameters }] };
      const best = await fitMixture({ data, shape: [900, 1] }, { ...options, seeding });
      const found = await fitMixture({ data, shape: [900, 1] }, { ...options, seed: 2 });
      expectWithin(found.criteria.meanLogLikelihood, best.criteria.meanLogLikelihood, 1e-3);
    },
  );
});
