import { quadraticColumns } from '../sweep/exact/plan.js';
import type { Floats, PackedModel } from '../sweep/model.js';
import type { ColumnSummary, Components, Spread } from './components.js';
import { logVolumeOf, supportsOf, sweptSpread, type Family } from './family.js';
import { inserted, noiseCoding, typicalStatistic, type NoiseStatistic } from './noise-coding.js';
import { logVolumes, type Noise, type Support } from './noise.js';
import type { PackedNoise } from './noise-terms.js';
import type { RowCoding } from './row-coding.js';
import { nearMean, powerOfTwo, type Scaling } from './scaling.js';

/**
 * Where the numbers lie that a family sweeps beside noise. The statistic of noise is one more of them, after the dense ones.
 * There is one where rows differ in what noise has of them: where they have a log h(x), or may lack columns of a linear term.
 */
export class NoisePlaces {
  readonly statistic?: NoiseStatistic;
  /** Of rows with that statistic. */
  readonly coding?: RowCoding;
  private readonly supports: readonly Support[];
  private readonly volumes: Float64Array;
  /** Of each number of the quadratic terms its column. */
  private readonly columns: readonly number[];
  /** How many numbers are swept where there is a statistic. */
  private readonly width: number;

  constructor(
    private readonly family: Family,
    private readonly noise: Noise,
  ) {
    const d = noise.ranges.length;
    const shape = family.shape(1, d);
    const names = Array.from({ length: d }, (_, j) => String(j));
    const swept = family.coding?.swept(names) ?? names.map((name, column) => ({ name, column }));
    this.supports = supportsOf(family, d);
    this.volumes = logVolumes(this.supports, noise.ranges);
    this.columns = swept.slice(0, quadraticColumns(shape)).map(({ column = 0 }) => column);
    const { dense = 0, levels = [] } = shape.linear ?? {};
    this.width = this.columns.length + dense + levels.length + 1;
    const gaps = family.masks?.(d) !== undefined; // of linear terms; quadratic ones know of theirs
    if (!gaps && !family.coding?.hasBase?.(d)) return;
    const at = this.columns.length + dense;
    const linear = this.volumes.map((volume, j) => (this.columns.includes(j) ? 0 : volume));
    this.statistic = { at, ...(gaps && { logVolumes: linear }) };
    this.coding = noiseCoding(family.coding, this.statistic);
  }

  /** Of rows `[…, D]` the numbers of the family itself. */
  ownColumns(rows: Float64Array): Float64Array {
    const { statistic, width } = this;
    if (!statistic) return rows;
    return rows.filter((_, at) => at % width !== statistic.at);
  }

  ownScaling({ shift, scale }: Scaling): Scaling {
    return this.statistic ? { shift: this.ownColumns(shift), scale: this.ownColumns(scale) } : { shift, scale };
  }

  encode(swept: readonly ColumnSummary[]): Scaling {
    const { statistic } = this;
    if (!statistic) return this.family.encode(swept);
    const { mean, variance } = swept[statistic.at];
    const own = this.family.encode(swept.filter((_, at) => at !== statistic.at));
    const scale = powerOfTwo(Math.max(1, Math.sqrt(variance))); // nats: where few rows differ, these may lie far out
    return {
      shift: Float64Array.from(inserted(Array.from(own.shift), statistic.at, nearMean(mean, scale))),
      scale: Float64Array.from(inserted(Array.from(own.scale), statistic.at, scale)),
    };
  }

  /** Means and variances of the numbers swept, those of the statistic about. */
  spread(own: Spread, components: Components): Spread {
    const { statistic, coding, supports, noise, family } = this;
    if (!statistic || !coding) return own;
    const { at } = statistic;
    const typical = typicalStatistic(family, coding, components, { at, supports, ranges: noise.ranges });
    const width = own.means.length / components.k;
    const wider = (values: Float64Array, of: 'mean' | 'variance'): Float64Array =>
      Float64Array.from(
        typical.flatMap((one, c) => inserted(Array.from(values.subarray(c * width, (c + 1) * width)), at, one[of])),
      );
    return { means: wider(own.means, 'mean'), variances: wider(own.variances, 'variance') };
  }

  /** Noise beside a model of rows that are held so. */
  packed(model: PackedModel<Floats>, held: Scaling, components: Components): PackedNoise {
    const { statistic, volumes, columns, noise, family } = this;
    const own = this.ownScaling(held);
    const volume = logVolumeOf(family, own);
    const ofRows = statistic?.logVolumes?.reduce((sum, one) => sum + one, 0) ?? 0;
    return {
      logDensity: noise.logDensity + volume + ofRows,
      flat: Float64Array.from(columns, (column, at) => Math.log(own.scale[at]) - volumes[column]),
      ...(statistic && { statistic: { shift: held.shift[statistic.at], scale: held.scale[statistic.at] } }),
      sizes: sizesOf(family, model, own, components, columns.length),
    };
  }
}

/** How large dense statistics are under the components, about, as they are held, `[dense]`. */
function sizesOf(
  family: Family,
  { linear }: PackedModel<Floats>,
  { shift, scale }: Scaling,
  components: Components,
  first: number,
): Float64Array {
  if (!linear?.common) return new Float64Array();
  const { means, variances } = sweptSpread(family, components);
  const width = shift.length;
  return new Float64Array(linear.dense).map((_, j) => {
    let size = 0;
    for (let at = first + j; at < means.length; at += width) {
      size = Math.max(size, Math.abs(means[at] - shift[first + j]) + Math.sqrt(variances[at]));
    }
    return size / scale[first + j];
  });
}
