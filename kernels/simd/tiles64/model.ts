/** A model, rows and sums of a sweep in float64 over tiles, as assembly/tiles64 has them. */
import type { LinearShape } from '../../linear-shape.js';
import { packedSize } from '../layout.js';
import type { RecordFile } from '../records.js';

/**
 * How components of a term see a row.
 * - `matrix`: each through a triangular matrix, its own or one for all: z = (x − μ_k) W_k.
 * - `shared`: all through one matrix, rows whitened once: z = y − m_k with y = (x − o) W and m_k = (μ_k − o) W.
 * - `diagonal`: each through a factor for each column.
 * - `ball`: each through one factor.
 */
export type TilePath = 'matrix' | 'shared' | 'diagonal' | 'ball';

/** What of a quadratic term decides where its sums lie. */
export interface TileTermShape {
  readonly path: TilePath;
  readonly d: number;
  /** Of matrices, whether all components have the same one. */
  readonly tied: boolean;
  /** Whether it is a Student-t's. */
  readonly radial: boolean;
}

/** A quadratic term; arrays in memory that all threads see. */
export interface TileTerm extends TileTermShape {
  /** μ, of shared ones m, `[k, d]`. */
  readonly means: Float64Array;
  /** Packed matrices one after the other, or factors `[k, d]`; of a ball none. */
  readonly factors: Float64Array;
  /** o, `[d]`, of shared ones. */
  readonly origin?: Float64Array | undefined;
  /** What squared distances are multiplied by, `[k]`: where they are kept (`keepsSquares`) w², else −rate w². */
  readonly slopes: Float64Array;
  /** 1/ν, 1 + d/ν, −rate (ν + d), `[k, 3]`, of a Student-t. */
  readonly parameters?: Float64Array | undefined;
}

/** η as `[k, dense]`, and of each component a 0 and η of the levels, column after column, `[k, levels]`. */
export interface TileLinear extends LinearShape {
  readonly dense: number;
  readonly natural: Float64Array;
  readonly levelled: Float64Array;
}

/**
 * What m coordinates y = x P of a row say of the logits by its only term, of matrices: ‖(y − means_k) W'_k‖² is no more than
 * ‖z_ik‖². Arrays in memory that all threads see.
 */
export interface TileBounds {
  /** Beside a row's largest, the logit under which a component has nothing of the row. */
  readonly least: number;
  /** m, a multiple of 4. */
  readonly columns: number;
  /** Pᵀ, `[m, d]`. */
  readonly projection: Float64Array;
  /** `[k, m]`. */
  readonly means: Float64Array;
  /** W', packed, one after the other. */
  readonly factors: Float64Array;
}

/** logit_ik = offset_k − rate Σ_q radial_q(‖z_ikq‖²) + 2 rate ⟨t_i, η_k⟩. */
export interface TileModel extends TileShape {
  /** `[k]`. */
  readonly offsets: Float64Array;
  readonly rate: number;
  readonly hard: boolean;
  /** A share under this counts as nothing. */
  readonly least: number;
  /** Rows of which a component has less than this may be summed in float32; 0 where none may. */
  readonly coarse: number;
  /** What softmin logits are taken less before they are summed. */
  readonly centre: number;
  readonly terms: readonly TileTerm[];
  readonly linear?: TileLinear | undefined;
  /** Where given, components are chosen row by row before rows are whitened. */
  readonly bounds?: TileBounds | undefined;
}

/** What decides where sums lie. */
export interface TileShape {
  readonly k: number;
  /** Whether r_i r_iᵀ is summed. */
  readonly coupling: boolean;
  readonly terms: readonly TileTermShape[];
  readonly linear?: LinearShape | undefined;
}

/** Rows that every thread sees, of so many numbers each: the columns of each quadratic term, and statistics after them. */
export type TileRows = TilesInMemory | TilesInFile;

export interface TilesInMemory {
  readonly columns: number;
  readonly blocks: readonly TileBlock[];
}

/** Rows beyond memory: of each group of 1024 rows a record, its tiles and then its weights. */
export interface TilesInFile {
  readonly columns: number;
  readonly rows: number;
  readonly file: RecordFile;
}

/** Rows as tiles `[tiles, columns, b]`, and their weights, filled up with zeros; b is `tileRows64(columns)`. */
export interface TileBlock {
  readonly rows: number;
  readonly x: Float64Array;
  readonly v: Float64Array;
}

/** Rows of a tile: one, and what a component makes of it, stay in the first-level cache. A power of two. */
export function tileRows64(columns: number): number {
  return Math.max(16, Math.min(128, 2 ** Math.floor(Math.log2(2048 / columns))));
}

/** Whether squared distances are kept beside the logits: their sums, or a function of them, are needed. */
export function keepsSquares({ path, radial }: TileTermShape): boolean {
  return radial || path === 'ball';
}

/** Where a term's sums begin. */
export interface TileTermSums {
  readonly first: number;
  /** Packed matrices; of diagonal ones Σ P δ² by column; of a ball Σ P q, or as diagonal where it is a Student-t's. */
  readonly second: number;
  /** Numbers of each component; of all where they have one matrix. */
  readonly secondSize: number;
  /** Σ P u, and Σ P (log(1 + q/ν) − (q/ν) u), `[k]` each. */
  readonly radial: number;
}

/** Where each kind of sum begins, in numbers; the objective's is the first. */
export interface TileSums {
  readonly mass: number;
  readonly coupling: number;
  readonly terms: readonly TileTermSums[];
  readonly dense: number;
  /** All before these are summed in two lanes. */
  readonly levels: number;
  readonly count: number;
}

export function tileSums({ k, coupling, terms, linear }: TileShape): TileSums {
  let next = 1;
  const take = (count: number): number => (next += count) - count;
  const [mass, couplings] = [take(k), take(coupling ? packedSize(k) : 0)];
  const places = terms.map((term) => {
    const { path, d, tied, radial } = term;
    const matrix = path === 'matrix' || path === 'shared';
    const secondSize = matrix ? packedSize(d) : path === 'ball' && !radial ? 1 : d;
    const first = take(k * d);
    const second = take(secondSize * (matrix && tied ? 1 : k));
    return { first, second, secondSize, radial: take(radial ? 2 * k : 0) };
  });
  const dense = take(linear ? k * linear.dense : 0);
  const levels = take(linear ? k * levelNumbers(linear) : 0);
  return { mass, coupling: couplings, terms: places, dense, levels, count: next };
}

/** Numbers of a component's levels: one for none besides those of each column. */
export function levelNumbers({ levels }: LinearShape): number {
  return levels.reduce((sum, count) => sum + count + 1, 0);
}
