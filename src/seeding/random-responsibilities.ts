import type { Random } from '../base/random.js';
import type { Family } from '../families/family.js';
import { givenSums, type GivenSums } from '../sweep/exact/given.js';
import { fillColumns } from '../sweep/exact/host-rows.js';
import type { Moments } from '../sweep/moments.js';
import type { WeighedRows } from './clusters.js';
import { drawnRows } from './drawn-rows.js';
import { clusters, shares, type Start } from './estimates.js';
import { hostSums } from './host-moments.js';
import type { SeedingProblem } from './seeding.js';

/** Rows that are drawn, at most, and for each component, at least, even beyond that. */
const MOST_ROWS = 1000;
const PER_COMPONENT = 2;
/** Reads of the drawn rows: means, then spreads about these. Of those that lack values two more complete them. */
const READS = 2;
const GAP_READS = 4;

/**
 * A start from random responsibilities: d + 1 rows for each component are drawn by weight, chance deals them out, and an
 * M-step estimates components from them, each drawn to the pool of all. Of many rows all components would be alike.
 * Undefined where hardly more rows were drawn than there are components.
 */
export async function randomResponsibilities(
  problem: SeedingProblem,
  family: Family,
  regularization: Float64Array,
): Promise<Start | undefined> {
  const { k, shard, columns, scaling, random } = problem;
  const { d } = shard;
  const gaps = family.patterned === true;
  const wanted = Math.max(Math.min(k * (columns + 1), MOST_ROWS), PER_COMPONENT * k);
  const rows = await drawnRows(problem, Math.min(shard.n, wanted), { gaps });
  const n = rows.weights.length;
  if (n <= k) return undefined;
  const filled = { ...rows, values: rows.values.slice() };
  fillColumns(filled.values, rows.weights, d);
  const componentOf = dealt(n, k, random);
  const estimated = (moments: Moments, packed: typeof around): Start => ({
    weights: shares({ ...moments, mass: moments.mass.subarray(0, k) }, n),
    components: clusters({ packed, moments }, { columns, shard: { n } }, family, regularization),
  });
  const around = family.around(new Float64Array(k * d), new Float64Array(d).fill(1), scaling);
  let start = estimated(momentsOf(filled, componentOf, around.k, hostSums(around, d)), around);
  for (let read = 1; read < (gaps ? GAP_READS : READS); read++) {
    const packed = family.pack(start.components);
    const sums = gaps ? givenSums(packed) : hostSums(packed, d);
    start = estimated(momentsOf(gaps ? rows : filled, componentOf, packed.k, sums), packed);
  }
  return start;
}

/** Of each of n rows its component, from 0: as many for each as can be, in an order that chance decides. */
function dealt(n: number, k: number, random: Random): Int32Array {
  const componentOf = Int32Array.from({ length: n }, (_, row) => row % k);
  for (let row = n - 1; row > 0; row--) {
    const other = Math.floor((row + 1) * random.uniform());
    [componentOf[row], componentOf[other]] = [componentOf[other], componentOf[row]];
  }
  return componentOf;
}

/** Sums over rows, each of which is all one component's of `parts`, noise among them. */
function momentsOf(
  { values, weights, d }: WeighedRows,
  componentOf: Int32Array,
  parts: number,
  sums: GivenSums,
): Moments {
  const share = new Float64Array(parts);
  for (const [row, component] of componentOf.entries()) {
    share.fill(0)[component] = 1;
    sums.add(values, row * d, weights[row], share);
  }
  return sums.finish();
}
