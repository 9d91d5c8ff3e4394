import { aliasesOf, FastRandom } from '../src/base/fast-random.js';
import { seededRandom } from '../src/base/random.js';
import type { Nested } from '../src/families/components.js';
import type { Family } from '../src/families/family.js';
import { product } from '../src/families/product.js';
import { Numbers } from '../src/families/sampling/numbers.js';
import { kinds, type FamilyName, type NestedParameters } from './family-kinds.js';

/** A family on some columns. */
export interface FactorSize {
  readonly family: FamilyName;
  readonly columns: number;
}

/** What is measured: families on the columns, in their order, and sizes. */
export interface FamilySize {
  readonly name: string;
  readonly n: number;
  readonly k: number;
  readonly factors: readonly FactorSize[];
  /** Share of the values that are missing; default none. */
  readonly missing?: number;
  /** How many times as far apart as usual components are; default 1. */
  readonly apart?: number;
}

/** Rows and a start, the same for otmix and its peers. */
export interface FamilyProblem extends FamilySize {
  /** Columns. */
  readonly d: number;
  /** Row-major `[n, d]`, NaN where a value is missing. */
  readonly data: Float32Array;
  /** Weights `[k]`, and a block of parameters for each factor, as `mixture.components` has them. */
  readonly start: { readonly weights: number[]; readonly components: readonly NestedParameters[] };
}

/** How far a start draws parameters to their mean over the components. */
const DRAWN = 0.3;

/** Rows of k components of equal weights, and a start on the way from their parameters to what these have in common. */
export function familyProblem(size: FamilySize, seed = 1): FamilyProblem {
  const { n, k, factors, missing = 0, apart } = size;
  const random = seededRandom(seed);
  const parameters = factors.map(({ family, columns }) => kinds[family].parameters(k, columns, random, apart));
  const draws = factors.map(({ family }, f) => kinds[family].draws(parameters[f]));
  const d = factors.reduce((sum, { columns }) => sum + columns, 0);
  const numbers = new Numbers(new FastRandom(seed));
  const table = aliasesOf(new Float64Array(k).fill(1));
  const data = new Float32Array(n * d);
  const row = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const label = numbers.index(table);
    let from = 0;
    for (const [f, { columns }] of factors.entries()) {
      draws[f][label](numbers, row.subarray(from, (from += columns)));
    }
    data.set(row, i * d);
  }
  if (missing > 0) for (let at = 0; at < data.length; at++) if (random.uniform() < missing) data[at] = NaN;
  const components = parameters.map((own, f) =>
    Object.fromEntries(
      Object.entries(own).map(([name, values]) => [name, drawn(values, kinds[factors[f].family].byColumn)]),
    ),
  );
  return { ...size, d, data, start: { weights: new Array<number>(k).fill(1 / k), components } };
}

/** The family of a problem's columns, whose names are those of a matrix. */
export function familyOf({ factors }: FamilySize): Family {
  if (factors.length === 1) return kinds[factors[0].family].make();
  let from = 0;
  return product(
    factors.map(({ family, columns }) => {
      const names = Array.from({ length: columns }, (_, j) => `x${from + j}`);
      from += columns;
      return { columns: names, family: kinds[family].make() };
    }),
  );
}

/**
 * Multiplications and additions of one EM iteration where all statistics are dense: two products of `[n, width]` and
 * `[k, width]`. NaN where otmix has other work: columns of levels, covariances, and gaps.
 */
export function familyOperations({ n, k, factors, missing }: FamilySize): number {
  if (missing) return NaN;
  const dense = factors.every(({ family }) => kinds[family].dense);
  return dense ? factors.reduce((sum, { columns }) => sum + 4 * n * k * columns, 0) : NaN;
}

/** Parameters `[k]…`, or of each column, drawn to their mean over the components. */
function drawn(values: Nested, byColumn = false): Nested {
  if (byColumn) return (values as readonly Nested[]).map((column) => drawn(column));
  const list = values as readonly Nested[];
  const mean = list.slice(1).reduce((sum, one) => combined(sum, one, 1, 1), list[0]);
  return list.map((one) => combined(one, mean, 1 - DRAWN, DRAWN / list.length));
}

/** a x + b y, number by number. */
function combined(x: Nested, y: Nested, a: number, b: number): Nested {
  if (typeof x === 'number') return a * x + b * (y as number);
  return x.map((one, at) => combined(one, (y as readonly Nested[])[at], a, b));
}
