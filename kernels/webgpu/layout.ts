/**
 * How rows, parameters and sums lie in device memory for the WebGPU kernels.
 * Sizes: d columns of the quadratic term, k components; a tile is 256 rows, four to each of 64 invocations.
 */
import { isMatrix } from '../form.js';
import { linearColumns } from '../linear-shape.js';
import type { Radial } from '../model.js';
import type { GpuShape } from './model.js';

/** Rows per tile: `[columns, 256]` floats, column by column, so that neighbouring invocations read neighbouring addresses. */
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
 * Where a model's parts lie in its buffer, in quads: a header (rate, centre, 0, 0), then for each component a quad that
 * begins with its offset (student.wgsl.ts has the rest), its mean, and its whitening. A triangular factor is packed by blocks of columns j: for i = 0 … last column of the
 * block the entries W_ij, 0 below the diagonal. Otherwise one factor per column. A linear term lies behind the components
 * (linear-layout.ts).
 */
export interface ModelLayout {
  readonly matrix: boolean;
  readonly radial?: Radial | undefined;
  readonly d: number;
  /** Columns of a row, those of a linear term too. */
  readonly columns: number;
  /** Quads from a component's beginning to its whitening. */
  readonly whitening: number;
  /** Quads from one component to the next. */
  readonly stride: number;
  readonly block: FactorBlock;
}

export const HEADER_QUADS = 1;
/** Components are filled up to a multiple of this: as many as the kernels of diagonal forms take at once. */
export const COMPONENT_STEP = 4;

export function modelLayout({ form, d, radial, linear }: GpuShape): ModelLayout {
  const matrix = isMatrix(form);
  const columns = d + (linear ? linearColumns(linear) : 0);
  const block = factorBlock(d);
  const whitening = 1 + quads(d);
  const stride = whitening + (matrix ? factorQuads(d, block) : quads(d));
  return { matrix, ...(radial && { radial }), d, columns, whitening, block, stride };
}

/** Quads before block b of a packed factor. */
export function factorStart(b: number, block: FactorBlock): number {
  return 4 * block * block * ((b * (b + 1)) / 2);
}

function factorQuads(d: number, block: FactorBlock): number {
  return factorStart(Math.ceil(d / (4 * block)), block);
}

/** Quads of the header and all components. */
export function modelQuads(shape: GpuShape): number {
  const components = Math.ceil(shape.k / COMPONENT_STEP) * COMPONENT_STEP;
  return HEADER_QUADS + components * modelLayout(shape).stride;
}

/**
 * Lines of a plan's buffer, each with a number for every row of a pass: P_ik of each component; of a Student-t term after
 * them P_ik (log u_ik − u_ik + 1), and then P_ik u_ik.
 */
export function planLines({ k, radial }: Pick<GpuShape, 'k' | 'radial'>): number {
  return radial ? 3 * k : k;
}

/** The line of the first component's weights of rows in moments. */
export function weightLine({ k, radial }: Pick<GpuShape, 'k' | 'radial'>): number {
  return radial ? 2 * k : 0;
}
