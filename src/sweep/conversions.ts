import type { Logits } from './logits.js';

/** What turns a kernel's sums into the host's. */
type Conversion = Pick<Logits, 'reference' | 'temperature'>;

/**
 * What kernels take off log Σ_k exp logit_ik before they sum it in float32, nats: its mean, if the guess of the
 * objective is right.
 */
export function centreOf({ reference, temperature }: Conversion, objectiveNear = 0): number {
  return Math.fround(-objectiveNear / temperature - reference);
}

/** Σ_i a_i softmin_i, given Σ_i a_i (log Σ_k exp logit_ik − centre) and Σ_i a_i. */
export function objectiveOf(
  { reference, temperature }: Conversion,
  { centre, weight, sum }: { readonly centre: number; readonly weight: number; readonly sum: number },
): number {
  return -temperature * (sum + weight * (centre + reference));
}

/** Log-densities of rows, given log Σ_k exp logit_ik; in `density`, which has as many places, where it is given. */
export function logDensityOf(
  { reference }: Pick<Conversion, 'reference'>,
  logSum: ArrayLike<number>,
  density: Float64Array = new Float64Array(logSum.length),
): Float64Array {
  for (let row = 0; row < density.length; row++) density[row] = logSum[row] + reference;
  return density;
}
