/** Problems of every family, of Gaussians and of products: rows of three components, where EM starts, and what may lack. */
import { bernoulli } from '../../src/families/bernoulli.js';
import { gaussian } from '../../src/families/gaussian.js';
import { studentT } from '../../src/families/student-t.js';
import { product, type CovarianceForm, type Family, type NamedStart } from '../../src/index.js';
import { drawn, nearby, scenes, startOf, weights, type Scene } from './scenes.js';

/** How the values of a column are spread, for a sum over all of them. */
export type Spread = 'counts' | 'levels' | 'numbers' | 'positive' | 'shares';

export interface Setting {
  readonly name: string;
  readonly family: Family;
  /** The components that rows are drawn from, and others nearby. */
  readonly truth: NamedStart;
  readonly start: NamedStart;
  /** Columns that a row lacks together or not at all. */
  readonly blocks: readonly (readonly number[])[];
  /** `[d]`; undefined of a column that is not missing by itself. */
  readonly spreads: readonly (Spread | undefined)[];
  rows(n: number, seed: number): number[][];
}

const means = [[0, 1], [6, 3], [-2, 8]]; // prettier-ignore
const matrices = [[[1, 0.4], [0.4, 2]], [[0.8, -0.3], [-0.3, 0.9]], [[2, 0.1], [0.1, 0.6]]]; // prettier-ignore
const kept: Readonly<Record<CovarianceForm, (matrix: readonly number[][], c: number) => number[][]>> = {
  full: (matrix) => matrix.map((row) => [...row]),
  tied: () => matrices[0],
  diag: ([[a], [, b]]) => [[a, 0], [0, b]], // prettier-ignore
  spherical: ([[a]]) => [[a, 0], [0, a]], // prettier-ignore
};

/** Gaussians, or Student-t of four degrees of freedom, of two columns. */
export function ofMatrices(covariance: CovarianceForm, student: boolean): Scene {
  const family = student ? studentT({ covariance, degrees: 'each' }) : gaussian({ covariance });
  const spread = matrices.map(kept[covariance]);
  const degrees = { degrees: [6, 9, 14] };
  const of = (at: number[][]) =>
    family.fromParameters({ means: at, ...(student ? { scales: spread, ...degrees } : { covariances: spread }) }, 'setting'); // prettier-ignore
  const start = of(means.map((mean) => mean.map((value) => 0.8 * value + 0.5)));
  const name = `${family.name} ${covariance}`;
  return { name, family, adapted: family, blocks: [], components: of(means), start };
}

const spreadOf: Readonly<Record<string, Spread>> = {
  ...{ poisson: 'counts', negativeBinomial: 'counts', geometric: 'counts', bernoulli: 'levels', categorical: 'levels' },
  ...{ exponential: 'positive', gamma: 'positive', logNormal: 'positive', beta: 'shares' },
  ...{ gaussian: 'numbers', studentT: 'numbers' },
};

function settingOf(scene: Scene): Setting {
  const { name, family, adapted, components } = scene;
  const { d } = components;
  const columns = Array.from({ length: d }, (_, j) => j);
  const spread = spreadOf[adapted.name];
  return {
    ...{ name, family, truth: startOf(scene, components), start: startOf(scene, nearby(scene)) },
    blocks: spread ? columns.map((j) => [j]) : [columns],
    spreads: columns.map(() => spread),
    rows: (n, seed) => drawn(scene, n, seed).rows,
  };
}

/** Settings side by side: labels of rows depend on the seed alone. */
function together(name: string, parts: readonly Setting[]): Setting {
  const firsts = parts.map((_, at) => parts.slice(0, at).reduce((sum, { spreads }) => sum + spreads.length, 0));
  const factors = parts.map(({ family, spreads }, at) => ({
    columns: spreads.map((_, j) => `x${firsts[at] + j}`),
    family,
  }));
  const joined = (of: 'truth' | 'start'): NamedStart => ({
    weights,
    components: parts.flatMap((part) => part[of].components),
  });
  return {
    ...{ name, family: product(factors), truth: joined('truth'), start: joined('start') },
    blocks: parts.flatMap(({ blocks }, at) => blocks.map((block) => block.map((j) => firsts[at] + j))),
    spreads: parts.flatMap(({ spreads }) => spreads),
    rows: (n, seed) => {
      const all = parts.map((part) => part.rows(n, seed));
      return Array.from({ length: n }, (_, i) => all.flatMap((rows) => rows[i]));
    },
  };
}

const forms = ['full', 'tied', 'diag', 'spherical'] as const;

/** Of Gaussians and Student-t by the forms of their matrices. */
export const matrixSettings: readonly Setting[] = forms.flatMap((form) =>
  [false, true].map((student) => settingOf(ofMatrices(form, student))),
);

/** Of the families of test/families/scenes.ts. */
export const columnSettings: readonly Setting[] = scenes
  .filter(({ adapted }) => adapted.name !== 'studentT')
  .map(settingOf);

const named = (name: string): Setting => {
  const found = [...columnSettings, ...matrixSettings].find((setting) => setting.name === name);
  if (!found) throw new Error(`settings: expected one of their names, got ${name}`);
  return found;
};

export const productSettings: readonly Setting[] = [
  together('numbers × counts × levels', ['gaussian full', 'poisson', 'categorical'].map(named)),
  together('Student-t × binary columns', ['studentT diag', bernoulli().name].map(named)),
  together('Student-t × numbers', ['studentT full', 'gaussian tied'].map(named)),
  together('directions × words × durations', ['vonMisesFisher', 'multinomial', 'gamma'].map(named)),
  together('shares × log-normal × varying counts', ['beta', 'logNormal', 'negativeBinomial'].map(named)),
];
