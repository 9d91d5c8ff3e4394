/** Dispatches of programs over passes, in as few command encoders as the device's speed allows. */
import type { Gpu } from './device.js';
import { PASS_SLOT, PASS_WORDS } from './pass.wgsl.js';
import { grid, type Program } from './program.js';
import { BLOCK_ROWS, TILE_ROWS } from './layout.js';
import type { Chunk } from './chunks.js';

/** A part of a chunk that kernels sweep at once. */
export interface Pass {
  /** Its place among the uniforms of all, bytes. */
  readonly slot: number;
  readonly tiles: number;
  readonly firstTile: number;
  readonly firstTileOfAll: number;
  /** First row of all, and rows that are no filling. */
  readonly start: number;
  readonly rows: number;
}

/** The passes of every chunk, of at most `rows` rows, a multiple of 1024. */
export function passesOf(chunks: readonly Chunk[], rows: number): readonly (readonly Pass[])[] {
  let slot = 0;
  return chunks.map((chunk) =>
    Array.from({ length: Math.ceil(chunk.rows / rows) }, (_, index) => {
      const from = index * rows;
      const count = Math.min(rows, chunk.rows - from);
      return {
        slot: PASS_SLOT * slot++,
        tiles: Math.ceil(count / TILE_ROWS),
        firstTile: from / TILE_ROWS,
        firstTileOfAll: (chunk.start + from) / TILE_ROWS,
        start: chunk.start + from,
        rows: count,
      };
    }),
  );
}

/** The geometry of all passes, as kernels read it: the numbers of each slot. */
export function passSlots(passes: readonly (readonly Pass[])[]): readonly (readonly number[])[] {
  return passes
    .flat()
    .map(({ firstTile, tiles, firstTileOfAll, start }) => [firstTile, tiles, firstTileOfAll, start / BLOCK_ROWS, 0]);
}

/** Fills a buffer of uniforms, of a slot for each dispatch. */
export function writeSlots(device: GPUDevice, buffer: GPUBuffer, slots: readonly (readonly number[])[]): void {
  const words = new Uint32Array((slots.length * PASS_SLOT) / 4);
  slots.forEach((numbers, slot) => words.set(numbers, (slot * PASS_SLOT) / 4));
  device.queue.writeBuffer(buffer, 0, words);
}

/** How a uniform buffer of passes is bound. */
export const passBinding = (buffer: GPUBuffer): GPUBufferBinding => ({ buffer, size: PASS_WORDS * 4 });

/** A program with the buffers it works on. */
export interface Bound {
  readonly program: Program;
  readonly group: GPUBindGroup;
}

export function bind(device: GPUDevice, program: Program, buffers: readonly (GPUBuffer | GPUBufferBinding)[]): Bound {
  const entries = buffers.map((one, binding) => ({ binding, resource: 'buffer' in one ? one : { buffer: one } }));
  return { program, group: device.createBindGroup({ label: program.label, layout: program.layout, entries }) };
}

/** Encodes one dispatch of so many workgroups, for each of so many models; `offset` is that of the uniforms. */
export function dispatch(
  encoder: GPUComputePassEncoder,
  { program, group }: Bound,
  offset: number,
  groups: number,
  { limits }: Gpu,
  models = 1,
): void {
  encoder.setPipeline(program.pipeline);
  encoder.setBindGroup(0, group, [offset]);
  encoder.dispatchWorkgroups(...grid(groups, limits.maxComputeWorkgroupsPerDimension), models);
}
