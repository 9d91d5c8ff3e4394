import { shown } from '../base/check.js';
import { InputError, listed } from '../base/errors.js';
import { total } from '../base/numbers.js';
import { blocksOf, type Blocks } from './blocks.js';
import { maximumFlow, type Flow } from './flow.js';
import type { HostArray, Sizes } from '../geometry/problem.js';
import { hasFar, reach } from './reach.js';
import type { Marginals } from './updates.js';

/** exp(−EXPONENT) is 0 in float64. */
const EXPONENT = 760;
/** Share of the mass that plans may miss where they are said to exist: sums of weights are rounded. */
const MISSED = 1e-9;

/** Costs of which those that no plan uses are Infinity, and what is to be known of these. */
export interface Restricted {
  readonly cost: HostArray;
  /** Of each problem, where pairs are left out that its costs alone do not forbid. */
  readonly apart: readonly (Apart | undefined)[];
}

/** Blocks between which no mass goes, and the costs as they were given, `[n, m]`. */
interface Apart extends Blocks {
  readonly given: Float64Array;
}

interface Problem {
  readonly values: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
}

/**
 * Leaves out of each problem the pairs that carry nothing: forbidden ones (Infinity), and of prescribed marginals two
 * more kinds. One are pairs so dear that a plan without them leaves less than float64 can hold to them. The other are
 * those which the marginals then leave nothing for. What is left has finite potentials of the size of its costs. Throws
 * `InputError` where there is no plan.
 */
export function restricted(
  cost: HostArray,
  sizes: Sizes,
  marginals: Marginals,
  epsilon: number,
  where: string,
): Restricted {
  const { batches, n, m } = sizes;
  const balanced = marginals.rhoA === Infinity && marginals.rhoB === Infinity;
  const values = cost.values.slice();
  const apart = Array.from({ length: batches }, (_, s): Apart | undefined => {
    const problem = {
      values: values.subarray(s * n * m, (s + 1) * n * m),
      a: marginals.a.subarray(s * n, (s + 1) * n),
      b: marginals.b.subarray(s * m, (s + 1) * m),
    };
    if (!hasFar(problem.values, n, m, epsilon)) return undefined;
    requirePairs(problem, where);
    const kept = balanced ? without(problem, epsilon, where) : undefined;
    fillIdle(problem);
    return kept;
  });
  return { cost: { values, shape: cost.shape }, apart };
}

/** Makes the pairs that carry nothing Infinity; undefined where there are none. */
function without({ values, a, b }: Problem, epsilon: number, where: string): Apart | undefined {
  const [n, m] = [a.length, b.length];
  const given = values.slice();
  const forbids = given.some((value) => value === Infinity);
  for (const limit of [...limits(given, a, b, epsilon), Number.MAX_VALUE]) {
    if (limit === Number.MAX_VALUE && !forbids) return undefined;
    const allowed = Uint8Array.from(given, (value, at) =>
      Number(value <= limit && a[Math.floor(at / m)] > 0 && b[at % m] > 0),
    );
    const pattern = { allowed, a, b };
    const flow = maximumFlow(pattern);
    if (total(flow.excess) > MISSED * total(a)) {
      if (limit === Number.MAX_VALUE) throw noPlan(flow, a, b, where);
      continue;
    }
    const blocks = blocksOf(pattern, flow);
    for (let at = 0; at < n * m; at++) {
      const [i, j] = [Math.floor(at / m), at % m];
      if (a[i] > 0 && b[j] > 0 && (!allowed[at] || blocks.rows[i] !== blocks.columns[j])) values[at] = Infinity;
    }
    return { ...blocks, given };
  }
  return undefined;
}

/** Costs, ascending, after which there is a gap that a plan may do without what is beyond. */
function limits(values: Float64Array, a: Float64Array, b: Float64Array, epsilon: number): number[] {
  const m = b.length;
  const sorted = values.filter((value, at) => value < Infinity && a[Math.floor(at / m)] > 0 && b[at % m] > 0).sort();
  const [low] = sorted;
  return [...sorted.subarray(0, -1)].filter(
    (value, at) => sorted[at + 1] - low > reach(a.length, m, value - low, epsilon),
  );
}

