import { columnKernel } from '../../../kernels/simd/column-kernel.js';
import type { RowsBeyond } from '../../../kernels/webgpu/chunks.js';
import type { Gpu } from '../../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../../kernels/webgpu/options.js';
import { TILE_ROWS } from '../../../kernels/webgpu/layout.js';
import { RowsBuilder } from '../../../kernels/webgpu/rows-builder.js';
import type { ShardBuilder } from '../builder.js';
import { encodeTiles, encodeWeights } from '../encode.js';
import type { SpillLimit } from '../spilled/limit.js';
import { FiledStore } from '../spilled/store.js';
import { requireNear } from './float16.js';
import { WebgpuShard } from './shard.js';

/**
 * Rows of d columns on a GPU. What a limit that was asked for leaves no room for on the device goes to a file. Any other
 * limit is of rows that the device has no room for and the host keeps.
 */
export function webgpuShardBuilder(gpu: Gpu, d: number, options?: GpuSweepOptions, limit?: SpillLimit): ShardBuilder {
  const beyond = limit && new Beyond(limit);
  const rows = new RowsBuilder(gpu, d, limited(options, limit), beyond);
  const rounded = rows.format === 'float16';
  let farthest = 0;
  return {
    async add(block, encoding) {
      const kernel = await columnKernel();
      await rows.add(block.rows, (from, to, x, v) => {
        encodeTiles(block, encoding, { from, to, b: TILE_ROWS }, x, kernel);
        if (rounded) farthest = Math.max(farthest, reachOf(x));
        encodeWeights(block, encoding, { from, to }, v);
      });
    },
    async finish() {
      requireNear(farthest);
      const finished = await rows.finish();
      beyond?.tell(finished.chunks.some(({ resident }) => resident));
      return new WebgpuShard(gpu, finished, options);
    },
    discard: () => rows.dispose(),
  };
}

function limited(options: GpuSweepOptions = {}, limit?: SpillLimit): GpuSweepOptions {
  if (!limit?.asked) return options;
  return { ...options, residentBytes: Math.min(options.residentBytes ?? Infinity, limit.memory) };
}

/** Opens the file of rows beyond a limit. */
class Beyond implements RowsBeyond {
  readonly hostBytes: number;
  private store: FiledStore | undefined;

  constructor(private readonly limit: SpillLimit) {
    this.hostBytes = limit.asked ? 0 : limit.memory;
  }

  async open(...[shape]: Parameters<RowsBeyond['open']>): Promise<FiledStore> {
    return (this.store = await FiledStore.in(this.limit, shape));
  }

  /** Says what has gone to the file, once nothing more will; `part`: not all rows have. */
  tell(part: boolean): void {
    if (this.store) this.limit.onSpilled?.({ ...this.store.size, part });
  }
}

/** The largest distance from 0. */
function reachOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
