/** Rows with gaps: they are swept on the host, in float64, by their marginals. */
import { encodeExactly, gapVolumes, type Columns, type Encoding } from '../encode.js';
import type { ShardBuilder } from '../builder.js';
import type { Floats, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import type {
  NearestCentres,
  RowOptions,
  RowOutputs,
  Shard,
  SweepOptions,
  SweepRequest,
  TakeOptions,
} from '../shard.js';
import { filledRows, type HostRows } from './host-rows.js';
import { ExactShard, type ExactBlock } from './shard.js';

/** Makes a shard of rows that may lack values, which are NaN. */
export class HostBuilder implements ShardBuilder {
  private blocks: ExactBlock[] = [];
  private rows = 0;

  constructor(private readonly d: number) {}

  add(block: Columns, encoding: Encoding): void {
    const { rows, weights } = block;
    const { weightUnit } = encoding;
    this.blocks.push({
      start: this.rows,
      values: encodeExactly(block, encoding, 0, rows),
      base: gapVolumes(block, encoding),
      weights: Float64Array.from({ length: rows }, (_, row) => (weights ? weights[row] : 1) / weightUnit),
    });
    this.rows += rows;
  }

  finish(): Promise<Shard> {
    return Promise.resolve(hostShard(this.d, this.blocks));
  }

  discard(): void {
    this.blocks = [];
  }
}

/** Rows that may lack values as a shard, swept in plain TypeScript. */
export function hostShard(d: number, blocks: readonly ExactBlock[]): Shard {
  return new HostShard(d, blocks);
}

/** `ExactShard` as a shard. Rows that are taken, and distances, have the mean of a column where they lack it. */
class HostShard implements Shard {
  readonly n: number;
  readonly overlapping = true;
  private readonly swept: ExactShard;
  private filled: HostRows | undefined;

  constructor(
    readonly d: number,
    private blocks: readonly ExactBlock[],
  ) {
    this.swept = new ExactShard(d, blocks);
    this.n = this.swept.n;
  }

  atOnce(): number {
    return 1;
  }

  sweep(requests: readonly SweepRequest[], options?: SweepOptions): Promise<Moments[]> {
    return this.swept.sweep(
      requests.map((request) => ({ ...request, model: withoutCommonPart(request.model) })),
      options,
    );
  }

  rows(model: PlanModel, options?: RowOptions): AsyncIterable<RowOutputs> {
    return this.swept.rows(withoutCommonPart(model), options);
  }

  take(indices: readonly number[], { gaps = false }: TakeOptions = {}): Promise<Float64Array> {
    return gaps ? this.swept.take(indices) : this.whole().take(indices);
  }

  nearestCentres(metric: Float64Array): NearestCentres {
    return this.whole().nearestCentres(metric);
  }

  dispose(): void {
    this.blocks = [];
    this.filled = undefined;
  }

  /** The rows without gaps. */
  private whole(): HostRows {
    if (this.filled) return this.filled;
    const { d, n, blocks } = this;
    const values = new Float64Array(n * d);
    const weights = new Float64Array(n);
    for (const block of blocks) {
      values.set(block.values, block.start * d);
      weights.set(block.weights, block.start);
    }
    return (this.filled = filledRows(values, weights, d));
  }
}

/** As kernels have it: what components have in common is added by those who know it of all shards. */
export function withoutCommonPart<Values extends Floats>(model: PlanModel<Values>): PlanModel<Values> {
  const { linear, ...rest } = model.components;
  return linear ? { ...model, components: { ...rest, linear: { ...linear, common: undefined } } } : model;
}
