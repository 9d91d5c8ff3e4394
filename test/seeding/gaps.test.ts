/** Every way to start takes rows that lack values, of every family, and starts EM where the groups are. */
import { describe, expect, test } from 'vitest';
import { FastRandom } from '../../src/base/fast-random.js';
import * as families from '../../src/families/all.js';
import { fitMixture, product, type Family, type Fit, type FitOptions } from '../../src/index.js';
import { seedingMethods } from '../../src/seeding/seeding.js';
import { cases, combinations } from '../cases.js';
import { expectAllWithin } from '../within.js';

const N = 240;
/** Share of values, or of blocks where a row has all of its columns or none, that are missing. */
const GAPS = 0.25;

interface Scene {
  readonly name: string;
  readonly family: Family;
  /** A row of one of two groups that stand apart. */
  readonly row: (group: number, uniform: () => number) => number[];
  /** Columns that are missing together. */
  readonly blocks: readonly (readonly number[])[];
}

const apart = (d: number): number[][] => Array.from({ length: d }, (_, j) => [j]);
const bell = (uniform: () => number): number => uniform() + uniform() + uniform() - 1.5;
const count = (mean: number, uniform: () => number): number => Math.max(0, Math.round(mean + Math.sqrt(mean) * bell(uniform))); // prettier-ignore
const numbers = (group: number, uniform: () => number): number[] => Array.from({ length: 4 }, (_, j) => (j % 2 ? -6 : 6) * group + bell(uniform)); // prettier-ignore
const positive = (group: number, uniform: () => number): number[] => Array.from({ length: 4 }, () => (group ? 20 : 1) * (0.5 + uniform())); // prettier-ignore
const counts = (group: number, uniform: () => number): number[] => Array.from({ length: 4 }, () => count(group ? 40 : 4, uniform)); // prettier-ignore
const durations = (group: number, uniform: () => number): number[] => Array.from({ length: 8 }, () => -Math.log(1 - uniform()) * (group ? 20 : 1)); // prettier-ignore
const failures = (group: number, uniform: () => number): number[] => durations(group, uniform).map(Math.floor);
const flags = (group: number, uniform: () => number): number[] => Array.from({ length: 8 }, () => Number(uniform() < (group ? 0.95 : 0.05))); // prettier-ignore
const levels = (group: number, uniform: () => number): number[] => Array.from({ length: 8 }, (_, j) => (uniform() < 0.9 ? (2 * group + j) % 4 : Math.floor(4 * uniform()))); // prettier-ignore
const turns = (group: number, uniform: () => number): number[] => [group ? -2 : 2, group ? 2 : 0, 1].map((x) => x + bell(uniform)); // prettier-ignore
const words = (group: number, uniform: () => number): number[] => [0, 1, 2, 3].map((j) => count(j % 2 === group ? 9 : 1, uniform)); // prettier-ignore

const one = (family: Family, row: Scene['row'], d: number): Scene => ({ name: family.describe(2), family, row, blocks: apart(d) }); // prettier-ignore
const { gaussian, studentT, poisson, categorical, vonMisesFisher, multinomial, gamma } = families;
const named = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, j) => `x${from + j}`);

const scenes: readonly Scene[] = [
  ...(['full', 'tied', 'diag', 'spherical'] as const).flatMap((covariance) => [
    one(gaussian({ covariance }), numbers, 4),
    one(studentT({ covariance }), numbers, 4),
  ]),
  one(families.logNormal(), positive, 4),
  one(gamma(), positive, 4),
  one(families.exponential(), durations, 8),
  one(poisson(), counts, 4),
  one(families.negativeBinomial(), counts, 4),
  { ...one(families.negativeBinomial({ size: 9 }), counts, 4), name: 'negative binomial counts of known size' },
  one(families.geometric(), failures, 8),
  one(families.bernoulli(), flags, 8),
  one(families.beta(), (group, uniform) => Array.from({ length: 4 }, () => 0.1 + 0.6 * group + 0.2 * uniform()), 4),
  one(categorical(), levels, 8),
  {
    name: 'a product of numbers, Student-t, levels and counts',
    family: product([
      { columns: named(0, 4), family: gaussian() },
      { columns: named(4, 12), family: categorical() },
      { columns: named(12, 16), family: poisson() },
      { columns: named(16, 20), family: studentT() },
    ]),
    row: (group, uniform) => [numbers, levels, counts, numbers].flatMap((draw) => draw(group, uniform)),
    blocks: apart(20),
  },
  {
    name: 'a product of directions, words and durations',
    family: product([
      { columns: named(0, 3), family: vonMisesFisher() },
      { columns: named(3, 7), family: multinomial() },
      { columns: named(7, 11), family: gamma() },
    ]),
    row: (group, uniform) => [turns, words, positive].flatMap((draw) => draw(group, uniform)),
    blocks: [[0, 1, 2], [3, 4, 5, 6], [7], [8], [9], [10]], // prettier-ignore
  },
  { name: 'directions', family: vonMisesFisher(), row: turns, blocks: [[0, 1, 2]] },
  { name: 'words', family: multinomial(), row: words, blocks: [[0, 1, 2, 3]] },
];

