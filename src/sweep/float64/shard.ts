import { tileSums, type TileOutputs, type TileRows } from '../../../kernels/simd/tiles64/model.js';
import { addParts } from '../../../kernels/simd/sums.js';
import type { TaskForce } from '../../threads/pool.js';
import { sharedDoubles, sharedFloats, sharedIntegers } from '../../threads/shared.js';
import { ExactShard } from '../exact/shard.js';
import type { Floats, PlanModel } from '../model.js';
import type { Moments } from '../moments.js';
import type { RowOptions, RowOutputs, SweepOptions, SweepRequest, SweptRows } from '../shard.js';
import { momentsOf, sweptModel, tileModel, type RowTotals } from './model.js';
import { asExactBlock, copyTileRow, type Float64Block } from './rows.js';

/** Parts that a sweep is cut into, whatever the number of threads, of no fewer rows than this; and what their sums may take, bytes. */
const PARTS = 64;
const LEAST_ROWS = 512;
const PART_MEMORY = 2 ** 26;
/** Beyond this many scales from 0 squares could leave float64's range; temperatures below this would take logits there. */
const FARTHEST = 1e100;
const COLDEST = 1e-12;

/**
 * Rows in the memory of the CPU, in float64, swept by the SIMD kernel in two lanes. Threads are held while they work, so
 * that nothing is to be disposed. What no kernel can square is swept in plain TypeScript.
 */
export class Float64Shard implements SweptRows<Floats> {
  readonly n: number;
  readonly sparing = true;
  private readonly on: TileRows;
  private readonly totals: RowTotals;
  private readonly far: boolean;

  constructor(
    readonly d: number,
    private readonly blocks: readonly Float64Block[],
    private readonly hold: () => Promise<TaskForce>,
  ) {
    this.on = { columns: d, blocks: blocks.map(({ rows, x, v }) => ({ rows, x, v })) };
    this.n = blocks.reduce((sum, { rows }) => sum + rows, 0);
    this.totals = totalsOf(blocks);
    this.far = blocks.some(({ x }) => x.some((value) => Math.abs(value) > FARTHEST));
  }

  async sweep(requests: readonly SweepRequest<Floats>[], options: SweepOptions = {}): Promise<Moments[]> {
    const moments: Moments[] = [];
    for (const request of requests) moments.push(await this.sweepOne(request, options));
    return moments;
  }

  private async sweepOne(request: SweepRequest<Floats>, { n = this.n, signal }: SweepOptions): Promise<Moments> {
    if (this.isPlain(request.model)) return (await this.plain().sweep([request], { n, signal }))[0];
    const model = sweptModel(request, n, this.totals);
    const { count } = tileSums(model);
    const most = Math.min(PARTS, Math.ceil(this.n / LEAST_ROWS), Math.floor(PART_MEMORY / (count * 8)));
    const parts = Math.max(1, most);
    const results = sharedDoubles(parts * count);
    const task = { kind: 'float64 sweep', on: this.on, model, parts, results, control: sharedIntegers(2) } as const;
    await this.run((force) => force.run(task, signal));
    addParts({ results, parts });
    return momentsOf(request, model, results.subarray(0, count), this.totals);
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
    for (const [block, { start, rows, v, base }] of this.blocks.entries()) {
      const into = outputsFor(rows, responsibilities ? k : 0);
      const control = sharedIntegers(2);
      const parts = Math.max(1, Math.min(PARTS, Math.ceil(rows / LEAST_ROWS)));
      const task = { kind: 'float64 rows', on: this.on, model: tiles, block, parts, into, control } as const;
      await this.run((force) => force.run(task, signal));
      const { labels, logSum, logLargest } = into;
      if (base) for (let row = 0; row < rows; row++) logSum[row] += base[row] / (model.epsilon || 1);
      const outputs = { labels, logDensity: logSum, logLargest, responsibilities: into.responsibilities };
      yield { start, rows, ...outputs, weights: v.subarray(0, rows) };
    }
  }

  take(indices: readonly number[]): Promise<Float64Array> {
    const { d, blocks } = this;
    const taken = new Float64Array(indices.length * d);
    for (const [position, index] of indices.entries()) {
      const block = blocks.find(({ start, rows }) => index >= start && index < start + rows);
      if (!block) throw new RangeError(`row ${index} of ${this.n}`);
      copyTileRow(block, index - block.start, d, taken, position * d);
    }
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
    return this.far || (epsilon > 0 && epsilon < COLDEST);
  }

  private plain(): ExactShard {
    return new ExactShard(this.d, this.blocks.map((block) => asExactBlock(block, this.d))); // prettier-ignore
  }
}

function totalsOf(blocks: readonly Float64Block[]): RowTotals {
  let [weight, base] = [0, 0];
  for (const { rows, v, base: own } of blocks) {
    for (let row = 0; row < rows; row++) {
      weight += v[row];
      if (own) base += v[row] * own[row];
    }
  }
  return { weight, base };
}

function outputsFor(rows: number, k: number): TileOutputs {
  return {
    labels: sharedIntegers(rows),
    logSum: sharedDoubles(rows),
    logLargest: sharedDoubles(rows),
    responsibilities: sharedFloats(rows * k),
  };
}
