import type { Floats, PackedShape, PlanModel } from './model.js';
import type { Moments } from './moments.js';

export interface SweepOptions {
  /** A guess of the objective: the closer, the more digits its sum keeps. */
  readonly objectiveNear?: number;
  /** Also sum r_i r_iᵀ. */
  readonly coupling?: boolean;
  /**
   * Also count responsibilities under `negligibleShare`, which a shard may leave out of its sums: they decide nothing but
   * the logarithm of the mass of a component that has hardly any.
   */
  readonly tails?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A sweep as it is asked for together with others. */
export interface SweepRequest {
  readonly model: PlanModel;
  readonly options?: Omit<SweepOptions, 'signal'>;
}

/** Several sweeps at once, each with the result that it has alone, bit for bit. */
export interface JointSweeps {
  /** How many sweeps by models of this shape are faster at once than one after the other, and have room; 1 where none are. */
  most(shape: PackedShape): number;
  sweep(requests: readonly SweepRequest[], signal?: AbortSignal): Promise<Moments[]>;
  /** Whether other reads may be under way several at a time. */
  readonly overlapping: boolean;
}

export interface RowOptions {
  /** Also give the responsibilities, of which there are k a row. */
  readonly responsibilities?: boolean;
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
  dispose(): void;
}

/** Rows as EM sees them, swept by models of one precision. */
export interface SweptRows<Values extends Floats = Float32Array> {
  readonly n: number;
  readonly d: number;
  /** One read of the data: cost → row softmin → moments. */
  sweep(model: PlanModel<Values>, options?: SweepOptions): Promise<Moments>;
  /** One read of the data, block after block. */
  rows(model: PlanModel<Values>, options?: RowOptions): AsyncIterable<RowOutputs>;
  /** The rows of these indices, `[indices.length, d]`. */
  take(indices: readonly number[]): Promise<Float64Array>;
}

/** Rows that live in one place and answer sweeps there. Owns their memory. */
export interface Shard extends SweptRows {
  /** Left out where sweeps gain nothing from being made at once. */
  readonly joint?: JointSweeps | undefined;
  /** `metric`: inverse length of a unit per column, `[d]`. */
  nearestCentres(metric: Float64Array, signal?: AbortSignal): NearestCentres;
  dispose(): void;
}

/** A shard to those who do not own it, and have it perhaps together with others. */
export type BorrowedShard = Omit<Shard, 'joint' | 'dispose'>;
