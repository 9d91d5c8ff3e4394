/**
 * Rows that lack columns of a quadratic term, missing at random. They have the marginal of the columns that are there.
 * With the precision Q = W Wᵀ, log |Σ_oo| = log |Σ| + log |Q_mm|. Given these, the others differ from μ_m by B (x_o − μ_o) in
 * the mean, B = −Q_mm⁻¹ Q_mo, and have the covariance C = Q_mm⁻¹. Their differences completed by B have the same squared length once they
 * are whitened. Source: Little & Rubin, Statistical Analysis with Missing Data, 11.2. Of Student-t terms the same holds, by ν + e
 * for ν + d where e columns are there: rows are weighted by u, and what completes them, C, is not.
 */
import { isMatrix } from '../../../kernels/form.js';
import { logMinusDigamma, logRising } from '../../base/special/gamma.js';
import type { Floats, QuadraticTerm } from '../model.js';
import type { QuadraticMoments } from '../moments.js';
import { factorsOf, product, type GapFactors } from './gap-factors.js';

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;

/** What rows with one pattern of gaps have in common. */
export interface Gap {
  readonly missing: readonly number[];
  /** What the marginal's logarithm exceeds that of the whole by, but for the squares, `[k]`, nats. */
  readonly offsets: Float64Array;
  /** Σ_i P_ik of these rows, `[k]`: summed by those who sweep. */
  readonly mass: Float64Array;
  /** Of matrices, by component. */
  readonly factors: readonly GapFactors[];
}

/** The gaps of rows under a quadratic term, each looked at once. */
export class Gaps {
  private readonly found = new Map<string, Gap>();

  constructor(
    private readonly term: QuadraticTerm<Floats>,
    private readonly k: number,
  ) {}

  /** All that there have been. */
  all(): IterableIterator<Gap> {
    return this.found.values();
  }

  /** The gap of the row whose columns begin at `from`; undefined where nothing is missing. */
  of(values: ArrayLike<number>, from: number): Gap | undefined {
    const { d } = this.term;
    const missing: number[] = [];
    for (let j = 0; j < d; j++) if (Number.isNaN(values[from + j])) missing.push(j);
    if (missing.length === 0) return undefined;
    const key = missing.join();
    const gap = this.found.get(key) ?? gapOf(this.term, this.k, missing);
    this.found.set(key, gap);
    return gap;
  }

  /** Writes z_k = δ_k W_k, `[k, d]`, of the differences from μ_k, completed where they are missing. */
  whiten({ missing, factors }: Gap, values: ArrayLike<number>, from: number, z: Float64Array): void {
    const { form, d, means, whitening } = this.term;
    const difference = new Float64Array(d);
    for (let c = 0; c < this.k; c++) {
      const at = c * d;
      for (let j = 0; j < d; j++) difference[j] = Number.isNaN(values[from + j]) ? 0 : values[from + j] - means[at + j];
      if (!isMatrix(form)) {
        for (let j = 0; j < d; j++) z[at + j] = difference[j] * whitening[form === 'diag' ? at + j : c];
        continue;
      }
      const { b } = factors[form === 'tied' ? 0 : c];
      const filled = missing.map((_, i) => product(b.subarray(i * d, (i + 1) * d), difference));
      missing.forEach((column, i) => (difference[column] = filled[i]));
      const factor = form === 'tied' ? 0 : at * d;
      for (let j = 0; j < d; j++) {
        let sum = 0;
        for (let i = 0; i <= j; i++) sum += difference[i] * whitening[factor + i * d + j];
        z[at + j] = sum;
      }
    }
  }

  /** Adds what sums of completed rows lack: of matrices mass · C; of others it is noted what mass lacks a column. */
  complete(sums: QuadraticMoments): void {
    if (this.found.size === 0) return;
    const { form, d, degrees } = this.term;
    if (degrees) for (const gap of this.all()) addDegrees(sums, gap, degrees, d);
    if (isMatrix(form)) {
      for (const gap of this.all()) addCovariances(sums, gap, form === 'tied', d);
      return;
    }
    if (degrees) {
      for (const gap of this.all()) addVariances(sums, gap, d);
      return;
    }
    const missing = new Float64Array(this.k * d);
    for (const gap of this.all()) {
      for (let c = 0; c < this.k; c++) for (const j of gap.missing) missing[c * d + j] += gap.mass[c];
    }
    sums.missing = missing;
  }
}

