import { soleQuadratic, type Floats, type PackedModel, type SoleQuadratic } from './model.js';

/** In what rows are held and swept. */
export type Precision = 'float32' | 'float64';

/** Half a unit in the last place of 1, in float32. */
const ROUNDING = 2 ** -24;
/**
 * How many of a component's own standard deviations rounding may move its rows: it adds a third of the square to
 * variances, 2e-5 of them.
 */
const BEARABLE = 2 ** -7;

/**
 * The first component whose rows move by more than is bearable when they are rounded to float32; undefined where none
 * is. It lies too many of its own standard deviations from where rows are held about. With variances of its columns,
 * `[k, d]`, also one that is so narrow across its own columns: an estimate is not, but for a repair.
 */
export function beyondFloat32(
  packed: PackedModel<Floats>,
  spread?: { readonly variances: Float64Array },
): number | undefined {
  const limit = (BEARABLE / ROUNDING) ** 2;
  const term = soleQuadratic(packed);
  for (let c = 0; c < packed.k; c++) if (squaredReach(term, c, spread?.variances) > limit) return c;
  return undefined;
}

/** Σ_ij (μ_i² + σ_i²) W_ij², of a component: the squared size of its rows in its own deviations, were columns by themselves. */
function squaredReach(
  { form, d, means, whitening }: SoleQuadratic<Floats>,
  c: number,
  variances?: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < d; i++) {
    let row = 0;
    if (form === 'full' || form === 'tied') {
      const from = (form === 'tied' ? 0 : c * d * d) + i * d;
      for (let j = i; j < d; j++) row += whitening[from + j] ** 2;
    } else row = whitening[form === 'diag' ? c * d + i : c] ** 2;
    sum += (means[c * d + i] ** 2 + (variances?.[c * d + i] ?? 0)) * row;
  }
  return sum;
}
