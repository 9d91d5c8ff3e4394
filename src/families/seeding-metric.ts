import { linearWidth, type PackedModel } from '../sweep/model.js';
import { masksOf } from './gaps.js';
import { linearShape, type Blocks } from './linear-term.js';
import type { Scaling } from './scaling.js';

/** How likely a row of the level of a centre is, beside what all levels have alike. */
const SAME_LEVEL = 0.8;

/**
 * A model by which each row is nearest to the likeliest component. Dense statistics count by their squared distance in units
 * of `variances`, level columns by whether they differ. ‖y − c‖² is linear in y but for ‖y‖², which is common.
 * What a row or a centre lacks counts as no distance. `rows`: the centres, `[k, D]`, as a shard has them.
 */
export function atDistances(blocks: Blocks, rows: Float64Array, variances: Float64Array, held: Scaling): PackedModel {
  const shape = linearShape(blocks);
  const { dense, levels } = shape;
  const d = dense + levels.length;
  const k = rows.length / d;
  const width = linearWidth(shape);
  const masks = masksOf(blocks);
  const natural = new Float32Array(k * width);
  const logNormalizers = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    const centre = rows.subarray(c * d, (c + 1) * d);
    const own = natural.subarray(c * width, (c + 1) * width);
    for (let j = 0; j < dense; j++) {
      const mask = masks?.[j];
      if (mask === undefined) {
        own[j] = centre[j] / variances[j];
        logNormalizers[c] -= centre[j] ** 2 / variances[j] / 2;
      } else if (mask >= 0) logNormalizers[c] += masked(own, centre, j, mask, variances, held);
    }
    let at = dense;
    for (const [j, count] of levels.entries()) {
      const same = centre[dense + j] < 0 ? 0 : SAME_LEVEL;
      const rest = (1 - same) / count;
      for (let level = 0; level < count; level++, at++) {
        own[at] = Math.log(rest + (centre[dense + j] === level ? same : 0));
      }
    }
  }
  return { k, logNormalizers, quadratic: [], linear: { ...shape, natural, held } };
}

/**
 * The same of columns that are levels on a line, at these positions: by the squared distance, columns in units of the
 * variance of their positions. `rows`: the centres, as indices of levels, `[k, D]`.
 */
export function squaredDistances(positions: readonly Float64Array[], rows: Float64Array): PackedModel {
  const levels = positions.map(({ length }) => length);
  const k = rows.length / levels.length;
  const units = positions.map(varianceOf);
  const natural = Float32Array.from(
    Array.from({ length: k }, (_, c) =>
      positions.flatMap((own, j) => {
        const centre = own.at(rows[c * levels.length + j]);
        const missing = rows[c * levels.length + j] < 0 || centre === undefined;
        return Array.from(own, (position) => (missing ? 0 : -((position - centre) ** 2) / (2 * units[j])));
      }),
    ).flat(),
  );
  return { k, logNormalizers: new Float64Array(k), quadratic: [], linear: { dense: 0, levels, natural } };
}

/** 1 where all are alike. */
function varianceOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length || 1;
}

/** −m (T − c)²/(2 v) but for m T², of m and m T as they are held. Returns what is the same in every row. */
function masked(
  own: Float32Array,
  centre: Float64Array,
  j: number,
  mask: number,
  variances: Float64Array,
  { shift, scale }: Scaling,
): number {
  if (shift[mask] + scale[mask] * centre[mask] < 0.5) return 0;
  const c = shift[j] + scale[j] * centre[j];
  const variance = variances[j] * scale[j] ** 2;
  own[j] = (scale[j] * c) / variance;
  own[mask] -= (scale[mask] * c * c) / variance / 2;
  return (shift[j] * c) / variance - (shift[mask] * c * c) / variance / 2;
}
