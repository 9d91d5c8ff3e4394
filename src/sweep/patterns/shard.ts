import type { TaskForce } from '../../threads/pool.js';
import { withoutCommonPart } from '../exact/host.js';
import { ExactShard, type ExactBlock } from '../exact/shard.js';
import type { Floats, PackedShape, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import { completed } from '../seen.js';
import type {
  NearestCentres,
  RowOptions,
  RowOutputs,
  Shard,
  SweepOptions,
  SweepRequest,
  SweptRows,
  TakeOptions,
} from '../shard.js';
import { isSwept, marginalModel } from './model.js';
import { PatternNearest } from './nearest.js';
import { segmentOutputs } from './outputs.js';
import { segmentsOf, withSegment, type HeldPatterns } from './segments.js';
import { SweepSums, sweepsInMemory } from './sums.js';

/**
 * Rows that may lack values, in the memory of the CPU or in a file, in segments of which each is in the order of its patterns.
 * They are swept in float64 on the threads of a task force. Rows that are taken, unless their gaps are asked for, and
 * distances have the mean of a column where they lack it.
 */
export class PatternShard implements Shard, SweptRows<Floats> {
  readonly n: number;
  /** Each read takes all threads. */
  readonly overlapping = false;

  constructor(
    readonly d: number,
    private readonly held: HeldPatterns,
    private readonly force: TaskForce,
  ) {
    this.n = held.facts.n;
  }

  atOnce(shape: PackedShape): number {
    return Math.min(this.held.together ?? 1, sweepsInMemory(shape));
  }

  async sweep(requests: readonly SweepRequest<Floats>[], options: SweepOptions = {}): Promise<Moments[]> {
    const { n = this.n, signal, partial = false } = options;
    const { held, force } = this;
    const sums = requests.map((request) => (this.isSwept(request.model) ? new SweepSums(request, n) : undefined));
    if (sums.some((one) => one !== undefined)) {
      for await (const { rows } of segmentsOf(held)) for (const one of sums) await one?.add(rows, force, signal);
    }
    const moments: Moments[] = [];
    for (const [at, request] of requests.entries()) {
      const found = sums[at]?.moments(held.facts.totals) ?? (await this.sweepPlainly(request, options));
      moments.push(partial ? found : completed(found, request.model.components));
    }
    return moments;
  }

  private async sweepPlainly(request: SweepRequest<Floats>, options: SweepOptions): Promise<Moments> {
    const { n, d, held } = this;
    const blocks = { n, [Symbol.asyncIterator]: () => exactBlocks(held) };
    const model = withoutCommonPart(request.model);
    return (await new ExactShard(d, blocks).sweep([{ ...request, model }], options))[0];
  }

  async *rows(model: PlanModel<Floats>, options: RowOptions = {}): AsyncIterable<RowOutputs> {
    const { responsibilities = false, signal } = options;
    const k = responsibilities ? model.components.k : 0;
    const swept = this.isSwept(model) ? marginalModel(model) : undefined;
    const telling = { model, swept, k, force: this.force, signal };
    for await (const { start, rows } of segmentsOf(this.held)) {
      for await (const block of segmentOutputs(rows, telling)) yield { ...block, start: start + block.start };
    }
  }

  async take(indices: readonly number[], { gaps = false }: TakeOptions = {}): Promise<Float64Array> {
    const { n, d, held } = this;
    const taken = new Float64Array(indices.length * d);
    const positions = new Map<number, number[]>();
    for (const [position, index] of indices.entries()) {
      if (!(index >= 0 && index < n)) throw new RangeError(`row ${index} of ${n}`);
      const segment = Math.floor(index / held.segmentRows);
      const own = positions.get(segment) ?? [];
      positions.set(segment, own);
      own.push(position);
    }
    for (const [segment, own] of positions) {
      await withSegment(held, segment, ({ places, values }) => {
        for (const position of own) {
          const place = places[indices[position] % held.segmentRows];
          taken.set(values.subarray(place * d, (place + 1) * d), position * d);
        }
      });
    }
    if (!gaps) fillWith(taken, held.facts.means);
    return taken;
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres {
    return new PatternNearest(this.held, metric, signal);
  }

  dispose(): void {
    this.force.stop();
    this.held.dispose();
  }

  /** Whether the kernel's range is wide enough for the model and the rows. */
  private isSwept(model: PlanModel<Floats>): boolean {
    return !this.held.facts.far && isSwept(model);
  }
}

/** The same rows as they are swept in plain TypeScript. */
async function* exactBlocks(held: HeldPatterns): AsyncGenerator<ExactBlock> {
  for await (const { start, rows } of segmentsOf(held)) yield { ...rows, start };
}

/** Puts the means of columns where rows lack them. */
function fillWith(rows: Float64Array, means: Float64Array): void {
  const d = means.length;
  for (let at = 0; at < rows.length; at++) if (Number.isNaN(rows[at])) rows[at] = means[at % d];
}
