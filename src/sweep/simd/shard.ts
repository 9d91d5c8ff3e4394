import { GROUP_ROWS } from '../../../kernels/simd/layout.js';
import { EVERYTHING } from '../../../kernels/simd/model.js';
import { addParts, slicesOf } from '../../../kernels/simd/sums.js';
import type { Sweep } from '../../../kernels/simd/tasks.js';
import type { PackedShape, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import { total } from '../../base/numbers.js';
import type { TaskForce } from '../../threads/pool.js';
import { logDensityOf } from '../conversions.js';
import { quadraticOf } from '../quadratic.js';
import { logitsOf } from '../logits.js';
import { sweepOperations } from '../operations.js';
import { hostArrays, RowMemory } from '../row-memory.js';
import type { RowOptions, RowOutputs, Shard, SweepOptions, SweepRequest } from '../shard.js';
import { EarlierSweep, mostLogitBytes } from './earlier.js';
import { SimdNearestCentres } from './nearest.js';
import { sharedIntegers } from '../../threads/shared.js';
import type { HeldRows } from './held.js';
import { PARTS, PartSums } from '../parts.js';
import { handedOver, momentsOf, simdSweep, sweepsInMemory } from './sweep.js';
import { handedOverLinear } from './terms.js';
import { tiedMeans } from '../tied.js';

/** Sweeps made at once: enough to make handing them to the threads cheap. */
const MOST_AT_ONCE = 8;
/** Operations per thread of a sweep, a millisecond or so, up to which it is felt what handing it over costs. */
const SHORT_SWEEP = 2e7;
/** Numbers that the host adds in about the time that it takes to hand adding over. */
const FEW_SUMS = 2 ** 19;
/** Responsibilities handed over at once. */
const ROW_OUTPUTS = 2 ** 22;

/** Whether a sweep of n rows takes so many threads so little that handing it over is felt. */
export function isShortSweep(n: number, shape: PackedShape, threads: number): boolean {
  return n * sweepOperations(shape) <= SHORT_SWEEP * threads;
}

/** A shard of rows in the memory of the CPU or in a file, swept by the fused SIMD kernel on the threads of a task force. */
export class SimdShard implements Shard {
  readonly n: number;
  /** Each read takes all threads. */
  readonly overlapping = false;
  private readonly partSums = new PartSums();
  /** Memory for what passes, of which each read that is under way has one. */
  private readonly spare: RowMemory[] = [];
  /** Of rows that are swept again and again, and lie in memory. */
  private readonly earlier: EarlierSweep | undefined;
  readonly besides: number;

  /** `room`: bytes of memory for what sweeps keep beside rows. */
  constructor(
    readonly d: number,
    private readonly held: HeldRows,
    private readonly force: TaskForce,
    room = Infinity,
  ) {
    this.n = held.n;
    const { on, groupWeights } = held;
    const again = 'blocks' in on && on.blocks.every((block) => 'x' in block);
    this.earlier = again ? new EarlierSweep(groupWeights.length, room) : undefined;
    this.besides = again ? Math.min(room, mostLogitBytes(groupWeights.length, d)) : 0;
  }

  async sweep(requests: readonly SweepRequest[], { n = this.n, signal }: SweepOptions = {}): Promise<Moments[]> {
    const weight = total(this.held.groupWeights);
    const rows = { n: this.n, whole: n, groups: this.held.groupWeights.length };
    const earlier = requests.length === 1 ? this.earlier : undefined;
    const sweeps = requests.map((request) => simdSweep(request, rows, this.partSums, earlier));
    const works = sweeps.map(({ work }) => work);
    await this.force.run({ kind: 'sweeps', on: this.held.on, sweeps: works, control: sharedIntegers(2) }, signal);
    await this.addUp(works, signal);
    return sweeps.map((sweep) => {
      const moments = momentsOf(sweep, weight);
      this.partSums.giveBack(sweep.work.results);
      return moments;
    });
  }

  /** Adds the parts of sweeps to the first of each: by the threads where there is much to add. */
  private async addUp(sums: readonly Sweep[], signal?: AbortSignal): Promise<void> {
    if (sums.reduce((all, { results }) => all + results.length, 0) <= FEW_SUMS) {
      for (const one of sums) addParts(one);
      return;
    }
    const few = sums.map(({ results, parts }) => ({ results, parts }));
    await this.force.run({ kind: 'add', sums: few, parts: slicesOf(few), control: sharedIntegers(2) }, signal);
  }

  /** Only where a sweep is short: a long one gains nothing, and who stops a fit wants some of its runs to have begun. */
  atOnce(shape: PackedShape): number {
    const { n, force, held } = this;
    if (held.together !== undefined) return Math.min(held.together, sweepsInMemory(shape, held.groupWeights.length));
    const threads = Math.min(force.threads, this.held.groupWeights.length);
    if (threads === 1) return 1; // which has nothing to wait for between sweeps
    if (!isShortSweep(n, shape, threads)) return 1;
    return Math.min(MOST_AT_ONCE, sweepsInMemory(shape, this.held.groupWeights.length));
  }

  async *rows(plan: PlanModel, options: RowOptions = {}): AsyncIterable<RowOutputs> {
    const own = options.passing && !options.memory ? (this.spare.pop() ?? new RowMemory()) : undefined;
    try {
      yield* this.rowsIn(own ?? options.memory, plan, options);
    } finally {
      if (own) this.spare.push(own);
    }
  }

  /** In this memory, where there is one; else each in arrays of its own. */
  private async *rowsIn(
    memory: RowMemory | undefined,
    plan: PlanModel,
    { responsibilities, labelsAlone, signal }: RowOptions,
  ): AsyncIterable<RowOutputs> {
    const { reference, temperature: _, ...logits } = logitsOf(plan);
    const components = quadraticOf(plan.components);
    const { form, k, d, radial, degrees, means, whitening } = components;
    const shared = tiedMeans(components)?.shared;
    const linear = handedOverLinear(plan.components.linear, k);
    const unsummed = { hard: false, centre: 0, coupling: false, least: EVERYTHING };
    const model = handedOver({ form, k, d, radial, degrees, means, whitening, shared, linear, ...logits, ...unsummed });
    const columns = responsibilities ? k : 0;
    const step = Math.max(1, Math.min(PARTS, Math.floor(ROW_OUTPUTS / (columns * GROUP_ROWS))));
    const most = Math.min(step * GROUP_ROWS, this.n);
    const into = (memory ?? new RowMemory()).take(most, labelsAlone ? 0 : most, most * columns);
    const given = <T extends Int32Array | Float32Array>(values: T, count: number): T =>
      (memory ? values.subarray(0, count) : values.slice(0, count)) as T;
    for (let first = 0; first < this.held.groupWeights.length; first += step) {
      const start = first * GROUP_ROWS;
      const rows = Math.min(most, this.n - start);
      const groups = Math.ceil(rows / GROUP_ROWS);
      const parts = this.partsOf(groups);
      const shared = { parts, control: sharedIntegers(2), into };
      await this.force.run({ kind: 'rows', on: this.held.on, model, first, groups, ...shared }, signal);
      const own = memory ? memory.takeOwn(rows) : hostArrays(rows);
      const largest = into.logLargest.subarray(0, rows);
      own.logLargest.set(largest);
      yield {
        start,
        rows,
        labels: given(into.labels, rows),
        responsibilities: given(into.responsibilities, rows * columns),
        logDensity: logDensityOf({ reference }, into.logSum.subarray(0, rows), own.logDensity),
        logLargest: own.logLargest.subarray(0, largest.length),
        weights: this.held.weights(start, rows, own.weights),
      };
    }
  }

  /** How many parts threads take groups in that are wanted one by one: enough for all threads. */
  private partsOf(groups: number): number {
    const { inRow = 1 } = this.held;
    return Math.min(groups, Math.max(Math.ceil(groups / inRow), 2 * this.force.threads));
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    const { d } = this;
    const taken = new Float64Array(indices.length * d);
    for (const [position, index] of indices.entries()) {
      this.held.copyRow(index, taken, position * d);
    }
    return Promise.resolve(taken);
  }

  nearestCentres(metric: Float64Array, signal?: AbortSignal): SimdNearestCentres {
    const parts = Math.min(PARTS, this.held.groupWeights.length);
    return new SimdNearestCentres(this.held, this.force, Float32Array.from(metric), parts, signal);
  }

  dispose(): void {
    this.force.stop();
    this.held.dispose();
  }
}
