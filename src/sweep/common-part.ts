/**
 * What log-densities of rows have in common over components: ⟨t, η̄⟩ + log h(x). Kernels never see it. Their float32 would
 * lose digits by it, and no share of a row depends on it.
 */
import { quadraticColumns } from './exact/plan.js';
import type { PackedModel, PackedShape, PlanModel } from './model.js';
import type { Moments } from './moments.js';
import type { RowNumbers } from './spilled/numbers.js';
import type {
  NearestCentres,
  RowOptions,
  RowOutputs,
  Shard,
  SweepOptions,
  SweepRequest,
  TakeOptions,
} from './shard.js';

/** Rows of a shard that are looked at once. */
const ROWS = 4096;

/** What is known of a shard's rows in float64. */
export interface RowFacts {
  /** Σ_i a_i, in the shard's unit. */
  readonly weight: number;
  /** Σ_i a_i y_i of the shard's columns, `[d]`. */
  readonly sums: Float64Array;
  /** log h(x), `[n]`, and Σ_i a_i log h(x_i), nats; left out where it is 0. */
  readonly base?: { readonly values: RowNumbers; readonly sum: number } | undefined;
  /** Rows `from` … `to − 1`, row-major `[to − from, d]`; default those that the shard holds, in float32. */
  readonly rows?: (from: number, to: number) => Float64Array;
}

/** The same rows, of which sweeps and row outputs have the common part too, in float64. Disposing it disposes the shard. */
export function withCommonPart(shard: Shard, facts: RowFacts): Shard {
  return new WithCommonPart(shard, facts);
}

class WithCommonPart implements Shard {
  readonly n: number;
  readonly d: number;
  readonly overlapping: boolean;
  readonly besides: number;

  constructor(
    private readonly shard: Shard,
    private readonly facts: RowFacts,
  ) {
    this.n = shard.n;
    this.d = shard.d;
    this.overlapping = shard.overlapping;
    this.besides = shard.besides ?? 0;
  }

  atOnce(shape: PackedShape): number {
    return this.shard.atOnce(shape);
  }

  async sweep(requests: readonly SweepRequest[], options?: SweepOptions): Promise<Moments[]> {
    const sums = requests.map(({ model }) => this.sumOf(model.components));
    const own = requests.map(({ objectiveNear = 0, ...rest }, at) => {
      return { ...rest, objectiveNear: objectiveNear + sums[at] / this.facts.weight };
    });
    const moments = await this.shard.sweep(own, options);
    for (const [at, one] of moments.entries()) one.objective -= sums[at];
    return moments;
  }

  async *rows(model: PlanModel, options?: RowOptions): AsyncIterable<RowOutputs> {
    const temperature = model.epsilon || 1;
    for await (const block of this.shard.rows(model, options)) {
      for (let from = 0; from < block.rows; from += ROWS) {
        const part = await this.partsOf(model.components, block.start + from, Math.min(ROWS, block.rows - from));
        part.forEach((value, row) => (block.logDensity[from + row] += value / temperature));
      }
      yield block;
    }
  }

  take(indices: readonly number[], options?: TakeOptions): Promise<Float64Array> {
    return this.shard.take(indices, options);
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres {
    return this.shard.nearestCentres(metric, signal);
  }

  dispose(): void {
    this.shard.dispose();
    this.facts.base?.values.dispose?.();
  }

  /** Σ_i a_i of the common part. */
  private sumOf(components: PackedModel): number {
    const { sums, base } = this.facts;
    return product(components, sums, 0) + (base?.sum ?? 0);
  }

  /** The common part of consecutive rows. */
  private async partsOf(components: PackedModel, start: number, rows: number): Promise<Float64Array> {
    const { base } = this.facts;
    const parts = base ? base.values.slice(start, start + rows) : new Float64Array(rows);
    if (!components.linear?.common?.length) return parts;
    const values = await this.valuesOf(start, rows);
    for (let row = 0; row < rows; row++) parts[row] += product(components, values, row * this.d);
    return parts;
  }

  private valuesOf(start: number, rows: number): Float64Array | Promise<Float64Array> {
    const { rows: read } = this.facts;
    return read?.(start, start + rows) ?? this.shard.take(Array.from({ length: rows }, (_, row) => start + row));
  }
}

/** ⟨y, η̄⟩ of the row that begins at `from`. */
function product({ linear, ...shape }: PackedModel, values: Float64Array, from: number): number {
  const { dense = 0, common } = linear ?? {};
  if (!common) return 0;
  const first = from + quadraticColumns(shape);
  let sum = 0;
  for (let j = 0; j < dense; j++) sum += values[first + j] * common[j];
  return sum;
}
