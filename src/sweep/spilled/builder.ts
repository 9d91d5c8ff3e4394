import { columnKernel } from '../../../kernels/simd/column-kernel.js';
import { ThreadsAhead } from '../../threads/ahead.js';
import type { TaskForce } from '../../threads/pool.js';
import type { ShardBuilder } from '../builder.js';
import { MemoryRows } from '../simd/memory.js';
import { bytesOf, encodedBlock, listedBlock, type HeldBlock } from '../simd/rows.js';
import { SimdShard } from '../simd/shard.js';
import { tellingForce } from './faults.js';
import { bytesOfRow, expectsRoom, type SpillLimit } from './limit.js';
import { SpilledRows } from './rows.js';
import { Spiller } from './spiller.js';

/**
 * Rows of d columns in the CPU's memory while they have room there; once they have not, all in a file. The shard says the
 * same either way, bit for bit.
 */
export function spillingShardBuilder(
  d: number,
  hold: () => Promise<TaskForce>,
  limit: SpillLimit,
  linear = false,
): ShardBuilder {
  return new SpillingBuilder(d, hold, limit, linear);
}

class SpillingBuilder implements ShardBuilder {
  private blocks: HeldBlock[] = [];
  private rows = 0;
  /** Bytes that these take, or would take in memory. */
  private bytes = 0;
  private spiller: Spiller | undefined;
  private readonly threads: ThreadsAhead;

  constructor(
    private readonly d: number,
    hold: () => Promise<TaskForce>,
    private readonly limit: SpillLimit,
    private readonly linear: boolean,
  ) {
    this.threads = new ThreadsAhead(hold);
  }

  async add(...[block, encoding]: Parameters<ShardBuilder['add']>): Promise<void> {
    const kernel = await columnKernel();
    const lists = this.linear && !this.spiller ? listedBlock(this.rows, block, encoding, kernel) : undefined;
    const [rows, bytes] = [
      this.rows + block.rows,
      this.bytes + (lists ? bytesOf(lists) : block.rows * bytesOfRow(this.d)),
    ];
    if (!this.spiller && !expectsRoom(bytes / rows, rows, this.limit)) await this.spill();
    if (this.spiller) await this.spiller.add(block, encoding, kernel);
    else this.blocks.push(lists ?? encodedBlock(this.rows, block, encoding, kernel));
    [this.rows, this.bytes] = [rows, bytes];
    this.threads.count(block.rows * this.d);
  }

  async finish(): Promise<SimdShard> {
    const { d, spiller, blocks, limit, threads } = this;
    if (!spiller) return new SimdShard(d, new MemoryRows(d, blocks), await threads.take(), this.roomBesides());
    const filed = await spiller.finish();
    limit.onSpilled?.(spiller.size);
    return new SimdShard(d, new SpilledRows(filed), tellingForce(await threads.take()));
  }

  /** What all rows leave of the memory, this builder's share of it. */
  private roomBesides(): number {
    const { rows, bytes, limit } = this;
    const all = Math.max(limit.rows ?? 0, rows);
    return Math.max(0, Math.floor((rows / all) * limit.memory - bytes));
  }

  discard(): void {
    this.blocks = [];
    this.spiller?.close();
    this.threads.discard();
  }

  /** Writes what is held, which is let go of on the way. */
  private async spill(): Promise<void> {
    this.spiller = await Spiller.in(this.limit, this.d);
    for (let block = this.blocks.shift(); block; block = this.blocks.shift()) await this.spiller.addEncoded(block);
  }
}