/** Rows of two groups by turns; the last lacks everything. */
function rowsOf({ row, blocks }: Scene): number[][] {
  const random = new FastRandom(3);
  const into = new Float64Array(1);
  const uniform = (): number => (random.uniforms(into), into[0]);
  return Array.from({ length: N }, (_, i) => {
    const values = row(i % 2, uniform);
    for (const block of blocks) if (uniform() < GAPS || i === N - 1) for (const j of block) values[j] = NaN;
    return values;
  });
}

/** The share of rows with anything in them whose labels tell the groups apart. */
function told(labels: Int32Array, rows: readonly number[][]): number {
  const known = rows.flatMap((row, i) => (row.every(Number.isNaN) ? [] : [Number(labels[i] === i % 2)]));
  const share = known.reduce((sum, same) => sum + same, 0) / known.length;
  return Math.max(share, 1 - share);
}

type Start = NonNullable<FitOptions['seeding']>;

const starts: Readonly<Record<string, (rows: readonly number[][], noise: boolean) => Start>> = {
  ...Object.fromEntries(seedingMethods.map((method) => [method, () => method])),
  labels: (rows) => ({ labels: Int32Array.from(rows, (_, i) => i % 2) }),
  responsibilities: (rows, noise) => ({
    responsibilities: rows.map((_, i) => [...(i % 2 ? [0.2, 0.8] : [0.8, 0.2]), ...(noise ? [0] : [])]),
  }),
};
const table = combinations({ scene: scenes, start: Object.keys(starts), noise: [false, true] });
const taken = cases(table, ({ scene, start, noise }) => [scene.name, `${start}, noise ${noise}`]);

const fit = (scene: Scene, rows: number[][], options: Partial<FitOptions>): Promise<Fit> =>
  fitMixture(rows, { family: scene.family, components: 2, missing: 'model', backend: 'wasm', ...options });

describe.each(scenes.map((scene) => ({ scene, name: scene.name })))('$name with gaps', ({ scene }) => {
  const own = taken.filter((one) => one.scene === scene);
  test.each(own.map(({ start, noise }) => [start, noise] as const))('start by %s, noise %s', async (start, noise) => {
    const rows = rowsOf(scene);
    const { objective, mixture } = await fit(scene, rows, { seeding: starts[start](rows, noise), noise, maxIterations: 50 }); // prettier-ignore
    expect([...objective, ...mixture.weights].every(Number.isFinite)).toBe(true);
    const share = told(await mixture.predict(rows, { missing: 'model' }), rows);
    expect(share).toBeGreaterThan(0.93);
  });
});

test.each(['full', 'tied', 'diag', 'spherical'] as const)(
  'labels of rows with gaps start %s Gaussians where each group would end by itself',
  async (covariance) => {
    const scene = one(gaussian({ covariance }), numbers, 4);
    const rows = rowsOf(scene);
    const labels = Int32Array.from(rows, (_, i) => i % 2);
    const { mixture } = await fit(scene, rows, { seeding: { labels }, maxIterations: 0, regularization: 0 });
    for (const group of [0, 1]) {
      const own = rows.filter((row, i) => i % 2 === group && !row.every(Number.isNaN));
      const alone = await fit(scene, own, { components: 1, tolerance: 1e-9, regularization: 0 });
      // Means of columns for what is missing would be off by a quarter of 3.
      expectAllWithin(mixture.means[group], alone.mixture.means[0], 0.05);
    }
  },
);

test.each([gaussian(), studentT({ covariance: 'diag' })])(
  'means alone, and components without weights, are starts of rows with gaps too: $name',
  async (family) => {
    const scene = one(family, numbers, 4);
    const rows = rowsOf(scene);
    const means = [[0, 0, 0, 0], [6, -6, 6, -6]]; // prettier-ignore
    const { mixture } = await fit(scene, rows, { seeding: { means } });
    expect(told(await mixture.predict(rows, { missing: 'model' }), rows)).toBeGreaterThan(0.93);
    const { components } = mixture;
    const again = await fit(scene, rows, { seeding: { components }, maxIterations: 0 });
    expectAllWithin(again.mixture.columnMeans.flat(), mixture.columnMeans.flat(), 1e-9);
  },
);
