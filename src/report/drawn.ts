import type { ComponentBlock } from '../families/components.js';
import { columnMarginals, type ColumnMarginal } from '../families/marginals.js';
import { kindsOfColumns } from './family-words.js';
import { count, counted, joined } from './numbers.js';
import type { ComponentInput, ReportInput } from './input.js';

/** What drawings and tables show of components, whatever family they are of. */
export interface DrawnComponents {
  /** Mean and standard deviation of a column under a component. */
  mean(component: number, column: number): number;
  deviation(component: number, column: number): number;
  /** Mean and covariance of two columns under a component; of log-normal columns, those of the logarithms. */
  plane(component: number, i: number, j: number): Plane;
  /** What columns are like, of other families than Gaussians whose parameters are known. */
  readonly marginals?: readonly ColumnMarginal[];
}

/** Two columns' mean and covariance. */
export interface Plane {
  readonly mean: readonly [x: number, y: number];
  /** Σ_xx, Σ_xy, Σ_yy. */
  readonly covariance: readonly [xx: number, xy: number, yy: number];
}

/** Components as the input of a picture has them. */
export function drawnOf(input: ComponentInput & Partial<Pick<ReportInput, 'columns'>>): DrawnComponents {
  const { means, covariances } = input;
  if (!means || !covariances) return otherComponents(input);
  return {
    mean: (c, j) => means[c][j],
    deviation: (c, j) => Math.sqrt(covariances[c][j][j]),
    plane: (c, i, j) => ({
      mean: [means[c][i], means[c][j]],
      covariance: [covariances[c][i][i], covariances[c][i][j], covariances[c][j][j]],
    }),
  };
}

/** The matrices of families whose columns are correlated, `[k][d][d]`, by name: covariances, or proportional to these. */
const MATRICES: Readonly<Record<string, string>> = { gaussian: 'covariances', studentT: 'scales' };

/** Components of other families: columns are correlated where one block of Gaussians or Student-t has both. */
function otherComponents(input: ComponentInput & Partial<Pick<ReportInput, 'columns'>>): DrawnComponents {
  const { columns = [], components, levels = [], columnMeans = [], columnDeviations = [] } = input;
  const marginals = components && columnMarginals({ columns, components, levels, columnMeans, columnDeviations });
  const moments = (c: number, j: number): readonly [mean: number, variance: number] => {
    const logs = marginals?.[j].family === 'logNormal' ? logMoments(components, marginals[j], c) : undefined;
    return logs ?? [columnMeans[c][j], columnDeviations[c][j] ** 2];
  };
  const across = (c: number, i: number, j: number): number => {
    const [one, other] = [marginals?.[i], marginals?.[j]];
    if (!one || one.block !== other?.block || !Object.hasOwn(MATRICES, one.family)) return 0;
    const matrices = components?.[one.block][MATRICES[one.family]] as readonly (readonly (readonly number[])[])[];
    const [i0, j0] = [one.own, other.own];
    const correlation = matrices[c][i0][j0] / Math.sqrt(matrices[c][i0][i0] * matrices[c][j0][j0]);
    return correlation * columnDeviations[c][i] * columnDeviations[c][j];
  };
  return {
    mean: (c, j) => columnMeans[c][j],
    deviation: (c, j) => columnDeviations[c][j],
    plane(c, i, j) {
      const [[x, xx], [y, yy]] = [moments(c, i), moments(c, j)];
      return { mean: [x, y], covariance: [xx, i === j ? xx : across(c, i, j), yy] };
    },
    ...(marginals && { marginals }),
  };
}

/** Mean and variance of the logarithm of a log-normal column. */
function logMoments(blocks: readonly ComponentBlock[] = [], { block, own }: ColumnMarginal, c: number) {
  const { meanLogs, varianceLogs } = blocks[block] as unknown as Readonly<
    Record<string, readonly (readonly number[])[]>
  >;
  return [meanLogs[c][own], varianceLogs[c][own]] as const;
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
  components,
  noise,
}: Pick<ReportInput, 'k' | 'covarianceType' | 'kind' | 'components' | 'noise'>): string {
  const besides = noise ? ' and noise' : '';
  if (components && components.length > 1) {
    const several = k === 1 ? 'a single component' : `a mixture of ${counted(k, 'component')}`;
    return `${several} of columns that are ${joined(kindsOfColumns(components))}${besides && `,${besides}`}`;
  }
  if (!covarianceType) return k === 1 ? kind.replace(/^1 /, 'a single ') : `a mixture of ${kind}`;
  const [one, several] = PHRASES[covarianceType];
  return `${k === 1 ? `a single Gaussian with ${one}` : `a mixture of ${count(k)} Gaussians with ${several}`}${besides}`;
}

/** The kind of components, as a tile names it. */
export function kindOf({
  family,
  covarianceType,
  components,
}: Pick<ReportInput, 'family' | 'covarianceType' | 'components'>): string {
  if (components && components.length > 1) return `product of ${counted(components.length, 'family', 'families')}`;
  if (covarianceType) return `${covarianceType} covariance`;
  return components ? kindsOfColumns(components).join(', ') : family;
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
