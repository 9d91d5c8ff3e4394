/** Problems whose shapes cut rows, columns and components in every way in which kernels go about them. */
import type { CovarianceForm } from '../../kernels/form.js';
import type { ProblemName } from '../oracle/index.js';

export interface Case {
  readonly name: ProblemName;
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly reach: number;
}

/**
 * One row, fewer than a group, one under and over it, several groups, and (at d = 40) several blocks with a ragged end.
 */
export const cases: readonly Case[] = [
  { name: 'overlapping', n: 1, d: 2, k: 1, reach: 10 },
  { name: 'overlapping', n: 7, d: 1, k: 2, reach: 10 },
  { name: 'overlapping', n: 1023, d: 3, k: 3, reach: 10 },
  { name: 'overlapping', n: 1024, d: 2, k: 5, reach: 10 },
  { name: 'overlapping', n: 1025, d: 5, k: 2, reach: 10 },
  { name: 'overlapping', n: 5000, d: 2, k: 3, reach: 10 },
  { name: 'overlapping', n: 2500, d: 40, k: 3, reach: 10 },
  { name: 'separated', n: 600, d: 4, k: 4, reach: 30 },
  { name: 'separated', n: 300, d: 2, k: 33, reach: 60 },
  { name: 'unbalanced', n: 600, d: 2, k: 6, reach: 60 },
  { name: 'offset', n: 600, d: 3, k: 3, reach: 10 },
  { name: 'scales', n: 600, d: 4, k: 3, reach: 10 },
  { name: 'far', n: 600, d: 3, k: 4, reach: 3000 },
  { name: 'duplicates', n: 600, d: 3, k: 3, reach: 30 },
  { name: 'anisotropic', n: 600, d: 4, k: 3, reach: 10_000 },
];

/** Every remainder of the kernels' blocks of columns, components and rows, and the extremes of each. */
export const shapes: readonly Case[] = [
  ...[3, 4, 6, 7, 8, 9, 16, 31, 64, 100].map((d) => ({ name: 'overlapping' as const, n: 257, d, k: 3, reach: 10 })),
  ...[4, 7, 8, 9, 64].map((k) => ({ name: 'overlapping' as const, n: 129, d: 5, k, reach: 10 })),
  ...[2, 31, 32, 33, 255, 256, 2047, 2049].map((n) => ({ name: 'overlapping' as const, n, d: 6, k: 2, reach: 10 })),
  { name: 'overlapping', n: 600, d: 256, k: 2, reach: 10 },
  { name: 'overlapping', n: 70, d: 1, k: 1000, reach: 40 },
  // Rows that belong to one component alone, over groups and tiles; tied components whose
  // rows are whitened once, and far.
  { name: 'separated', n: 2100, d: 16, k: 9, reach: 40 },
  { name: 'separated', n: 1500, d: 64, k: 6, reach: 40 },
  { name: 'unbalanced', n: 2100, d: 9, k: 7, reach: 60 },
  { name: 'separated', n: 1100, d: 37, k: 9, reach: 40 },
  { name: 'overlapping', n: 1100, d: 33, k: 5, reach: 10 },
  // Rows enough that components are chosen row by row; the last of overlapping ones, where none can be left out.
  { name: 'separated', n: 2100, d: 24, k: 5, reach: 40 },
  { name: 'separated', n: 2600, d: 33, k: 10, reach: 40 },
  { name: 'unbalanced', n: 2100, d: 27, k: 7, reach: 60 },
  { name: 'far', n: 2100, d: 24, k: 6, reach: 3000 },
  { name: 'anisotropic', n: 2100, d: 25, k: 5, reach: 10_000 },
  { name: 'overlapping', n: 2100, d: 26, k: 5, reach: 10 },
  // More components than whitened rows are kept of.
  { name: 'overlapping', n: 1600, d: 8, k: 160, reach: 10 },
  { name: 'separated', n: 70, d: 32, k: 260, reach: 100 },
  { name: 'far', n: 600, d: 8, k: 6, reach: 3000 },
  { name: 'anisotropic', n: 600, d: 8, k: 6, reach: 10_000 },
];

export const titleOf = ({ name, n, d, k }: Case): string => `${name}, n = ${n}, d = ${d}, k = ${k}`;

/** A quadratic term: of Student-t where it has degrees of freedom, of which components have these in turn. */
export interface QuadraticCase {
  readonly form: CovarianceForm;
  readonly d: number;
  readonly degrees?: readonly number[] | undefined;
  /** One row in seven is so many times as far out; default 1. */
  readonly far?: number | undefined;
}

/** Rows of a model with a linear term: columns of a quadratic one first, where it has a form. */
export interface LinearCase {
  readonly n: number;
  readonly k: number;
  readonly quadratic?: QuadraticCase | undefined;
  readonly dense: number;
  readonly levels: readonly number[];
  /** How far components' logits are apart, roughly; as far as makes them overlap where it is left out. */
  readonly apart?: number | undefined;
}

