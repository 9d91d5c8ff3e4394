/** Laws of fits of rows with gaps, and of products: of every family, at every marginal, on every backend. */
import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import { fitMixture, loadMixture, type BackendName, type Fit, type FitOptions, type Mixture } from '../../src/index.js';
import { cases, combinations, size } from '../cases.js';
import { expectAllWithin, expectWithin } from '../within.js';
import { marginals, weights } from './scenes.js';
import { columnSettings, matrixSettings, productSettings, type Setting, type Spread } from './settings.js';

const settings = [...columnSettings, ...matrixSettings, ...productSettings];
const backends: readonly BackendName[] = ['cpu', 'wasm', 'webgpu'];
const STEPS = 6;
const n = size(600, 200);

/** Rows of which a fifth of what may be missing is, and the last but one altogether. */
function rowsOf({ rows, blocks }: Setting, seed = 3): number[][] {
  const chance = new Float64Array(blocks.length * n);
  new FastRandom(seed, 2).uniforms(chance);
  return rows(n, seed).map((row, i) => {
    for (const [b, block] of blocks.entries()) {
      if (chance[i * blocks.length + b] < 0.2 || i === n - 2) for (const j of block) row[j] = NaN;
    }
    return row;
  });
}

function fit({ family, start }: Setting, rows: number[][], options: Partial<FitOptions> = {}): Promise<Fit> {
  return fitMixture(rows, {
    ...{ family, components: 3, seeding: start, maxIterations: STEPS, tolerance: 0, regularization: 0 },
    ...{ backend: 'wasm', missing: 'model', ...options },
  });
}

const table = combinations({ setting: settings, marginal: Object.keys(marginals), backend: backends, gaps: [true, false] }); // prettier-ignore
// Families without gaps have laws of their own in fit-laws.test.ts, and Gaussians in test/fit/laws.test.ts.
const asked = table.filter(({ setting, gaps }) => gaps || productSettings.includes(setting));
const taken = cases(asked, ({ setting, marginal, backend, gaps }) => [`${setting.name}, gaps ${gaps}`, `${marginal} on ${backend}`]); // prettier-ignore

test.each(taken.map(({ setting, marginal, backend, gaps }) => [setting.name, marginal, backend, gaps, setting] as const))(
  '%s, %s, on %s, gaps %s: F falls, the plan is dual to it, and a model file keeps all',
  async (_, marginal, backend, gaps, setting) => {
    const rows = gaps ? rowsOf(setting) : setting.rows(n, 3);
    const { objective, plan, mixture } = await fit(setting, rows, { backend, marginal: marginals[marginal] });
    const scale = Math.max(1, Math.abs(objective[0]));
    objective.forEach((value, t) => expect(t > 0 ? value - objective[t - 1] : 0).toBeLessThan(1e-6 * scale));
    const { primal, gap } = await plan.duality();
    expect(Number.isFinite(primal)).toBe(true);
    expectWithin(gap, 0, 5e-6 * scale, 'gap');
    if (marginal === 'fixed') expectAllWithin(plan.mass, weights, 1e-5, 'mass');
    const scores = await mixture.scoreSamples(rows, { backend, missing: 'model' });
    if (marginal === 'free') expectWithin(-objective[objective.length - 1], scores.reduce((sum, one) => sum + one, 0) / n, 5e-6 * scale); // prettier-ignore
    const again = await loadMixture(mixture.toJSON());
    expect(await again.scoreSamples(rows, { backend, missing: 'model' })).toEqual(scores);
    expect(again.components).toEqual(mixture.components);
  },
); // prettier-ignore

/** Values of a column and what each counts in an integral over all: the trapezoidal rule, which is exact where ends vanish. */
function integrated(spread: Spread, levels: number): { readonly values: number[]; readonly counts: number[] } {
  if (spread === 'counts' || spread === 'levels') {
    const values = Array.from({ length: spread === 'counts' ? 900 : levels }, (_, value) => value);
    return { values, counts: values.map(() => 1) };
  }
  const step = 0.04;
  const at = Array.from({ length: 900 }, (_, i) => step * (i - 450));
  const logistic = (t: number): number => 1 / (1 + Math.exp(-t));
  switch (spread) {
    case 'numbers':
      return { values: at.map(Math.sinh), counts: at.map((t) => step * Math.cosh(t)) };
    case 'positive':
      return { values: at.map(Math.exp), counts: at.map((t) => step * Math.exp(t)) };
    case 'shares':
      return { values: at.map(logistic), counts: at.map((t) => step * logistic(t) * logistic(-t)) };
    default:
      return spread satisfies never;
  }
}

/** log of the sum, over all values that a column may have, of exp of what a row with them scores. */
async function summedOver(mixture: Mixture, row: readonly number[], j: number, spread: Spread): Promise<number> {
  const { values, counts } = integrated(spread, mixture.levels[j]?.length ?? 2);
  const known = mixture.levels[j];
  const rows = values.filter((value) => !known || known.includes(value)).map((value) => row.with(j, value));
  const scores = await mixture.scoreSamples(rows);
  const most = Math.max(...scores);
  return most + Math.log(scores.reduce((sum, score, i) => sum + counts[i] * Math.exp(score - most), 0));
}

describe.each(settings.map((setting) => ({ name: setting.name, setting })))('$name with gaps', ({ setting }) => {
  const rows = rowsOf(setting);

  test('a row scores the likelihood of what it has: the sum over what it lacks', async () => {
    const { mixture } = await fit(setting, rows);
    const [row] = setting.rows(1, 9);
    for (const [j, spread] of setting.spreads.entries()) {
      // Of levels on a line the data have some alone: no sum over all others.
      if (!spread || (spread === 'counts' && mixture.levels[j])) continue;
      const [score] = await mixture.scoreSamples([row.with(j, NaN)], { missing: 'model' });
      expectWithin(score, await summedOver(mixture, row, j, spread), 1e-6 * Math.max(1, Math.abs(score)), `column ${j}`); // prettier-ignore
    }
    const nothing = rows[n - 2];
    expectWithin((await mixture.scoreSamples([nothing], { missing: 'model' }))[0], 0, 1e-6, 'a row without anything');
  });

  test('rows in another order, in batches, or twice by their weight change nothing but rounding', async () => {
    const one = await fit(setting, rows);
    const alike = ({ objective, mixture }: Fit, other: Fit): void => {
      expectAllWithin(objective, other.objective, 1e-6 * Math.max(1, Math.abs(objective[0])), 'F');
      expectAllWithin(mixture.weights, other.mixture.weights, 1e-5, 'weights');
      const sizes = mixture.columnDeviations.flat();
      mixture.columnMeans.flat().forEach((mean, at) => expectWithin(mean, other.mixture.columnMeans.flat()[at], 1e-4 * sizes[at])); // prettier-ignore
    };
    alike(one, await fit(setting, [...rows].reverse()));
    const sampleWeights = rows.map((_, i) => i % 3);
    const repeated = rows.flatMap((row, i) => Array<number[]>(sampleWeights[i]).fill(row));
    alike(await fit(setting, repeated), await fit(setting, rows, { sampleWeights }));
  });

  test('where nothing is missing it is the fit that refuses gaps, bit for bit', async () => {
    const whole = setting.rows(n, 4);
    const [with_, without] = await Promise.all(
      (['model', 'error'] as const).map((missing) => fit(setting, whole, { missing })),
    );
    expect(with_.objective).toEqual(without.objective);
    expect(with_.mixture.components).toEqual(without.mixture.components);
    expect(with_.criteria).toEqual(without.criteria);
  });
});
