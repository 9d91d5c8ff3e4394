import type { CodedBlock } from './coded.js';
import { InputError } from '../base/errors.js';
import type { Floats, PlanModel } from '../sweep/model.js';
import type { Scaling } from '../families/scaling.js';
import { addedTo, encodeExactly, gapVolumes } from '../sweep/encode.js';
import { exactOutputs, ExactShard, type ExactBlock } from '../sweep/exact/shard.js';
import { freeRoom } from '#scratch';
import type { Device } from '../backend/backend.js';
import type { Float64Builder, Float64Rows } from '../sweep/float64/builder.js';
import { float64BytesOfRow } from '../sweep/spilled/float64.js';
import type { SpillLimit } from '../sweep/spilled/limit.js';
import type { RowOptions, RowOutputs, SweptRows } from '../sweep/shard.js';

/** Rows of a source that can be read again, block after block. */
export interface Rereadable {
  readonly blocks: () => AsyncIterable<CodedBlock>;
  readonly scaling: Scaling;
}

/**
 * Log-densities below minus this, nats in scaled coordinates, are computed again in float64. Float32 errs by some 1e-7
 * of them, and so by .02 nats, which may be felt in responsibilities. It overflows beyond 1e38.
 */
export const FAR = 2 ** 16;
/** The same where log-densities are only summed, and need no digits that float32 does not have. */
export const FAR_SUMMED = 2 ** 40;

/** What is known of rows that are held in float32, and how to read them again. */
interface Held extends Rereadable {
  readonly n: number;
  readonly d: number;
  readonly weightUnit: number;
}

/** Rows of a dataset in float64, 8 bytes a number besides, where they have room. They are read when they are first asked for. */
export interface RowsExactly {
  /** The bytes that they lack, where they have room neither in memory nor in the folder beyond. */
  readonly lacking: number;
  /** Whether they are swept by the SIMD kernel. */
  readonly fast: boolean;
  /** Throws `InputError('value')` where they are not those of the first read. */
  load(signal?: AbortSignal): Promise<SweptRows<Float64Array>>;
  /** Frees them. */
  dispose(): void;
}

/** The same of rows that are read here. */
export class ExactRows implements RowsExactly {
  private held: Promise<Float64Rows> | undefined;

  /** `makes`: left out where rows are swept in plain TypeScript. `limit`: what is left for them of memory. */
  constructor(
    private readonly data: Held,
    private readonly makes?: Device['float64Rows'],
    private readonly limit?: SpillLimit,
  ) {}

  get lacking(): number {
    const { makes, limit, data } = this;
    const bytes = data.n * float64BytesOfRow(data.d);
    if (!makes || !limit || bytes <= limit.memory) return 0;
    return Math.max(0, bytes - freeRoom(limit.folder));
  }

  get fast(): boolean {
    return this.makes !== undefined;
  }

  load(signal?: AbortSignal): Promise<SweptRows<Float64Array>> {
    this.held ??= this.read(signal).catch((error: unknown) => {
      this.held = undefined; // another fit may ask again
      throw error;
    });
    return this.held;
  }

  dispose(): void {
    void this.held?.then((rows) => rows.dispose?.()).catch(() => undefined); // whoever asked was told
    this.held = undefined;
  }

  private async read(signal?: AbortSignal): Promise<Float64Rows> {
    const { blocks, scaling, n, d, weightUnit } = this.data;
    const encoding = { ...scaling, weightUnit };
    const builder = this.makes?.(d, this.limit) ?? plainBuilder(d);
    let rows = 0;
    try {
      for await (const block of blocks()) {
        signal?.throwIfAborted();
        await builder.add({ ...block, base: addedTo(block.base, gapVolumes(block, scaling)) }, encoding);
        rows += block.rows;
      }
      if (rows === n) return await builder.finish();
    } catch (error) {
      builder.discard?.();
      throw error;
    }
    builder.discard?.();
    throw new InputError('value', {
      where: 'data',
      expected: `the same ${n} rows at every read`,
      got: `${rows} at another`,
      remedy: 'give a source or a query that yields the same rows again, in the same order',
    });
  }
}

