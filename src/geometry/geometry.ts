/** What a solver needs to know of costs and marginals, wherever they live. */

/** The rows of the costs (marginal a, n long) or their columns (marginal b, m long). */
export type Side = 'a' | 'b';

export const other = (side: Side): Side => (side === 'a' ? 'b' : 'a');

/** Values on one side, and how many there are of each point: `[B, length, p]`. */
export interface Values {
  readonly data: Float64Array;
  readonly p: number;
}

/** What the softmin of a point averages: `[B, length, p]` and `[B, length]`. */
export interface Averages {
  readonly values: Float64Array;
  readonly cost: Float64Array;
}

/** Softmins of one side from a potential on the other. */
export type Softmin = (side: Side, potential: Float64Array, epsilon: number) => Promise<Float64Array> | Float64Array;

export interface Rough {
  readonly softmin: Softmin;
  /** The share of the mass by which rounding may move marginals. */
  readonly error: (epsilon: number) => number;
}

/**
 * B transport problems of equal sizes with costs C `[B, n, m]` and marginals a `[B, n]`, b `[B, m]`. Potentials and
 * softmins are float64, in the units of the costs. A point of weight 0 has them too, but no part in those of the other
 * side.
 */
export interface Geometry {
  readonly batches: number;
  readonly n: number;
  readonly m: number;
  /** What costs and softmins are computed in. */
  readonly precision: 'float32' | 'float64';
  /** The least and the largest cost, or bounds of them, over all batches: potentials are of that size. */
  range(): Promise<readonly [number, number]>;
  /**
   * Side a: −ε log Σ_j b_j exp((g_j − C_ij)/ε), `[B, n]`, of the potential g `[B, m]` on the other side; b likewise.
   */
  softmin: Softmin;
  /** Softmins by which to begin, where there are any that are less exact and take less time. */
  readonly rough?: Rough;
  /**
   * Σ_j q_ij v_j and Σ_j q_ij C_ij. Shares q_ij sum to 1 over j, and are in proportion to b_j exp((g_j − C_ij)/ε).
   * Values v are on the other side, `softmins` are those of the same potential.
   */
  averages(
    side: Side,
    potential: Float64Array,
    softmins: Float64Array,
    epsilon: number,
    values: Values,
  ): Promise<Averages>;
  /** C of batch element s, row by row. */
  costs(batch: number): Promise<Float64Array>;
  dispose(): void;
}
