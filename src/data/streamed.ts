import type { Device } from '../backend/backend.js';
import { yieldToEvents } from '../base/event-loop.js';
import type { Scaling } from '../families/scaling.js';
import type { Shard } from '../sweep/shard.js';
import { cleanBlocks, type CleanBlock, type CleanOptions } from './blocks.js';
import { gateRows } from './dataset.js';
import type { Rereadable } from './exactly.js';
import type { Source } from './source.js';

/** Consecutive rows of a source as a shard by themselves. All is valid until the next. */
export interface StreamedBlock extends Rereadable {
  /** All weigh 1 there. */
  readonly shard: Shard;
  /** As they passed the gate, with the weights that they have in the source. */
  readonly block: CleanBlock;
}

interface StreamOptions extends Omit<CleanOptions, 'blockRows'> {
  /** Where the rows are to be read. */
  readonly device: Pick<Device, 'rows'>;
  readonly scaling: Scaling;
}

/**
 * Reads a source block after block, each in its place only until the next is there: memory does not grow with the number
 * of rows. The coordinates are given, so that no row depends on others.
 */
export async function* streamedBlocks(
  source: Source,
  { device, scaling, ...gate }: StreamOptions,
): AsyncGenerator<StreamedBlock> {
  const d = source.columns.length;
  let held: Shard | undefined;
  try {
    for await (const block of cleanBlocks(source, { ...gate, blockRows: gateRows(d) })) {
      const shard = await shardOf(device, { rows: block.rows, columns: block.columns }, source, scaling);
      held?.dispose(); // now, so that threads pass from one to the next
      held = shard;
      yield { shard, block, scaling, blocks: () => once(block) };
      await yieldToEvents(gate.signal);
    }
  } finally {
    held?.dispose();
  }
}

async function shardOf(
  device: StreamOptions['device'],
  block: CleanBlock,
  source: Source,
  scaling: Scaling,
): Promise<Shard> {
  const builder = device.rows(source.columns.length, { trials: false });
  try {
    await builder.add(block, { names: source.columns, ...scaling, weightUnit: 1 });
    return await builder.finish();
  } catch (error) {
    builder.discard();
    throw error;
  }
}

async function* once(block: CleanBlock): AsyncGenerator<CleanBlock> {
  yield await Promise.resolve(block);
}