/** For rows that are swept in plain TypeScript. */
function plainBuilder(d: number): Float64Builder {
  const held: ExactBlock[] = [];
  let start = 0;
  return {
    add(block, encoding) {
      const exact = exactBlock(block, encoding, start);
      held.push({ ...exact, weights: exact.weights.map((weight) => weight / encoding.weightUnit) });
      start += block.rows;
    },
    finish: () => new ExactShard(d, held),
  };
}

/** What a model says of all rows, computed in float64 as they are read again. */
export async function* exactRows(
  model: PlanModel<Floats>,
  { blocks, scaling }: Rereadable,
  { responsibilities, signal }: RowOptions = {},
): AsyncGenerator<RowOutputs> {
  let start = 0;
  for await (const block of blocks()) {
    signal?.throwIfAborted();
    yield exactOutputs(model, exactBlock(block, scaling, start), scaling.shift.length, responsibilities);
    start += block.rows;
  }
}

/**
 * What float32 says of rows, but for those whose log-density is under −`far`: they are read again and `model` says it in
 * float64. Where there are none, nothing is read.
 */
export async function* withFarRows(
  outputs: AsyncIterable<RowOutputs>,
  model: PlanModel<Floats>,
  data: Rereadable,
  far: number,
): AsyncGenerator<RowOutputs> {
  const reader = new RowReader(data);
  try {
    for await (const block of outputs) {
      for (let row = -1; (row = nextFar(block.logDensity, row + 1, far)) < block.rows;) {
        const wanted = block.responsibilities.length > 0;
        const again = exactOutputs(model, await reader.row(block.start + row), data.scaling.shift.length, wanted);
        block.labels[row] = again.labels[0];
        block.logDensity[row] = again.logDensity[0];
        block.logLargest[row] = again.logLargest[0];
        if (wanted) block.responsibilities.set(again.responsibilities, row * again.responsibilities.length);
      }
      yield block;
    }
  } finally {
    await reader.end();
  }
}

/** The first row from `from` on whose log-density is under −`far`, or no number; as many as there are if none is. */
function nextFar(logDensity: Float64Array, from: number, far: number): number {
  let row = from;
  while (row < logDensity.length && logDensity[row] >= -far) row++;
  return row;
}

/** Reads single rows, by rising number. */
class RowReader {
  private source: AsyncIterator<CodedBlock> | undefined;
  private block: ExactBlock | undefined;

  constructor(private readonly data: Rereadable) {}

  async row(index: number): Promise<ExactBlock> {
    const { scaling } = this.data;
    const d = scaling.shift.length;
    this.source ??= this.data.blocks()[Symbol.asyncIterator]();
    while (!this.block || index >= this.block.start + this.block.weights.length) {
      const start = this.block ? this.block.start + this.block.weights.length : 0;
      const next = await this.source.next();
      if (next.done) throw new RangeError(`row ${index} is there no more`);
      this.block = exactBlock(next.value, scaling, start);
    }
    const { start, values, weights, base } = this.block;
    const at = index - start;
    const own = { values: values.subarray(at * d, (at + 1) * d), weights: weights.subarray(at, at + 1) };
    return { start: index, ...own, base: base?.subarray(at, at + 1) };
  }

  async end(): Promise<void> {
    await this.source?.return?.();
  }
}

/** Rows in scaled coordinates, as they are. */
function exactBlock(
  block: Pick<CodedBlock, 'rows' | 'columns' | 'weights' | 'base'>,
  scaling: Scaling,
  start: number,
): ExactBlock {
  const weights = block.weights?.slice() ?? new Float64Array(block.rows).fill(1);
  return {
    start,
    values: encodeExactly(block, scaling, 0, block.rows),
    weights,
    base: addedTo(block.base, gapVolumes(block, scaling)),
  };
}
