import type { MarginalOutputs } from '../../../kernels/simd/marginal-model.js';
import { marginalSums, type MarginalModel, type PatternRows } from '../../../kernels/simd/marginal-model.js';
import { addParts } from '../../../kernels/simd/sums.js';
import { total } from '../../base/numbers.js';
import type { TaskForce } from '../../threads/pool.js';
import { sharedDoubles, sharedFloats, sharedIntegers } from '../../threads/shared.js';
import { filledRows, type HostRows } from '../exact/host-rows.js';
import { withoutCommonPart } from '../exact/host.js';
import { exactOutputs, ExactShard } from '../exact/shard.js';
import type { Floats, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
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
import { isSwept, leastShare, marginalModel, momentsOf, type RowTotals } from './model.js';
import { rowsAt, type SortedRows } from './rows.js';

/** Parts that a sweep is cut into, whatever the number of threads: of no fewer rows than this, but for the last. */
const PARTS = 64;
const LEAST_ROWS = 256;
/** What the sums of all parts may take, bytes. */
const PART_MEMORY = 2 ** 26;
/** Rows whose outputs are handed over at once, and numbers of these rows or of their responsibilities at the most. */
const OUTPUT_ROWS = 2 ** 16;
const OUTPUT_NUMBERS = 2 ** 22;

/**
 * Rows that may lack values, in the memory of the CPU, in the order of their patterns, swept in float64 on the threads of a
 * task force. Rows that are taken, unless their gaps are asked for, and distances have the mean of a column where they lack it.
 */
export class PatternShard implements Shard, SweptRows<Floats> {
  readonly n: number;
  /** Each read takes all threads. */
  readonly overlapping = false;
  private readonly totals: RowTotals;
  private filled: HostRows | undefined;

  constructor(
    readonly d: number,
    private readonly held: SortedRows,
    private readonly force: TaskForce,
  ) {
    const { weights, base } = held;
    this.n = weights.length;
    this.totals = { weight: total(weights), base: base ? total(base.map((one, row) => one * weights[row])) : 0 };
  }

  atOnce(): number {
    return 1;
  }

  async sweep(requests: readonly SweepRequest<Floats>[], options: SweepOptions = {}): Promise<Moments[]> {
    const moments: Moments[] = [];
    for (const request of requests) moments.push(await this.sweepOne(request, options));
    return moments;
  }

  private async sweepOne(request: SweepRequest<Floats>, { n = this.n, signal }: SweepOptions): Promise<Moments> {
    const { held } = this;
    if (!isSwept(request.model)) {
      const model = withoutCommonPart(request.model);
      const exact = new ExactShard(this.d, [{ ...held, start: 0 }]);
      return (await exact.sweep([{ ...request, model }], { n, signal: signal }))[0];
    }
    const model = marginalModel(request.model, { ...request, least: leastShare(request, n) });
    const { count } = marginalSums(model);
    const most = Math.min(PARTS, Math.ceil(this.n / LEAST_ROWS), Math.floor(PART_MEMORY / (count * 8)));
    const parts = Math.max(1, most);
    const results = sharedDoubles(parts * count);
    const control = sharedIntegers(2);
    await this.force.run({ kind: 'marginal sweep', on: rowsOf(held), model, parts, results, control }, signal);
    addParts({ results, parts });
    return momentsOf(request, model, results.subarray(0, count), this.totals);
  }

  async *rows(
    model: PlanModel<Floats>,
    { responsibilities = false, signal }: RowOptions = {},
  ): AsyncIterable<RowOutputs> {
    const { n, d, held } = this;
    const { k } = model.components;
    const widest = Math.max(d, responsibilities ? k : 0);
    const step = Math.max(1, Math.min(OUTPUT_ROWS, Math.floor(OUTPUT_NUMBERS / widest)));
    const swept = isSwept(model) ? marginalModel(model) : undefined;
    for (let start = 0; start < n; start += step) {
      const own = held.places.subarray(start, start + step);
      const order = Int32Array.from(own.keys()).sort((a, b) => own[a] - own[b]);
      const places = order.map((row) => own[row]);
      const rows = rowsAt(held, places);
      const into = outputsFor(own.length, responsibilities ? k : 0);
      if (swept) await this.outputs(swept, rows, into, signal);
      else setExactly(model, rows, into);
      const temperature = model.epsilon || 1;
      if (held.base) for (const [row, place] of places.entries()) into.logSum[row] += held.base[place] / temperature;
      yield inOrder(into, order, { start, weights: rows.weights, k: responsibilities ? k : 0 });
    }
  }

  private async outputs(
    model: MarginalModel,
    on: PatternRows,
    into: MarginalOutputs,
    signal?: AbortSignal,
  ): Promise<void> {
    const parts = Math.max(1, Math.min(PARTS, Math.ceil(on.weights.length / LEAST_ROWS)));
    await this.force.run({ kind: 'marginal rows', on, model, parts, into, control: sharedIntegers(2) }, signal);
  }

  take(indices: readonly number[], { gaps = false }: TakeOptions = {}): Promise<Float64Array> {
    if (!gaps) return this.whole().take(indices);
    const { d, held } = this;
    const taken = new Float64Array(indices.length * d);
    for (const [at, index] of indices.entries()) {
      const place = held.places[index];
      taken.set(held.values.subarray(place * d, (place + 1) * d), at * d);
    }
    return Promise.resolve(taken);
  }

  nearestCentres(metric: Float64Array): NearestCentres {
    return this.whole().nearestCentres(metric);
  }

  dispose(): void {
    this.filled = undefined;
    this.force.stop();
  }

  /** The rows without gaps, in their order. */
  private whole(): HostRows {
    if (this.filled) return this.filled;
    const { n, d, held } = this;
    const values = new Float64Array(n * d);
    const weights = held.weights.slice();
    for (const [row, place] of held.places.entries()) {
      values.set(held.values.subarray(place * d, (place + 1) * d), row * d);
      weights[row] = held.weights[place];
    }
    return (this.filled = filledRows(values, weights, d));
  }
}

/** What threads are given of rows. */
function rowsOf({ columns, values, weights, patterns, lacking }: SortedRows): PatternRows {
  return { columns, values, weights, patterns, lacking };
}

function outputsFor(rows: number, k: number): MarginalOutputs {
  return {
    labels: sharedIntegers(rows),
    logSum: sharedDoubles(rows),
    logLargest: sharedDoubles(rows),
    responsibilities: sharedFloats(rows * k),
  };
}

/** Outputs by plain TypeScript, of what the kernel does not have. */
function setExactly(model: PlanModel<Floats>, { values, weights, columns }: PatternRows, into: MarginalOutputs): void {
  const wanted = into.responsibilities.length > 0;
  const found = exactOutputs(withoutCommonPart(model), { start: 0, values, weights }, columns, wanted);
  into.labels.set(found.labels);
  into.logSum.set(found.logDensity);
  into.logLargest.set(found.logLargest);
  into.responsibilities.set(found.responsibilities);
}

/** Outputs of rows of which `order` says where they were. */
function inOrder(
  from: MarginalOutputs,
  order: Int32Array,
  { start, weights, k }: { readonly start: number; readonly weights: Float64Array; readonly k: number },
): RowOutputs {
  const rows = order.length;
  const outputs = {
    ...{ start, rows, labels: new Int32Array(rows), responsibilities: new Float32Array(rows * k) },
    ...{ logDensity: new Float64Array(rows), logLargest: new Float64Array(rows), weights: new Float64Array(rows) },
  };
  for (const [at, row] of order.entries()) {
    outputs.labels[row] = from.labels[at];
    outputs.logDensity[row] = from.logSum[at];
    outputs.logLargest[row] = from.logLargest[at];
    outputs.weights[row] = weights[at];
    outputs.responsibilities.set(from.responsibilities.subarray(at * k, (at + 1) * k), row * k);
  }
  return outputs;
}
