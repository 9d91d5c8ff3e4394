/**
 * How rows, parameters and sums lie in device memory for the WebGPU kernels.
 * Sizes: d columns, k components; a tile is 256 rows, four to each of 64 invocations.
 */
import { isMatrix, type CovarianceForm } from '../form.js';
import type { KernelModel, ModelShape } from '../model.js';

/** Rows per tile: `[d, 256]` floats, column by column, so that neighbouring invocations read neighbouring addresses. */
export const TILE_ROWS = 256;
/** Quads of four rows in a tile: the workgroup size of kernels that give every invocation one quad. */
export const TILE_QUADS = TILE_ROWS / 4;
/** No float32 sum runs over more rows than this; sums of such blocks are added in two floats. */
export const BLOCK_ROWS = 1024;

/** Number of quads that hold so many floats. */
export const quads = (count: number): number => Math.ceil(count / 4);

/** Rows filled up to whole tiles. */
export const paddedRows = (rows: number): number => Math.ceil(rows / TILE_ROWS) * TILE_ROWS;

/** Columns of a whitening factor that the kernels compute together, in quads. */
export type FactorBlock = 1 | 2;

export function factorBlock(d: number): FactorBlock {
  return d > 16 ? 2 : 1;
}

/**
 * Where a model's parts lie in its buffer, in quads: a header (rate, centre, 0, 0), then for each component its offset,
 * its mean, and its whitening. A triangular factor is packed by blocks of columns j: for i = 0 … last column of the
 * block the entries W_ij, 0 below the diagonal. Otherwise one factor per column.
 */
export interface ModelLayout {
  readonly matrix: boolean;
  readonly d: number;
  /** Quads from a component's beginning to its whitening. */
  readonly whitening: number;
  /** Quads from one component to the next. */
  readonly stride: number;
  readonly block: FactorBlock;
}

export const HEADER_QUADS = 1;
/** Components are filled up to a multiple of this: as many as the kernels of diagonal forms take at once. */
export const COMPONENT_STEP = 4;

export function modelLayout(form: CovarianceForm, d: number): ModelLayout {
  const matrix = isMatrix(form);
  const block = factorBlock(d);
  const whitening = 1 + quads(d);
  return { matrix, d, whitening, block, stride: whitening + (matrix ? factorQuads(d, block) : quads(d)) };
}

/** Quads before block b of a packed factor. */
export function factorStart(b: number, block: FactorBlock): number {
  return 4 * block * block * ((b * (b + 1)) / 2);
}

function factorQuads(d: number, block: FactorBlock): number {
  return factorStart(Math.ceil(d / (4 * block)), block);
}

/** Length of a packed model, floats. */
export function modelSize({ form, k, d }: ModelShape): number {
  const components = Math.ceil(k / COMPONENT_STEP) * COMPONENT_STEP;
  return 4 * (HEADER_QUADS + components * modelLayout(form, d).stride);
}

/** Packs a model as `modelLayout` says. Components that fill up get zeros: finite logits that nobody stores. */
export function packModel(model: KernelModel): Float32Array<ArrayBuffer> {
  const { form, k, d, means, whitening, offsets } = model;
  const layout = modelLayout(form, d);
  const packed = new Float32Array(modelSize(model));
  packed.set([model.rate, model.centre]);
  for (let c = 0; c < k; c++) {
    const at = 4 * (HEADER_QUADS + c * layout.stride);
    packed[at] = offsets[c];
    packed.set(means.subarray(c * d, (c + 1) * d), at + 4);
    const factor = packed.subarray(at + 4 * layout.whitening, at + 4 * layout.stride);
    if (form === 'full') packFactor(whitening.subarray(c * d * d, (c + 1) * d * d), layout, factor);
    else if (form === 'tied') packFactor(whitening, layout, factor);
    else if (form === 'diag') factor.set(whitening.subarray(c * d, (c + 1) * d));
    else factor.fill(whitening[c], 0, d);
  }
  return packed;
}

function packFactor(w: Float32Array, { d, block }: ModelLayout, into: Float32Array): void {
  const width = 4 * block;
  let at = 0;
  for (let j = 0; j < d; j += width) {
    for (let i = 0; i < j + width; i++) {
      for (let lane = j; lane < j + width; lane++) into[at++] = i <= lane && lane < d ? w[i * d + lane] : 0;
    }
  }
}
