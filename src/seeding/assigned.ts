import { yieldToEvents } from '../base/event-loop.js';
import { isList, numbersOf, shown, type Rule } from '../base/check.js';
import type { Matrix } from '../data/source.js';
import { InputError } from '../base/errors.js';
import { gaussian } from '../families/gaussian.js';
import type { Components } from '../families/components.js';
import { weightsOf, type Family } from '../families/family.js';
import type { PackedModel } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import { givenSums } from '../sweep/exact/given.js';
import { hostSums } from './host-moments.js';
import type { SeedingProblem } from './seeding.js';
import { besideNoise, type Start } from './start.js';

/**
 * A start by what belongs to which component: the first step is to estimate components from that. One entry per row of
 * the data; those of rows that are left out for missing values are not read.
 */
export type AssignedStart =
  /** `[n][k]` or a matrix, none negative, rows sum to 1. With noise `[n][k + 1]`, its own last. */
  | { readonly responsibilities: readonly ArrayLike<number>[] | Matrix }
  /** `[n]`: the number of each row's component, from 0; −1 is noise. */
  | { readonly labels: ArrayLike<number> };

/** Which rows of the source those of the shard are. */
export interface Kept {
  /** Rows of the source. */
  readonly n: number;
  readonly indexOf: (row: number) => number;
}

/** Row sums may be off by so much: responsibilities are often float32. */
const ROUNDING = 1e-5;
/** Rows that are fetched at a time. */
const ROWS = 4096;
/** Reads of rows. Of those that may lack values two more complete them by what was found before. */
const READS = 2;
const GAP_READS = 4;

const share: Rule = { expected: 'numbers from 0 to 1', holds: (value) => value >= 0 && value <= 1 + ROUNDING };

/**
 * The M-step from given responsibilities, in float64: a first read of the rows tells the means, a second their spread
 * about these. What rows lack is its column's mean in the first read, and what components make of the rest in others. Throws `InputError` for responsibilities that are none, and for a component without rows.
 */
export async function startOfRows(
  given: AssignedStart,
  problem: SeedingProblem,
  family: Family,
  { regularization, kept }: { readonly regularization: Float64Array; readonly kept: Kept },
): Promise<Start> {
  const { k, shard, scaling } = problem;
  const noise = family.noise !== undefined;
  const sharesOfRow =
    'labels' in given
      ? ofLabels(given.labels, k, kept, noise)
      : ofMatrix(given.responsibilities, weightsOf(family, k), kept);
  let packed = family.around(new Float64Array(k * shard.d), new Float64Array(shard.d).fill(1), scaling);
  let components: Components | undefined;
  let mass = new Float64Array(k);
  for (let read = 0; read < (family.patterned ? GAP_READS : READS); read++) {
    if (components) packed = family.pack(components);
    const completed = family.patterned === true && read > 0;
    const moments = await momentsOf(problem, packed, (row) => sharesOfRow(kept.indexOf(row)), completed);
    mass = moments.mass.map((value) => value / moments.weight);
    requireRows(mass.subarray(0, k), 'labels' in given ? 'labels' : 'responsibilities');
    ({ components } = family.estimate(moments, packed, { regularization }));
  }
  // Noise that had nothing would never get anything.
  const weights = noise && mass[k] === 0 ? besideNoise(mass.subarray(0, k)) : mass;
  return { weights, components: components as Components };
}

/** One read of the rows: moments about the components' means, of the plan that the shares make. `completed`: by components. */
async function momentsOf(
  { shard, signal }: SeedingProblem,
  packed: PackedModel,
  sharesOfRow: (row: number) => Float64Array,
  completed: boolean,
): Promise<Moments> {
  const { d } = shard;
  const sums = completed ? givenSums(packed) : hostSums(packed, d);
  // What a model says of the rows is of no interest: their weights come with it.
  const one = gaussian({ covariance: 'diag' });
  const components = one.pack(one.atRows(new Float64Array(d), new Float64Array(d).fill(1)));
  const model = { components, weights: Float64Array.of(1), potential: Float64Array.of(0), epsilon: 1 };
  for await (const { start, rows, weights } of shard.rows(model, { signal })) {
    for (let from = 0; from < rows; from += ROWS) {
      await yieldToEvents(signal);
      const count = Math.min(ROWS, rows - from);
      const x = await shard.take(
        Array.from({ length: count }, (_, i) => start + from + i),
        { gaps: completed },
      );
      for (let i = 0; i < count; i++) sums.add(x, i * d, weights[from + i], sharesOfRow(start + from + i));
    }
  }
  return sums.finish();
}

/** Shares of a row that is all one component's. */
function ofLabels(labels: unknown, k: number, { n }: Kept, noise: boolean): (index: number) => Float64Array {
  if (!isList(labels) || labels.length !== n) throw miscounted('seeding.labels', `${n} numbers, one per row`, labels);
  const least = noise ? -1 : 0;
  const component: Rule = {
    expected: `components from 0 to ${k - 1}${noise ? ', or -1 for noise' : ''}`,
    holds: (label) => Number.isInteger(label) && label >= least && label < k,
  };
  return (index) => {
    const [label] = numbersOf([labels[index]], 'seeding.labels', component, () => `[${index}]`);
    const row = new Float64Array(k - least);
    row[label < 0 ? k : label] = 1;
    return row;
  };
}

/** Shares of a row, made to sum to 1 exactly. */
function ofMatrix(given: unknown, k: number, { n }: Kept): (index: number) => Float64Array {
  const where = 'seeding.responsibilities';
  const row = rowsOf(given, k, n, where);
  return (index) => {
    const values = numbersOf(row(index), where, share, (component) => `[${index}][${component}]`);
    const sum = values.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) <= ROUNDING) return values.map((value) => value / sum);
    throw new InputError('value', {
      where,
      expected: 'rows that sum to 1',
      got: `${sum} in row ${index}`,
      remedy: 'divide each row by its sum',
    });
  };
}

/** Rows of nested arrays or of a matrix, of k entries each. */
function rowsOf(given: unknown, k: number, n: number, where: string): (index: number) => ArrayLike<unknown> {
  const { data, shape } = (given ?? {}) as Partial<Matrix>;
  if (isList(data) && isList(shape)) {
    if (shape[0] === n && shape[1] === k && data.length === n * k) {
      return (index) => data.subarray(index * k, (index + 1) * k);
    }
    throw miscounted(where, `shape [${n}, ${k}]`, shape);
  }
  if (!isList(given) || given.length !== n) throw miscounted(where, `${n} rows of ${k} numbers`, given);
  return (index) => {
    const row = given[index];
    if (isList(row) && row.length === k) return row;
    throw miscounted(`${where}[${index}]`, `${k} numbers, one per component`, row);
  };
}

function miscounted(where: string, expected: string, given: unknown): InputError {
  const got = isList(given) && given.length > 6 ? `${given.length} of them` : shown(given);
  return new InputError('shape', { where, expected, got, remedy: 'give one for every row of the data' });
}

function requireRows(mass: Float64Array, name: string): void {
  const empty = mass.findIndex((value) => !(value > 0));
  if (empty < 0) return;
  throw new InputError('value', {
    where: `seeding.${name}`,
    expected: 'rows for every component',
    got: `none for component ${empty}`,
    remedy: 'fit fewer components, or give this one some',
  });
}
