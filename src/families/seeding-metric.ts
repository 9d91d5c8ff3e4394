import { linearWidth, type LinearShape, type PackedModel } from '../sweep/model.js';
import type { Scaling } from './scaling.js';

/** How likely a row of the level of a centre is, beside what all levels have alike. */
const SAME_LEVEL = 0.8;

/**
 * A model by which each row is nearest to the likeliest component: of dense statistics by the squared distance in units of
 * `variances`, of level columns by the number of those that differ. ‖y − c‖² is linear in y but for ‖y‖², which is common.
 * `rows`: the centres, `[k, D]`, as a shard has them.
 */
export function atDistances(
  shape: LinearShape,
  rows: Float64Array,
  variances: Float64Array,
  held: Scaling,
): PackedModel {
  const { dense, levels } = shape;
  const d = dense + levels.length;
  const k = rows.length / d;
  const width = linearWidth(shape);
  const natural = new Float32Array(k * width);
  const logNormalizers = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    let at = c * width;
    for (let j = 0; j < dense; j++) {
      const centre = rows[c * d + j];
      natural[at++] = centre / variances[j];
      logNormalizers[c] -= centre ** 2 / variances[j] / 2;
    }
    for (const [j, count] of levels.entries()) {
      const rest = (1 - SAME_LEVEL) / count;
      for (let level = 0; level < count; level++, at++) {
        natural[at] = Math.log(rest + (rows[c * d + dense + j] === level ? SAME_LEVEL : 0));
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
        const centre = own[rows[c * levels.length + j]];
        return Array.from(own, (position) => -((position - centre) ** 2) / (2 * units[j]));
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
