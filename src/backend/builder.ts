import * as tf from '@tensorflow/tfjs';
import { onBackend } from '../../kernels/engine.js';
import { columnKernel } from '../../kernels/simd/columns.js';
import { GROUP_ROWS } from '../../kernels/simd/layout.js';
import { simdModule, simdSupport, type SimdBuild } from '../../kernels/simd/module.js';
import type { RowBlock } from '../../kernels/simd/tasks.js';
import type { Gpu } from '../../kernels/webgpu/device.js';
import type { GpuSweepOptions } from '../../kernels/webgpu/options.js';
import { TILE_ROWS } from '../../kernels/webgpu/layout.js';
import { RowsBuilder } from '../../kernels/webgpu/rows-builder.js';
import type { Place } from './backend.js';
import { taskForce } from '../threads/pool.js';
import { encodeTiles, encodeWeights, type Columns, type Encoding } from '../sweep/encode.js';
import type { Shard } from '../sweep/shard.js';
import { rowBlock } from '../sweep/simd/rows.js';
import { SimdShard } from '../sweep/simd/shard.js';
import { blockRowsFor, tensorBlock, type TensorBlock } from '../sweep/tensors/block.js';
import { TensorShard } from '../sweep/tensors/shard.js';
import { WebgpuShard } from '../sweep/webgpu/shard.js';

/** Takes rows as they come and makes a shard of them. */
export interface ShardBuilder {
  /**
   * Encodes rows into the shard's own layout; they are finite, as are their weights, none of which is negative. All but the
   * last call bring a multiple of 1024 rows.
   */
  add(block: Columns, encoding: Encoding): void | Promise<void>;
  finish(): Promise<Shard>;
  /** Frees what was added, instead of finishing. */
  discard(): void;
}

/** As many of these threads as so many rows keep busy: one with nothing to do costs its start. */
export function usefulThreads(threads: number, rows: number): number {
  return Math.min(threads, Math.ceil(rows / GROUP_ROWS));
}

export function shardBuilder(place: Place, d: number): ShardBuilder {
  switch (place.kind) {
    case 'tensors':
      return tensorShardBuilder(place.backend, d);
    case 'webgpu':
      return webgpuShardBuilder(place.gpu, d, place.options);
    case 'simd':
      return simdShardBuilder(place.threads, d, place.build ?? simdSupport());
    default:
      return place satisfies never;
  }
}

function tensorShardBuilder(backend: string, d: number): ShardBuilder {
  const blocks: TensorBlock[] = [];
  let start = 0;
  return {
    add(block, encoding) {
      const step = blockRowsFor(backend, d);
      for (let from = 0; from < block.rows; from += step) {
        const place = { start, from, to: Math.min(block.rows, from + step) };
        blocks.push(onBackend(backend, () => tensorBlock(block, encoding, place)));
      }
      start += block.rows;
    },
    finish: () => Promise.resolve(new TensorShard(backend, d, blocks)),
    discard() {
      tf.dispose(blocks.flatMap(({ x, weights }) => [x, weights]));
    },
  };
}

function webgpuShardBuilder(gpu: Gpu, d: number, options?: GpuSweepOptions): ShardBuilder {
  const rows = new RowsBuilder(gpu, d, options);
  return {
    async add(block, encoding) {
      const kernel = await columnKernel();
      await rows.add(block.rows, (from, to, x, v) => {
        encodeTiles(block, encoding, { from, to, b: TILE_ROWS }, x, kernel);
        encodeWeights(block, encoding, { from, to }, v);
      });
    },
    finish: async () => new WebgpuShard(gpu, await rows.finish(), options),
    discard: () => rows.dispose(),
  };
}

function simdShardBuilder(threads: number, d: number, build: SimdBuild | undefined): ShardBuilder {
  const blocks: RowBlock[] = [];
  let start = 0;
  return {
    async add(block, encoding) {
      blocks.push(rowBlock(start, block, encoding, await columnKernel()));
      start += block.rows;
    },
    async finish() {
      if (!build) throw new Error('WebAssembly SIMD is missing although its backend was found usable');
      const setting = { module: await simdModule(build), d, blocks };
      return new SimdShard(d, blocks, taskForce(usefulThreads(threads, start), setting));
    },
    discard() {
      blocks.length = 0;
    },
  };
}
