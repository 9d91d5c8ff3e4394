import type { Scaling } from '../families/scaling.js';

/** By default, the share of a column's variance that is added to the variances of components in it. */
const SHARE = 1e-9;
/** The most that is added by default, in squared units of the data: scikit-learn's `reg_covar`. */
const MOST = 1e-6;

/** What the default adds, in words for those who print the options of a fit. */
export const defaultRegularization = `${SHARE.toExponential()} of each column's variance, ${MOST.toExponential()} at most`;

/**
 * What is added to the variances of components, per column in scaled coordinates, `[d]`: `asked`, in squared units of
 * the data. The default is 1e-9 of the column's variance (of 1, where a column is constant), and never more than 1e-6.
 * The default decides nothing in any unit: it is a hundredth of variances that are a tenth of a millionth of a
 * column's.
 */
export function regularizationOf(
  asked: number | undefined,
  { scaling, variances }: { readonly scaling: Scaling; readonly variances: Float64Array },
): Float64Array {
  return scaling.scale.map((scale, j) => (asked ?? Math.min(SHARE * (variances[j] || 1), MOST)) / scale ** 2);
}
