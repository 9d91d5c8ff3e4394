import type { CovarianceForm } from './form.js';

/**
 * A model in the terms of the fused kernels: logit_ik = offset_k − rate ‖(x_i − μ_k) W_k‖². Sizes: k components,
 * d columns; arrays are shaped as in mixture.ts.
 */
export interface KernelModel {
  readonly form: CovarianceForm;
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
export type ModelShape = Pick<KernelModel, 'form' | 'k' | 'd'>;
