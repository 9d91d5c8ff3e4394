/** Rows with gaps: they are swept on the host, in float64, by their marginals. */
import { encodeExactly, gapVolumes, type Columns, type Encoding } from '../encode.js';
import type { ShardBuilder } from '../builder.js';
import type { PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import type { NearestCentres, RowOptions, RowOutputs, Shard, SweepOptions, SweepRequest } from '../shard.js';
import { HostRows } from './host-rows.js';
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
    return Promise.resolve(new HostShard(this.d, this.blocks));
  }

  discard(): void {
    this.blocks = [];
  }
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

  take(indices: readonly number[]): Promise<Float64Array> {
    return this.whole().take(indices);
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
    for (let j = 0; j < d; j++) fillColumn(values, weights, j, d);
    return (this.filled = new HostRows(values, weights, d));
  }
}

/** As kernels have it: what components have in common is added by those who know it of all shards. */
function withoutCommonPart(model: PlanModel): PlanModel {
  const { linear, ...rest } = model.components;
  return linear ? { ...model, components: { ...rest, linear: { ...linear, common: undefined } } } : model;
}

/** Puts the weighted mean where a column is missing; 0 where it is missing altogether. */
function fillColumn(values: Float64Array, weights: Float64Array, j: number, d: number): void {
  let [sum, weight] = [0, 0];
  for (let row = 0, at = j; row < weights.length; row++, at += d) {
    if (Number.isNaN(values[at])) continue;
    sum += weights[row] * values[at];
    weight += weights[row];
  }
  const mean = weight > 0 ? sum / weight : 0;
  for (let at = j; at < values.length; at += d) if (Number.isNaN(values[at])) values[at] = mean;
}
