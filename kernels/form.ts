/**
 * How a component measures distance: by a matrix of its own, one shared matrix, a factor per column, or one factor.
 * Whitening factors W of each form: `[k, d, d]` (upper triangular), `[1, d, d]`, `[k, d]`, `[k, 1]`.
 */
export type CovarianceForm = 'full' | 'tied' | 'diag' | 'spherical';

/** Whether a form's second moments are matrices; else their diagonals suffice. */
export function isMatrix(form: CovarianceForm): boolean {
  return form === 'full' || form === 'tied';
}
