import type { CovarianceForm } from './form.js';

/**
 * What a quadratic term is of q = ‖(x − μ_k) W_k‖² where it is not a Gaussian's −q / 2: a Student-t's
 * −(ν_k + d)/2 · log(1 + q / ν_k).
 */
export type Radial = 'student';

/**
 * A model in the terms of the fused kernels: logit_ik = offset_k − rate ‖(x_i − μ_k) W_k‖², or of a Student-t term
 * offset_k − rate (ν_k + d) log(1 + ‖(x_i − μ_k) W_k‖² / ν_k). Sizes: k components, d columns; arrays are shaped as in
 * mixture.ts.
 */
export interface KernelModel {
  readonly form: CovarianceForm;
  /** Left out for Gaussians. */
  readonly radial?: Radial | undefined;
  /** ν, `[k]`, of a Student-t term. */
  readonly degrees?: Float64Array | undefined;
  readonly k: number;
  readonly d: number;
  readonly means: Float32Array;
  readonly whitening: Float32Array;
  readonly offsets: Float32Array;
  /** 1/(2ε), or 1/2 for hard assignment. */
  readonly rate: number;
  /** What sums of rows' log Σ exp logit are taken less, so that they keep their digits. */
  readonly centre: number;
}

/** What of a model decides how it lies in memory. */
export type ModelShape = Pick<KernelModel, 'form' | 'k' | 'd' | 'radial'>;
