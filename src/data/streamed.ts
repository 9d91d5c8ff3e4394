import type { Device } from '../backend/backend.js';
import { yieldToEvents } from '../base/event-loop.js';
import type { Scaling } from '../families/scaling.js';
import type { ShardBuilder } from '../sweep/builder.js';
import { withCommonPart } from '../sweep/common-part.js';
import { encodeExactly } from '../sweep/encode.js';
import { RowMemory } from '../sweep/row-memory.js';
import type { RowOutputs, Shard } from '../sweep/shard.js';
import { codedBlocks, type CodedBlock, type CodedOptions } from './coded.js';
import { gappedRows, gateRows } from './load-options.js';
import type { Rereadable } from './exactly.js';
import { KeptBlocks } from './kept.js';
import type { Source } from './source.js';

/** Consecutive rows of a source as a shard by themselves, in which all weigh 1. */
export interface StreamedBlock extends Rereadable {
  readonly shard: Shard;
  /** Where outputs may lie that are wanted no longer than until the next. */
  readonly memory: RowMemory;
}

/** What was asked of consecutive rows. Valid until the next. */
export interface StreamedRows {
  /** The block that they are of, as it passed the gate, with the weights that it has in the source. */
  readonly block: CodedBlock;
  /** Rows that were kept before this block. */
  readonly before: number;
  /** Counted from the block's first row. */
  readonly outputs: RowOutputs;
}

interface StreamOptions extends Omit<CodedOptions, 'blockRows'> {
  /** Where the rows are to be read. */
  readonly device: Pick<Device, 'rows' | 'gappedRows'>;
  readonly scaling: Scaling;
  /** Whether numbers that are swept may be missing: what is asked then is answered in float64, by models of any precision. */
  readonly gaps?: boolean | undefined;
}

/** A block that is being worked on. */
interface Work {
  readonly block: CodedBlock;
  readonly before: number;
  readonly shard: Shard;
  readonly outputs: AsyncIterator<RowOutputs>;
  readonly first: Promise<IteratorResult<RowOutputs>>;
}

/**
 * Reads a source block after block and asks something of each: memory does not grow with the number of rows. A block is
 * worked on while the caller has the outputs of the one before. The coordinates are given, so that no row depends on others.
 */
export async function* streamedRows(
  source: Source,
  { device, scaling, gaps = false, ...gate }: StreamOptions,
  outputsOf: (block: StreamedBlock) => AsyncIterable<RowOutputs>,
): AsyncGenerator<StreamedRows> {
  const d = source.columns.length;
  const kept = new KeptBlocks();
  const memories = [new RowMemory(), new RowMemory()]; // one for the block that the caller has the outputs of
  const under: Work[] = [];
  const reading = new Reading(codedBlocks(source, { ...gate, blockRows: gateRows(d) }));
  let before = 0;
  try {
    for await (const passing of reading.untilFailure()) {
      const block = kept.keep(passing);
      const shard = await shardOf(block, scaling, {
        builder: gaps ? gappedRows(device, block.columns.length) : device.rows(block.columns.length, { once: true }),
        coded: gate.coding !== undefined,
      });
      const [memory] = memories;
      memories.reverse();
      under.push(begin({ block, before, shard }, outputsOf({ shard, scaling, memory, blocks: () => once(block) })));
      before += block.rows;
      if (under.length > 1) yield* finish(under);
      await yieldToEvents(gate.signal);
    }
    gate.signal?.throwIfAborted();
    if (under.length > 0) yield* finish(under);
    reading.throwFailure();
  } finally {
    await Promise.all(under.map(abandon));
  }
}

/** Reads blocks up to where that fails, which is told once those before have been finished. */
class Reading {
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly blocks: AsyncIterable<CodedBlock>) {}

  async *untilFailure(): AsyncGenerator<CodedBlock> {
    try {
      yield* this.blocks;
    } catch (error) {
      this.failure = { error };
    }
  }

  throwFailure(): void {
    if (this.failure) throw this.failure.error;
  }
}

function begin(of: Omit<Work, 'outputs' | 'first'>, rows: AsyncIterable<RowOutputs>): Work {
  const outputs = rows[Symbol.asyncIterator]();
  const first = outputs.next();
  first.catch(() => undefined); // told when it is asked for
  return { ...of, outputs, first };
}

/** Lets go of a block once what has begun has ended, whose memory may be in use until then. */
async function abandon({ first, outputs, shard }: Work): Promise<void> {
  await first.catch(() => undefined);
  await outputs.return?.();
  shard.dispose();
}

/** What comes of the first block of those being worked on. */
async function* finish(under: Work[]): AsyncGenerator<StreamedRows> {
  const { block, before, shard, outputs, first } = under[0];
  for (let next = await first; !next.done; next = await outputs.next()) yield { block, before, outputs: next.value };
  shard.dispose();
  under.shift();
}

async function shardOf(
  block: CodedBlock,
  scaling: Scaling,
  { builder, coded }: { readonly builder: ShardBuilder; readonly coded: boolean },
): Promise<Shard> {
  const { rows, columns, base } = block;
  try {
    await builder.add({ rows, columns }, { ...scaling, weightUnit: 1 });
    const shard = await builder.finish();
    if (!coded) return shard;
    return withCommonPart(shard, {
      ...{ weight: rows, sums: new Float64Array(columns.length) }, // of no sweep
      base: base && { values: base, sum: 0 },
      rows: (from, to) => encodeExactly(block, scaling, from, to),
    });
  } catch (error) {
    builder.discard();
    throw error;
  }
}

async function* once(block: CodedBlock): AsyncGenerator<CodedBlock> {
  yield await Promise.resolve(block);
}
