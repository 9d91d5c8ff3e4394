import type { Column } from '../sweep/encode.js';
import type { Components } from './components.js';
import type { Family } from './family.js';
import type { Support } from './noise.js';
import { isViolation, numbersAsTheyAre, type CleanColumns, type RowCoding } from './row-coding.js';
import type { ColumnSummary } from './scaling.js';

/** What rows of a family need besides for noise: a statistic of theirs that clusters make nothing of. */
export interface NoiseStatistic {
  /** Its place among the numbers swept. */
  readonly at: number;
  /**
   * What the density of a row with gaps has of each column that is there, `[d]`, nats: of those of linear terms. Left out
   * where all is there.
   */
  readonly logVolumes?: Float64Array | undefined;
}

/**
 * Codes rows with one more number: log p(x) of noise but for what is the same in all rows, less log h(x), which all components
 * have.
 */
export function noiseCoding(coding: RowCoding | undefined, { at, logVolumes }: NoiseStatistic): RowCoding {
  return {
    swept(columns) {
      const own = coding?.swept(columns) ?? columns.map((name, column) => ({ name, column }));
      return inserted(own, at, { name: 'the log-density of noise' });
    },
    code(rows) {
      const coded = coding?.code(rows) ?? numbersAsTheyAre(rows);
      if (isViolation(coded)) return coded;
      const values = new Float64Array(rows.rows);
      if (logVolumes) subtractVolumes(values, rows, logVolumes);
      if (coded.base) for (let row = 0; row < values.length; row++) values[row] -= coded.base[row];
      const column: Column = { values, start: 0, stride: 1 };
      return { ...coded, columns: inserted(coded.columns, at, column) };
    },
  };
}

/** Takes off the volumes of the columns that rows have. */
function subtractVolumes(into: Float64Array, { columns }: CleanColumns, logVolumes: Float64Array): void {
  for (const [j, { values, start, stride }] of columns.entries()) {
    for (let row = 0, at = start; row < into.length; row++, at += stride) {
      if (!Number.isNaN(values[at])) into[row] -= logVolumes[j];
    }
  }
}

/**
 * About what the statistic is under a component, by rows at its means and a deviation higher: to shift and scale by. `supports`
 * and `ranges` as `Noise` has them.
 */
export function typicalStatistic(
  family: Family,
  coding: RowCoding,
  components: Components,
  {
    at,
    supports,
    ranges,
  }: {
    readonly at: number;
    readonly supports: readonly Support[];
    readonly ranges: readonly (readonly [number, number])[];
  },
): ColumnSummary[] {
  const { k, d } = components;
  const { means, variances } = family.spread(components);
  const texts = family.levels?.map((own) =>
    own?.some((level) => typeof level === 'string') ? own.map(String) : undefined,
  );
  const valueOf = (c: number, j: number, deviations: number): number => {
    const [low, high] = ranges[j];
    if (supports[j] === 'levels') return texts?.[j] ? 0 : Number(family.levels?.[j]?.[0] ?? 0);
    const value = means[c * d + j] + deviations * Math.sqrt(variances[c * d + j]);
    const inside = Math.max(low, Math.min(value, high));
    return supports[j] === 'counts' ? Math.round(inside) : inside;
  };
  return Array.from({ length: k }, (_, c): ColumnSummary => {
    const columns = Array.from({ length: d }, (_, j): Column => {
      const values = Float64Array.of(valueOf(c, j, 0), valueOf(c, j, 1));
      return { values, start: 0, stride: 1 };
    });
    const coded = coding.code({ rows: 2, columns, levels: texts });
    if (isViolation(coded)) return { mean: 0, variance: 1 };
    const [mean, higher] = coded.columns[at].values;
    return { mean, variance: (higher - mean) ** 2 };
  });
}

/** A list with one more entry. */
export function inserted<T>(list: readonly T[], at: number, entry: T): T[] {
  return [...list.slice(0, at), entry, ...list.slice(at)];
}
