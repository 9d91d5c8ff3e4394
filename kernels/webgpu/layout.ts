/**
 * How rows, parameters and sums lie in device memory for the WebGPU kernels.
 * Sizes: d columns of the quadratic term, k components; a tile is 256 rows, four to each of 64 invocations.
 */
import { isMatrix } from '../form.js';
import { linearColumns } from '../linear-shape.js';
import type { Radial } from '../model.js';
import type { GpuShape } from './model.js';
import type { RowFormat } from './rows.wgsl.js';

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

/** Columns up to which a row's values stay in registers, where there are as many. */
export const MOST_HELD = 16;

/** Columns of a whitening factor that the kernels compute together, in quads. */
export type FactorBlock = 1 | 2;

export function factorBlock(d: number): FactorBlock {
  return d > MOST_HELD ? 2 : 1;
}

/**
 * Where a model's parts lie in its buffer, in quads: a header (rate, centre, 0, 0), then for each component a quad that
 * begins with its offset (student.wgsl.ts has the rest), its mean, and its whitening. A triangular factor is packed by blocks of columns j: for i = 0 … last column of the
 * block the entries W_ij, 0 below the diagonal. Otherwise one factor per column. A linear term lies behind the components
 * (linear-layout.ts).
 */
export interface ModelLayout {
  readonly matrix: boolean;
  /** Of forms without matrices, what differences are multiplied by: a factor of their column, one of the component, or none. */
  readonly scale: 'columns' | 'component' | 'none';
  readonly radial?: Radial | undefined;
  /** The format of the rows that are read. */
  readonly rows: RowFormat;
  readonly d: number;
  /** Columns of a row, those of a linear term too. */
  readonly columns: number;
  /** WGSL of the first tile of a pass among the rows that are read: those of a chunk, or of the pass alone. */
  readonly firstTile: string;
  /** Quads from a component's beginning to its whitening. */
  readonly whitening: number;
  /** Quads from one component to the next. */
  readonly stride: number;
  readonly block: FactorBlock;
  /** Columns up to which a row's values stay in registers. */
  readonly held: number;
}

export const HEADER_QUADS = 1;
/** Components are filled up to a multiple of this: as many as the kernels of diagonal forms take at once. */
export const COMPONENT_STEP = 4;

export function modelLayout(
  { form, d, radial, linear, rows = 'float32', once = false }: GpuShape,
  held: number = MOST_HELD,
): ModelLayout {
  const matrix = isMatrix(form) && !once;
  const scale = once ? 'none' : form === 'spherical' ? 'component' : 'columns';
  const columns = d + (linear ? linearColumns(linear) : 0);
  const firstTile = once ? '0u' : 'pass_.firstTile';
  const block = factorBlock(d);
  const whitening = 1 + quads(d);
  const stride = whitening + (once ? 0 : matrix ? factorQuads(d, block) : quads(d));
  const format = once ? 'float32' : rows; // of whitened rows, which are no input
  const terms = { matrix, scale, ...(radial && { radial }), rows: format } as const;
  return { ...terms, d, columns, firstTile, whitening, block, stride, held };
}

/** How what whitens rows once lies in a model's buffer, behind its components: as one of them with a matrix, about the origin. */
export function sharedLayout({ d, rows }: GpuShape, held?: number): ModelLayout {
  return modelLayout({ form: 'full', k: 1, d, rows }, held);
}

/** Quads before block b of a packed factor. */
export function factorStart(b: number, block: FactorBlock): number {
  return 4 * block * block * ((b * (b + 1)) / 2);
}

function factorQuads(d: number, block: FactorBlock): number {
  return factorStart(Math.ceil(d / (4 * block)), block);
}

/** Quads of the header and all components, and of what whitens rows once. */
export function modelQuads(shape: GpuShape): number {
  return sharedStart(shape) + (shape.once ? sharedLayout(shape).stride : 0);
}

/** Quads of the header and all components: where what whitens rows once begins. */
export function sharedStart(shape: GpuShape): number {
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

/** Numbers that a pass keeps of each row: the plan's, and of rows that are whitened once these, and their average. */
export function passLines(shape: Pick<GpuShape, 'k' | 'd' | 'radial' | 'once'>): number {
  return planLines(shape) + (shape.once ? 2 * shape.d : 0);
}

/** The line of the first component's weights of rows in moments. */
export function weightLine({ k, radial }: Pick<GpuShape, 'k' | 'radial'>): number {
  return radial ? 2 * k : 0;
}
