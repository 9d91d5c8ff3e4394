import type { Floats, PackedShape, PlanModel } from './model.js';
import type { Moments } from './moments.js';
import type { RowMemory } from './row-memory.js';

/** One model to sweep rows by, and what to sum besides. */
export interface SweepRequest<Values extends Floats = Float32Array> {
  readonly model: PlanModel<Values>;
  /** A guess of the objective per unit of weight, nats: the closer, the more digits its sum keeps. Default 0. */
  readonly objectiveNear?: number;
  /** Also sum r_i r_iᵀ. */
  readonly coupling?: boolean;
  /**
   * Also count responsibilities under `negligibleShare`, which a shard may leave out of its sums. They decide nothing
   * but the logarithm of the mass of a component that has hardly any.
   */
  readonly tails?: boolean;
}

/** What all requests of a sweep have in common. */
export interface SweepOptions {
  /** Rows of the whole of which the shard's are a part, by which `negligibleShare` goes; default the shard's own. */
  readonly n?: number;
  /** Whether moments are to be added to those of other shards, and `completed` then: they may say what mass lacks a column. */
  readonly partial?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface RowOptions {
  /** Also give the responsibilities, of which there are k a row. */
  readonly responsibilities?: boolean;
  /** Only labels are asked for: log-densities may be those of the likeliest components, and `logLargest` empty. */
  readonly labelsAlone?: boolean;
  /** Whether outputs are wanted no longer than until the next, which may take their place; else each has arrays of its own. */
  readonly passing?: boolean;
  /** Where those that pass may lie, for shards that pass as well. */
  readonly memory?: RowMemory | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the model says of consecutive rows. */
export interface RowOutputs {
  /** Index of the first row. */
  readonly start: number;
  readonly rows: number;
  /** Likeliest components, `[rows]`. */
  readonly labels: Int32Array;
  /** Row-major `[rows, k]`, rows sum to 1; empty unless asked for. */
  readonly responsibilities: Float32Array;
  /** log Σ_k w_k p(x_i | θ_k)^{1/ε} e^{g_k/ε}, `[rows]`; at ε = 1, g = 0 the log-density, nats. */
  readonly logDensity: Float64Array;
  /** log max_k r_ik, `[rows]`. */
  readonly logLargest: Float64Array;
  /** Sample weights as the shard holds them, `[rows]`. */
  readonly weights: Floats;
}

/** Distances to the nearest of a growing set of centres, as k-means++ and k-means|| need them. */
export interface NearestCentres {
  /** Σ_i a_i min(d_i, ‖x_i − c‖²) for every candidate c of `[candidates, d]`. */
  potentials(candidates: Float64Array): Promise<Float64Array>;
  /** Adds centres `[centres, d]`. */
  add(centres: Float64Array): Promise<void>;
  /**
   * Draws a row by each of some uniform numbers in [0, 1), with probability ∝ a_i d_i (∝ a_i where all
   * d_i are 0 or there is no centre).
   */
  draw(uniforms: readonly number[]): Promise<number[]>;
  /** What all rows are drawn from. */
  sums(): Promise<NearestSums>;
  dispose(): void;
}

/** Sums over rows, by which several shards are drawn from as one. */
export interface NearestSums {
  /** Σ_i a_i. */
  readonly weight: number;
  /** Σ_i a_i d_i; 0 while there is no centre. */
  readonly potential: number;
}

/** How rows are taken. */
export interface TakeOptions {
  /** Whether what they lack stays missing, NaN; default the column's mean is in its place. */
  readonly gaps?: boolean;
}

/** Rows as EM sees them, swept by models of one precision. */
export interface SweptRows<Values extends Floats = Float32Array> {
  readonly n: number;
  readonly d: number;
  /** Whether what its sums leave out where tails are not asked for is less than float64 rounds away. */
  readonly sparing?: boolean;
  /**
   * One read of the data: cost → row softmin → moments, of every request. Each has the moments that it would have alone,
   * bit for bit. Moments are sums: those of shards add.
   */
  sweep(requests: readonly SweepRequest<Values>[], options?: SweepOptions): Promise<Moments[]>;
  /** One read of the data, block after block. */
  rows(model: PlanModel<Values>, options?: RowOptions): AsyncIterable<RowOutputs>;
  /** The rows of these indices, `[indices.length, d]`. */
  take(indices: readonly number[], options?: TakeOptions): Promise<Float64Array>;
}

/** Rows that live in one place and answer sweeps there. Owns their memory. */
export interface Shard extends SweptRows {
  /** How many requests by models of this shape are faster in one sweep than one by one, and have room; 1 where none are. */
  atOnce(shape: PackedShape): number;
  /** Whether reads other than sweeps may be under way several at a time. */
  readonly overlapping: boolean;
  /** Bytes of memory that it may take for sweeps beside what its rows take; left out for none. */
  readonly besides?: number;
  /** `metric`: inverse length of a unit per column, `[d]`. */
  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres;
  dispose(): void;
}

/** A shard borrowed by code that must not dispose it, and may share it with others. */
export type BorrowedShard = Omit<Shard, 'atOnce' | 'overlapping' | 'dispose'>;
