import type { ColumnSummary, Scaling } from './scaling.js';

export type { ColumnSummary };

/** Parameters of one name, of all components. */
export interface ComponentArray {
  /** `[k, …]`, or without the k where all components share one. */
  readonly shape: readonly number[];
  readonly values: Float64Array;
  readonly shared?: true;
}

/** Parameters θ of all components of a mixture, in float64, as named arrays whose layout is the family's own. */
export interface Components {
  readonly k: number;
  /** Columns of the rows. */
  readonly d: number;
  readonly arrays: Readonly<Record<string, ComponentArray>>;
  /** How a shard holds the numbers that these are packed for, of families whose parameters have the data's units always. */
  readonly frame?: Scaling;
  /** Whatever of the arrays estimating has factored already, for packing; in the family's own layout too. */
  readonly factored?: readonly Float64Array[];
}

/** Numbers in nested lists, as users give and get them. */
export type Nested = number | readonly Nested[];

/** Components as users give and get them: nested arrays `[k]…` by name, whatever layout the family has. */
export type Parameters = Readonly<Record<string, Nested>>;

/** The components of one family: nested arrays `[k]…` of parameters by name, and the columns that the family describes. */
export interface ComponentBlock {
  readonly family: string;
  readonly columns: readonly string[];
  readonly [parameter: string]: Nested | string | readonly string[];
}

/** Means and variances of every column under every component, each `[k, d]`. */
export interface Spread {
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** Components in another order, or some of them: the `c`-th is that of number `order[c]`. */
export function picked({ d, arrays, frame }: Components, order: readonly number[]): Components {
  const entries = Object.entries(arrays).map(([name, array]): [string, ComponentArray] => {
    if (array.shared) return [name, array];
    const [k, ...inner] = array.shape;
    const size = array.values.length / k;
    const values = new Float64Array(order.length * size);
    order.forEach((from, c) => values.set(array.values.subarray(from * size, (from + 1) * size), c * size));
    return [name, { shape: [order.length, ...inner], values }];
  });
  return { k: order.length, d, arrays: Object.fromEntries(entries), ...(frame && { frame }) };
}

/** Components of one family one after the other; what the first share, they all do. */
export function joined([first, ...others]: readonly [Components, ...Components[]]): Components {
  const k = others.reduce((sum, one) => sum + one.k, first.k);
  const entries = Object.entries(first.arrays).map(([name, array]): [string, ComponentArray] => {
    if (array.shared) return [name, array];
    const all = [array, ...others.map(({ arrays }) => arrays[name])];
    const values = Float64Array.from(all.flatMap((one) => Array.from(one.values)));
    return [name, { shape: [k, ...array.shape.slice(1)], values }];
  });
  return { k, d: first.d, arrays: Object.fromEntries(entries), ...(first.frame && { frame: first.frame }) };
}

/** All numbers of components, one array after the other. */
export function toVector({ arrays }: Components): Float64Array {
  const all = Object.values(arrays);
  const vector = new Float64Array(all.reduce((length, { values }) => length + values.length, 0));
  let from = 0;
  for (const { values } of all) {
    vector.set(values, from);
    from += values.length;
  }
  return vector;
}

/** Components like some others, with other numbers. */
export function fromVector(vector: Float64Array, { k, d, arrays }: Components): Components {
  let from = 0;
  const entries = Object.entries(arrays).map(([name, array]): [string, ComponentArray] => {
    const values = vector.slice(from, (from += array.values.length));
    return [name, { ...array, values }];
  });
  return { k, d, arrays: Object.fromEntries(entries) };
}

/** Means and variances of the columns of a mixture of components with these weights, `[d]`. */
export function summarize({ means, variances }: Spread, weights: Float64Array): ColumnSummary[] {
  const d = means.length / weights.length;
  const mean = new Float64Array(d);
  const variance = new Float64Array(d);
  weights.forEach((weight, c) => mean.forEach((_, j) => (mean[j] += weight * means[c * d + j])));
  weights.forEach((weight, c) =>
    variance.forEach((_, j) => {
      variance[j] += weight * (variances[c * d + j] + (means[c * d + j] - mean[j]) ** 2);
    }),
  );
  return Array.from(mean, (one, j) => ({ mean: one, variance: variance[j] }));
}