const linear = (n: number, k: number, dense: number, levels: readonly number[] = []): LinearCase => {
  return { n, k, dense, levels };
};

const mixed = (form: CovarianceForm, d: number, one: LinearCase): LinearCase => ({ quadratic: { form, d }, ...one });

/**
 * Statistics that are dense, levels, and both, alone and beside each form: one row, fewer than a group, one under and
 * over it, several groups; columns of one level, of as many as are expanded at once, of one more, and of a thousand.
 */
export const linearCases: readonly LinearCase[] = [
  linear(1, 1, 1),
  linear(7, 2, 3, [1, 2]),
  linear(1023, 3, 0, [2, 3, 5]),
  linear(1024, 5, 20),
  linear(1025, 2, 1, [64, 65, 130]),
  linear(1300, 33, 17),
  linear(600, 8, 300),
  linear(
    600,
    5,
    0,
    Array.from({ length: 40 }, (_, j) => 2 + (j % 3)),
  ),
  linear(300, 4, 2, [1000]),
  linear(5000, 9, 0, [7]),
  mixed('full', 4, linear(2100, 3, 3, [5, 12])),
  mixed('tied', 5, linear(1025, 4, 0, [3])),
  mixed('diag', 3, linear(2049, 6, 65)),
  mixed('spherical', 2, linear(600, 10, 1, [70, 2])),
  mixed('diag', 2, linear(700, 5, 0, [600])),
  mixed('full', 33, linear(1100, 5, 7, [2, 2])),
];

export const linearTitle = ({ n, k, quadratic, dense, levels }: LinearCase): string => {
  const shown = levels.length > 5 ? `${levels.length} columns` : levels.join(', ');
  return `n = ${n}, k = ${k}, ${quadratic ? `${quadratic.form} d = ${quadratic.d}, ` : ''}dense ${dense}, levels [${shown}]`;
};

/** From far heavier tails than any to none: a component has the next of these. */
const degrees = [0.05, 1, 4, 200, 1e6, Infinity];
const finite = degrees.slice(0, 4);

type StudentMore = Pick<QuadraticCase, 'degrees' | 'far'> & Partial<Pick<LinearCase, 'dense' | 'levels'>>;

const student = (form: CovarianceForm, d: number, n: number, k: number, more: StudentMore = {}): LinearCase => {
  const { dense = 0, levels = [], ...rest } = more;
  return { n, k, dense, levels, quadratic: { form, d, degrees, ...rest } };
};

/**
 * Student-t of each form, alone and beside statistics, of one row, fewer than a group, one under and over it, and several
 * groups; of components that differ in their degrees of freedom and of such as do not; of rows a million times as far out.
 */
export const studentCases: readonly LinearCase[] = [
  student('full', 2, 1, 1),
  student('diag', 1, 7, 2),
  student('diag', 8, 1023, 6),
  student('diag', 40, 1024, 3),
  student('tied', 3, 1025, 6),
  student('full', 4, 2100, 7),
  student('full', 33, 1100, 5),
  student('tied', 16, 2049, 9),
  student('tied', 8, 600, 33),
  student('spherical', 2, 600, 6),
  student('spherical', 17, 2049, 7),
  student('diag', 2, 300, 33),
  student('full', 5, 600, 3, { degrees: [0.05] }),
  student('tied', 5, 600, 3, { degrees: [1] }),
  student('full', 5, 600, 3, { degrees: [4] }),
  student('diag', 5, 600, 3, { degrees: [200] }),
  student('spherical', 5, 600, 3, { degrees: [1e6] }),
  student('full', 4, 2100, 5, { degrees: finite, far: 1e6 }),
  student('tied', 3, 1100, 5, { degrees: finite, far: 1e6 }),
  student('diag', 6, 1100, 4, { degrees: finite, far: 1e6 }),
  student('spherical', 3, 600, 4, { degrees: finite, far: 1e6 }),
  student('full', 4, 2100, 3, { dense: 3, levels: [5, 12] }),
  student('tied', 5, 1025, 4, { levels: [3] }),
  student('diag', 3, 2049, 6, { dense: 65 }),
  student('spherical', 2, 600, 10, { dense: 1, levels: [70, 2] }),
];

export const studentTitle = ({ n, k, quadratic, dense, levels }: LinearCase): string => {
  const { form, d, degrees = [], far = 1 } = quadratic ?? { form: 'none', d: 0 };
  const beside = dense + levels.length > 0 ? `, beside dense ${dense}, levels [${levels.join(', ')}]` : '';
  const shown = degrees.slice(0, k).join(', ');
  return `${form}, n = ${n}, d = ${d}, k = ${k}, ν ${shown}${far > 1 ? `, rows ${far} times as far` : ''}${beside}`;
};
