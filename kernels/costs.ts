/** What the kernels on tensors of costs take. The first dimension of each tensor is B, or 1 for what all B share. */
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { CovarianceForm } from './form.js';

/** Rows and components. */
export interface LogCostInputs {
  /** `[B, n, d]` */
  readonly x: Tensor3D;
  /** μ_k, `[B, k, d]` */
  readonly means: Tensor3D;
  /** W_k: full `[B, k, d, d]`, tied `[B, 1, d, d]`, diag `[B, k, d]`, spherical `[B, k, 1]`. */
  readonly whitening: Tensor;
  /** c_k, `[B, k]` */
  readonly constants: Tensor2D;
}

/** The half of a triangular matrix, diagonal included, that is not 0. */
export type Triangle = 'upper' | 'lower';

export interface LogCostAttributes {
  readonly form: CovarianceForm;
  /** Which half of W counts, where it is a matrix: the other one is 0. */
  readonly triangle: Triangle;
}

export interface SoftminInputs {
  /** `[B, n, k]`, not shared; from {@link ABSENT} on a component is absent from that row. */
  readonly cost: Tensor3D;
  /** o_k = ε log w_k + g_k, `[B, k]`; up to −{@link ABSENT} a component is absent. */
  readonly offsets: Tensor2D;
}

export interface SoftminAttributes {
  /** Temperature ε; 0 is the minimum itself. */
  readonly epsilon: number;
}

/** C of two points: ‖x − y‖², by differences, or the product x · y. */
export type PointMetric = 'squaredEuclidean' | 'dot';

/** Two clouds of points, and what the second brings to a softmin besides its costs. All have the same B. */
export interface PointInputs {
  /** `[B, n, d]` */
  readonly x: Tensor3D;
  /** `[B, m, d]` */
  readonly y: Tensor3D;
  /** o_j = ε log b_j + g_j, `[B, m]`; up to −{@link ABSENT} a point is absent. */
  readonly offsets: Tensor2D;
}

export interface PointAveragesInputs extends PointInputs {
  /** s_i, the softmins of the same offsets, `[B, n]`. */
  readonly softmins: Tensor2D;
  /** `[B, m, p]` */
  readonly values: Tensor3D;
}

export interface PointAttributes {
  /** Temperature ε > 0. */
  readonly epsilon: number;
  readonly metric: PointMetric;
}

/** Costs from here on are infinite: differences of smaller ones, and of {@link FAR}, are finite in float32. */
export const ABSENT = 1e37;
/** Stands for C_ik − o_k of an absent component: kernels compute with no infinities. */
export const FAR = 1e38;
/** Exponents are no less: exp of it is 0 in float32. */
export const LEAST_EXPONENT = -200;
