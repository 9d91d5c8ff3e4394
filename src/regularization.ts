import type { Scaling } from './scaling.js';

/** By default, the share of a column's variance that is added to the variances of components in it. */
const SHARE = 1e-9;
/** The most that is added by default, in squared units of the data: scikit-learn's `reg_covar`. */
const MOST = 1e-6;

/** What the default adds, in words for those who print the options of a fit. */
export const defaultRegularization = `${SHARE.toExponential()} of each column's variance, ${MOST.toExponential()} at most`;

/**
 * What is added to the variances of components, per column in scaled coordinates, `[d]`: `asked`, in squared units of the
 * data, or by default 1e-9 of the column's variance (of scale², which is about that) and never more than 1e-6. The default
 * decides nothing in any unit: it is a hundredth of variances that are a tenth of a millionth of a column's.
 */
export function regularizationOf(asked: number | undefined, { scale }: Scaling): Float64Array {
  return scale.map((s) => (asked === undefined ? Math.min(SHARE, MOST / s ** 2) : asked / s ** 2));
}