function gapOf(term: QuadraticTerm<Floats>, k: number, missing: readonly number[]): Gap {
  const { flat } = term;
  const gap = gapOfWidths(term, flat ? k - 1 : k, missing);
  if (!flat) return gap;
  // The last component has no width: its rows lack what it has of their columns.
  const nothing = new Float64Array(missing.length * term.d);
  const offset = missing.reduce((sum, j) => sum - flat[j], 0);
  return {
    ...gap,
    offsets: Float64Array.of(...gap.offsets, offset),
    mass: new Float64Array(k),
    factors: isMatrix(term.form) ? [...gap.factors, { y: nothing, b: nothing }] : [],
  };
}

function gapOfWidths(term: QuadraticTerm<Floats>, k: number, missing: readonly number[]): Gap {
  const { form, d, whitening } = term;
  const mass = new Float64Array(k);
  const constants = constantsOf(term, k, missing.length);
  if (!isMatrix(form)) {
    const offsets = constants.map((constant, c) =>
      missing.reduce((sum, j) => sum - Math.log(whitening[form === 'diag' ? c * d + j : c]), constant),
    );
    return { missing, offsets, mass, factors: [] };
  }
  const own = Array.from({ length: form === 'tied' ? 1 : k }, (_, c) =>
    factorsOf(whitening.subarray(c * d * d, (c + 1) * d * d), d, missing),
  );
  const offsets = constants.map((constant, c) => constant - own[form === 'tied' ? 0 : c].logDeterminant);
  return { missing, offsets, mass, factors: own };
}

/** What the constants of log-densities are more by of m columns less, `[k]`, but for what scales have to do with it. */
export function constantsOf(
  { d, degrees }: Pick<QuadraticTerm<Floats>, 'd' | 'degrees'>,
  k: number,
  m: number,
): Float64Array {
  const constants = new Float64Array(k).fill(m * HALF_LOG_TWO_PI);
  return constants.map((gaussian, c) => {
    const nu = degrees?.[c] ?? Infinity;
    return nu < Infinity ? (m / 2) * Math.log(nu * Math.PI) - logRising((nu + d - m) / 2, m / 2) : gaussian;
  });
}

/** Adds mass_k of columns that are missing: whitened variances are 1. */
function addVariances({ second }: QuadraticMoments, { mass, missing }: Gap, d: number): void {
  mass.forEach((held, c) => missing.forEach((j) => (second[c * d + j] += held)));
}

/** Adds what degrees of freedom are estimated by besides. */
function addDegrees({ radial }: QuadraticMoments, { mass, missing }: Gap, degrees: Float64Array, d: number): void {
  degrees.forEach((nu, c) => {
    if (radial) radial.logarithm[c] += mass[c] * lessOfDegrees(nu, d, missing.length);
  });
}

/** What ψ((ν + e)/2) − log ((ν + e)/2) of e = d − m columns is more than that of all d. */
export function lessOfDegrees(nu: number, d: number, m: number): number {
  return nu === Infinity ? 0 : logMinusDigamma((nu + d) / 2) - logMinusDigamma((nu + d - m) / 2);
}

/** Adds mass_k Yᵀ Y. */
function addCovariances(
  { second }: QuadraticMoments,
  { mass, factors, missing }: Gap,
  shared: boolean,
  d: number,
): void {
  const m = missing.length;
  for (let c = 0; c < mass.length; c++) {
    const { y } = factors[shared ? 0 : c];
    const into = shared ? 0 : c * d * d;
    for (let p = 0; p < m; p++) {
      for (let i = 0; i < d; i++) {
        const scaled = mass[c] * y[p * d + i];
        if (scaled !== 0) for (let j = 0; j < d; j++) second[into + i * d + j] += scaled * y[p * d + j];
      }
    }
  }
}
