import type { Source } from './source.js';
import type { ColumnStatistics } from './statistics.js';
import { InputError } from '../base/errors.js';
import type { ColumnSummary } from '../families/components.js';
import type { Scaling } from '../families/scaling.js';
import { FARTHEST } from '../sweep/encode.js';

/** How far a guess of coordinates may be off, as a factor of the scale and in scales from the centre. */
const BEARABLE = 2 ** 4;
/** A standard deviation so many times that of the middle 98 % of the rows comes of a few that lie far out. */
const OUTLYING = 2 ** 10;
/** Rows from which there is such a middle. */
const ENOUGH_ROWS = 100;
/** Standard deviations of the normal distribution between its percentiles 1 and 99. */
const MIDDLE = 4.6527;

/** Where the rows lie and how wide, per column in the data's units: of the middle rows where a few lie far out. */
function bulkOf(statistics: ColumnStatistics): { readonly centres: Float64Array; readonly variances: Float64Array } {
  const { extremes } = statistics;
  const centres = statistics.means.slice();
  const variances = statistics.variances.map((variance, j) => {
    const middle = middleOf(statistics, j);
    if (middle) centres[j] = middle.centre;
    const reach = Math.max(extremes.most[j] - centres[j], centres[j] - extremes.least[j]);
    return Math.max(middle ? middle.deviation ** 2 : variance, ((2 / FARTHEST) * reach) ** 2);
  });
  return { centres, variances };
}

/** How columns of some means and variances are encoded. */
export type Encode = (columns: readonly ColumnSummary[]) => Scaling;

/** The scaling of rows: what is made of their means and variances. */
export function scalingOf(statistics: ColumnStatistics, encode: Encode): Scaling {
  const { centres, variances } = bulkOf(statistics);
  return encode(Array.from(centres, (mean, j) => ({ mean, variance: variances[j] })));
}

/** Variances of the columns `[d]`, squared units of the data; `common`: the largest for all. 0 of a constant column. */
export function variancesOf(statistics: ColumnStatistics, common: boolean): Float64Array {
  const { variances } = bulkOf(statistics);
  return common ? variances.fill(variances.reduce((a, b) => Math.max(a, b), 0)) : variances;
}

/** Median and deviation of the middle 98 % of a column, where the deviation of all is out of proportion to that. */
function middleOf(
  statistics: ColumnStatistics,
  column: number,
): { readonly centre: number; readonly deviation: number } | undefined {
  const deviation = Math.sqrt(statistics.variances[column]);
  if (statistics.rows < ENOUGH_ROWS || deviation === 0) return undefined;
  const narrow = (MIDDLE * deviation) / OUTLYING;
  if (statistics.areApart(column, [0.01, 0.99], narrow)) return undefined;
  const [low, centre, high] = statistics.quantiles(column, [0.01, 0.5, 0.99]);
  const middle = (high - low) / MIDDLE;
  return middle > 0 && deviation > OUTLYING * middle ? { centre, deviation: middle } : undefined;
}

/** Columns in which a guess is too far from what all rows say. */
export function misjudged(guess: Scaling, statistics: ColumnStatistics, encode: Encode): number[] {
  const { shift, scale } = scalingOf(statistics, encode);
  const { least, most } = statistics.extremes;
  return Array.from(scale.keys()).filter((j) => {
    const ratio = scale[j] / guess.scale[j];
    const off = Math.abs(guess.shift[j] - shift[j]) / scale[j];
    const reach = Math.max(most[j] - guess.shift[j], guess.shift[j] - least[j]) / guess.scale[j];
    return !(ratio <= BEARABLE && ratio >= 1 / BEARABLE && off <= BEARABLE && reach <= FARTHEST);
  });
}

/** Squared deviations beyond these would not leave room in float64 for those of components. */
const LARGEST_VARIANCE = 1e280;
const LEAST_VARIANCE = 1e-280;

/** Throws `InputError('value')` for a column whose squares float64 can't hold. */
export function requireSquares(source: Pick<Source, 'name' | 'columns'>, statistics: ColumnStatistics): void {
  const { variances, extremes } = statistics;
  source.columns.forEach((column, j) => {
    const { least, most } = { least: extremes.least[j], most: extremes.most[j] };
    if (statistics.isConstant(j) || (variances[j] <= LARGEST_VARIANCE && variances[j] >= LEAST_VARIANCE)) return;
    const large = !(variances[j] < 1);
    const row = most > -least ? extremes.mostRow[j] : extremes.leastRow[j];
    throw new InputError('value', {
      where: source.name,
      expected: 'columns whose variances float64 can hold (1e-280 to 1e280)',
      got: large
        ? `${most > -least ? most : least} in row ${row}, column ${column}`
        : `values from ${least} to ${most} in column ${column}`,
      remedy: large ? 'remove the row, or divide the column by a power of 10' : 'multiply the column by a power of 10',
    });
  });
}

/** A sentence for each column in which a few rows lie far out of all others. */
export function outlierNotes(source: Source, statistics: ColumnStatistics): readonly string[] {
  const { least, most, leastRow, mostRow } = statistics.extremes;
  return source.columns.flatMap((column, j) => {
    const middle = middleOf(statistics, j);
    if (!middle) return [];
    const above = most[j] - middle.centre > middle.centre - least[j];
    const value = above ? most[j] : least[j];
    const far = (Math.abs(value - middle.centre) / middle.deviation).toPrecision(2);
    const row = above ? mostRow[j] : leastRow[j];
    return [
      `row ${row} lies far from all others in column ${column}: ${value} is ${Number(far)} times their spread away; check such values`,
    ];
  });
}
