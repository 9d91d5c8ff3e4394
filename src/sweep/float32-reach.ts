import { linearColumns, type Floats, type PackedModel, type SoleQuadratic } from './model.js';

/** In what rows are held and swept. */
export type Precision = 'float32' | 'float64';

/** Half a unit in the last place of 1, in float32. */
const ROUNDING = 2 ** -24;
/**
 * How many of a component's own standard deviations rounding may move its rows: it adds a third of the square to
 * variances, 2e-5 of them.
 */
const BEARABLE = 2 ** -7;

/** A share of F, and nats at the least, that rounding may move logits by: an M-step can make ten times that of it. */
const TOLERABLE = 1e-7;

/** What is known besides a model. */
interface Surroundings {
  /** Variances of the quadratic terms' columns, `[k, d]`: then a component counts too that is narrow across its own columns. */
  readonly spread?: { readonly variances: Float64Array };
  /** F, nats; default of a row's columns, a nat each. */
  readonly objective?: number;
  /** How many times what is tolerable may be borne; default 1. */
  readonly leeway?: number | undefined;
}

/**
 * The first component that float32 can't tell rows of; undefined where there is none. Its rows move by more than is
 * bearable when they are rounded. It lies too many of its own standard deviations from where rows are held about, which an
 * estimate that is narrow does not by itself, but for a repair. Or its logits are sums of too large products.
 */
export function beyondFloat32(packed: PackedModel<Floats>, surroundings: Surroundings = {}): number | undefined {
  const { linear } = packed;
  const limit = (BEARABLE / ROUNDING) ** 2;
  const { spread, objective = linear ? linearColumns(linear) : 1, leeway = 1 } = surroundings;
  const tolerable = leeway * TOLERABLE * Math.max(1, Math.abs(objective));
  const alone = packed.quadratic.length === 1;
  for (let c = 0; c < packed.k; c++) {
    const reach = packed.quadratic.reduce(
      (sum, term) => sum + squaredReach({ k: packed.k, ...term }, c, alone ? spread?.variances : undefined),
      0,
    );
    const rounding = linear?.rounding?.[c] ?? 0;
    if (reach > limit || rounding === Infinity || rounding > tolerable) return c;
  }
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
