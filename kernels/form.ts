/**
 * How a component measures distance: by a matrix of its own, one shared matrix, a factor per column, or one factor.
 * Whitening factors W of each form: `[k, d, d]` (upper triangular), `[1, d, d]`, `[k, d]`, `[k, 1]`.
 */
export type CovarianceForm = 'full' | 'tied' | 'diag' | 'spherical';

/** All of them, the default first. */
export const covarianceForms = ['full', 'tied', 'diag', 'spherical'] as const satisfies readonly CovarianceForm[];

/** Whether a form's second moments are matrices; else their diagonals suffice. */
export function isMatrix(form: CovarianceForm): boolean {
  return form === 'full' || form === 'tied';
}

/** Floating point operations of a sweep per row, as counted for every implementation. */
export function operationsPerRow(shape: {
  readonly form: CovarianceForm;
  readonly k: number;
  readonly d: number;
  readonly coupling?: boolean;
}): number {
  const { form, k, d, coupling = false } = shape;
  return k * (isMatrix(form) ? 2 * (d + 1) * (d + 2) : 8 * d) + (coupling ? k * k : 0);
}
