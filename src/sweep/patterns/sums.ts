import { marginalSums, type MarginalModel, type PatternRows } from '../../../kernels/simd/marginal-model.js';
import { addParts } from '../../../kernels/simd/sums.js';
import type { TaskForce } from '../../threads/pool.js';
import { sharedDoubles, sharedIntegers } from '../../threads/shared.js';
import type { Floats, PackedShape } from '../model.js';
import type { Moments } from '../moments.js';
import { PARTS, partsInMemory } from '../parts.js';
import type { SweepRequest } from '../shard.js';
import { leastShare, marginalModel, momentsOf, type RowTotals } from './model.js';
import type { SortedRows } from './rows.js';

/** Parts of a segment have no fewer rows, but for the last. */
const LEAST_ROWS = 256;

/** Parts of so many rows. */
export function partsOf(rows: number): number {
  return Math.max(1, Math.min(PARTS, Math.ceil(rows / LEAST_ROWS)));
}

/** How many sweeps have room for their sums at once. */
export function sweepsInMemory({ k, quadratic, linear }: PackedShape): number {
  const { count } = marginalSums({ k, coupling: true, terms: quadratic, linear });
  return partsInMemory(Infinity, count);
}

/** The sums of a sweep, which is made segment after segment. */
export class SweepSums {
  private readonly model: MarginalModel;
  private readonly sums: Float64Array;
  /** Of the parts of a segment, in memory that is used again. */
  private results: Float64Array = new Float64Array();

  constructor(
    private readonly request: SweepRequest<Floats>,
    n: number,
  ) {
    this.model = marginalModel(request.model, { ...request, least: leastShare(request, n) });
    this.sums = new Float64Array(marginalSums(this.model).count);
  }

  async add(rows: SortedRows, force: TaskForce, signal: AbortSignal | undefined): Promise<void> {
    const { model, sums } = this;
    const count = sums.length;
    const parts = partsInMemory(partsOf(rows.weights.length), count);
    if (this.results.length !== parts * count) this.results = sharedDoubles(parts * count);
    const { results } = this;
    await force.run(
      { kind: 'marginal sweep', on: rowsOf(rows), model, parts, results, control: sharedIntegers(2) },
      signal,
    );
    addParts({ results, parts });
    for (let at = 0; at < count; at++) sums[at] += results[at];
  }

  moments(totals: RowTotals): Moments {
    return momentsOf(this.request, this.model, this.sums, totals);
  }
}

/** What threads are given of rows. */
function rowsOf({ columns, values, weights, patterns, lacking }: SortedRows): PatternRows {
  return { columns, values, weights, patterns, lacking };
}
