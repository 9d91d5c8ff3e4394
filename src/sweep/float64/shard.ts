import { tileRows64, tileSums } from '../../../kernels/simd/tiles64/model.js';
import { addParts } from '../../../kernels/simd/sums.js';
import type { TaskForce } from '../../threads/pool.js';
import { sharedIntegers } from '../../threads/shared.js';
import { ExactShard, type ExactBlock } from '../exact/shard.js';
import { float64Outputs } from '../float64-outputs.js';
import type { Floats, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import { mostParts, PARTS, partsInMemory, PartSums } from '../parts.js';
import type { RowOptions, RowOutputs, SweepOptions, SweepRequest, SweptRows } from '../shard.js';
import type { HeldFloat64 } from './held.js';
import { momentsOf, sweptModel, tileModel } from './model.js';
import { asExactBlock } from './rows.js';

/** Parts of a sweep have no fewer rows. */
const LEAST_ROWS = 512;
/** Temperatures below this would take logits out of float64's range. */
const COLDEST = 1e-12;

/**
 * Rows in the memory of the CPU or in a file, in float64, swept by the SIMD kernel in two lanes. Threads are held while
 * they work. What no kernel can square is swept in plain TypeScript.
 */
export class Float64Shard implements SweptRows<Floats> {
  readonly n: number;
  readonly sparing = true;
  private readonly partSums = new PartSums();

  constructor(
    readonly d: number,
    private readonly held: HeldFloat64,
    private readonly hold: () => Promise<TaskForce>,
  ) {
    this.n = held.n;
  }

  async sweep(requests: readonly SweepRequest<Floats>[], options: SweepOptions = {}): Promise<Moments[]> {
    const moments: Moments[] = [];
    for (const request of requests) moments.push(await this.sweepOne(request, options));
    return moments;
  }

  private async sweepOne(request: SweepRequest<Floats>, { n = this.n, signal }: SweepOptions): Promise<Moments> {
    if (this.isPlain(request.model)) return (await this.plain().sweep([request], { n, signal }))[0];
    const { on, totals } = this.held;
    const model = sweptModel(request, { own: this.n, n }, totals);
    const { count } = tileSums(model);
    const most = Math.min(Math.ceil(this.n / LEAST_ROWS), mostParts(request.model.components, this.n));
    const parts = partsInMemory(most, count);
    const results = this.partSums.take(parts * count);
    const task = { kind: 'float64 sweep', on, model, parts, results, control: sharedIntegers(2) } as const;
    await this.run((force) => force.run(task, signal));
    addParts({ results, parts });
    const moments = momentsOf(request, model, results.subarray(0, count), totals);
    this.partSums.giveBack(results);
    return moments;
  }

  async *rows(
    model: PlanModel<Floats>,
    { responsibilities = false, signal }: RowOptions = {},
  ): AsyncIterable<RowOutputs> {
    if (this.isPlain(model)) {
      yield* this.plain().rows(model, { responsibilities, signal });
      return;
    }
    const { k } = model.components;
    const tiles = tileModel(model);
    const { on } = this.held;
    const b = tileRows64(this.d);
    let first = 0;
    for (const { start, rows, v, base } of this.held.blocks()) {
      const into = float64Outputs(rows, responsibilities ? k : 0);
      const control = sharedIntegers(2);
      const parts = Math.max(1, Math.min(PARTS, Math.ceil(rows / LEAST_ROWS)));
      const range = { first, tiles: Math.ceil(rows / b) };
      const task = { kind: 'float64 rows', on, model: tiles, ...range, parts, into, control } as const;
      await this.run((force) => force.run(task, signal));
      first += range.tiles;
      const { labels, logSum, logLargest } = into;
      if (base) for (let row = 0; row < rows; row++) logSum[row] += base[row] / (model.epsilon || 1);
      const outputs = { labels, logDensity: logSum, logLargest, responsibilities: into.responsibilities };
      yield { start, rows, ...outputs, weights: v.subarray(0, rows) };
    }
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    const { d, held } = this;
    const taken = new Float64Array(indices.length * d);
    for (const [position, index] of indices.entries()) held.copyRow(index, taken, position * d);
    return Promise.resolve(taken);
  }

  private async run(work: (force: TaskForce) => Promise<void>): Promise<void> {
    const force = await this.hold();
    try {
      await work(force);
    } finally {
      force.stop();
    }
  }

  private isPlain({ epsilon }: PlanModel<Floats>): boolean {
    return this.held.far || (epsilon > 0 && epsilon < COLDEST);
  }

  dispose(): void {
    this.held.dispose();
  }

  private plain(): ExactShard {
    const { d, n, held } = this;
    const exactly = function* (): Generator<ExactBlock> {
      for (const block of held.blocks()) yield asExactBlock(block, d);
    };
    return new ExactShard(d, { n, [Symbol.iterator]: exactly });
  }
}
