import { count } from './numbers.js';
import type { ComponentInput, ReportInput } from './input.js';

/** What drawings and tables show of components, whatever family they are of. */
export interface DrawnComponents {
  /** Mean and standard deviation of a column under a component. */
  mean(component: number, column: number): number;
  deviation(component: number, column: number): number;
  /** Mean and covariance of two columns under a component. */
  plane(component: number, i: number, j: number): Plane;
}

/** Two columns' mean and covariance. */
export interface Plane {
  readonly mean: readonly [x: number, y: number];
  /** Σ_xx, Σ_xy, Σ_yy. */
  readonly covariance: readonly [xx: number, xy: number, yy: number];
}

/** Components as the input of a picture has them. Those of other families than Gaussians are drawn without correlation. */
export function drawnOf(input: ComponentInput): DrawnComponents {
  const { means, covariances, columnMeans = [], columnDeviations = [] } = input;
  if (!means || !covariances) {
    return {
      mean: (c, j) => columnMeans[c][j],
      deviation: (c, j) => columnDeviations[c][j],
      plane: (c, i, j) => ({
        mean: [columnMeans[c][i], columnMeans[c][j]],
        covariance: [columnDeviations[c][i] ** 2, 0, columnDeviations[c][j] ** 2],
      }),
    };
  }
  return {
    mean: (c, j) => means[c][j],
    deviation: (c, j) => Math.sqrt(covariances[c][j][j]),
    plane: (c, i, j) => ({
      mean: [means[c][i], means[c][j]],
      covariance: [covariances[c][i][i], covariances[c][i][j], covariances[c][j][j]],
    }),
  };
}

const PHRASES = {
  full: ['a full covariance', 'full covariances'],
  tied: ['a full covariance', 'one shared covariance'],
  diag: ['a diagonal covariance', 'diagonal covariances'],
  spherical: ['a spherical covariance', 'spherical covariances'],
} as const;

/** The kind of components, as the middle of a sentence: `a mixture of 3 Gaussians with full covariances`. */
export function modelPhrase({
  k,
  covarianceType,
  kind = '',
}: Pick<ReportInput, 'k' | 'covarianceType' | 'kind'>): string {
  if (!covarianceType) return k === 1 ? kind.replace(/^1 /, 'a single ') : `a mixture of ${kind}`;
  const [one, several] = PHRASES[covarianceType];
  return k === 1 ? `a single Gaussian with ${one}` : `a mixture of ${count(k)} Gaussians with ${several}`;
}

/** The kind of components, as a tile names it. */
export function kindOf({ family, covarianceType }: Pick<ReportInput, 'family' | 'covarianceType'>): string {
  return covarianceType ? `${covarianceType} covariance` : family;
}

/** Matrices that the deviations of columns do not say all of: by component, or the one that all share; of some none. */
export function matricesOf(
  { d, k, covarianceType, covariances }: Pick<ReportInput, 'd' | 'k' | 'covarianceType' | 'covariances'>,
  order: readonly number[],
): readonly { readonly component: number | undefined; readonly matrix: readonly (readonly number[])[] }[] {
  if (!covariances || d === 1 || covarianceType === 'diag' || covarianceType === 'spherical') return [];
  if (covarianceType === 'tied') return [{ component: undefined, matrix: covariances[0] }];
  return order.map((c) => ({ component: k > 1 ? c : undefined, matrix: covariances[c] }));
}
