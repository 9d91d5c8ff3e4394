import { columnKernel } from '../../../kernels/simd/column-kernel.js';
import type { Gpu } from '../../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../../kernels/webgpu/options.js';
import { TILE_ROWS } from '../../../kernels/webgpu/layout.js';
import { RowsBuilder } from '../../../kernels/webgpu/rows-builder.js';
import type { ShardBuilder } from '../builder.js';
import { encodeTiles, encodeWeights } from '../encode.js';
import { requireNear } from './float16.js';
import { WebgpuShard } from './shard.js';

/** Rows of d columns on a GPU. */
export function webgpuShardBuilder(gpu: Gpu, d: number, options?: GpuSweepOptions): ShardBuilder {
  const rows = new RowsBuilder(gpu, d, options);
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
      return new WebgpuShard(gpu, await rows.finish(), options);
    },
    discard: () => rows.dispose(),
  };
}

/** The largest distance from 0. */
function reachOf(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