/** Costs of points without weight that may go nowhere: their potential is of no interest, but must be a number. */
function fillIdle({ values, a, b }: Problem): void {
  const [n, m] = [a.length, b.length];
  for (let i = 0; i < n; i++) {
    const row = values.subarray(i * m, (i + 1) * m);
    if (a[i] === 0 && row.every((value, j) => value === Infinity || b[j] === 0)) row.fill(0);
  }
  for (let j = 0; j < m; j++) {
    if (b[j] > 0) continue;
    let idle = true;
    for (let i = 0; i < n; i++) idle &&= values[i * m + j] === Infinity || a[i] === 0;
    for (let i = 0; idle && i < n; i++) values[i * m + j] = 0;
  }
}

/** Throws where a point with weight may go nowhere. */
function requirePairs({ values, a, b }: Problem, where: string): void {
  const m = b.length;
  const lonely = (weights: Float64Array, pair: (own: number, other: number) => number, others: Float64Array): number =>
    weights.findIndex(
      (weight, own) => weight > 0 && others.every((w, at) => w === 0 || values[pair(own, at)] === Infinity),
    );
  const row = lonely(a, (i, j) => i * m + j, b);
  const column = lonely(b, (j, i) => i * m + j, a);
  if (row < 0 && column < 0) return;
  const [name, at] = row >= 0 ? ['row', row] : ['column', column];
  throw new InputError('value', {
    where: `${where}: cost`,
    expected: 'a finite cost for every row and column of positive weight, with one of positive weight',
    got: `Infinity throughout ${name} ${at}`,
    remedy: `allow a pair, or give ${name} ${at} the weight 0`,
  });
}

function noPlan({ rows, columns }: Flow, a: Float64Array, b: Float64Array, where: string): InputError {
  const mass = (weights: Float64Array, points: readonly number[]): string =>
    shown(Number(points.reduce((sum, at) => sum + weights[at], 0).toPrecision(6)));
  return new InputError('value', {
    where: `${where}: cost`,
    expected: 'finite costs for pairs enough to have row sums a and column sums b',
    got: `${mass(a, rows)} of mass in rows ${listed(rows)} that may go to columns ${listed(columns)} of ${mass(b, columns)} alone`,
    remedy: 'allow more pairs, or set rhoA or rhoB to a finite price',
  });
}

/**
 * Moves potentials of blocks apart, f down and g up by one number each. So exp((f + g − C)/ε) is 0 at pairs that are
 * left out. Potentials that are infinitely far apart would have 0 there.
 */
export function moveApart(
  { rows, columns, count, given }: Apart,
  {
    f,
    g,
    softmins,
  }: {
    readonly f: Float64Array;
    readonly g: Float64Array;
    readonly softmins: { readonly a: Float64Array; readonly b: Float64Array };
  },
  { a, b }: Pick<Marginals, 'a' | 'b'>,
  epsilon: number,
): void {
  const m = g.length;
  const moves = new Float64Array(count);
  const byBlock = Array.from({ length: count }, (): number[] => []);
  rows.forEach((block, i) => a[i] > 0 && byBlock[block].push(i));
  byBlock.forEach((members, block) => {
    for (const i of members) {
      for (let j = 0; j < m; j++) {
        if (b[j] === 0 || columns[j] >= block) continue;
        moves[block] = Math.max(moves[block], moves[columns[j]] + f[i] + g[j] - given[i * m + j] + EXPONENT * epsilon);
      }
    }
  });
  for (const values of [f, softmins.a]) rows.forEach((block, i) => a[i] > 0 && (values[i] -= moves[block]));
  for (const values of [g, softmins.b]) columns.forEach((block, j) => b[j] > 0 && (values[j] += moves[block]));
}
