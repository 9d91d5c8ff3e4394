/**
 * The float64 oracle: the mathematics of one sweep, written to be read and checked by eye.
 * Shares no code with src; every other implementation is compared with this one.
 */

export type Covariance = 'full' | 'tied' | 'diag' | 'spherical';

/** weights [K] (sum 1), means [K][D], covariances [K][D][D] whatever the covariance type. */
export type OracleMixture = { weights: number[]; means: number[][]; covariances: number[][][] };

export type SweepOptions = {
  /** Temperature; 0 is hard assignment. */
  epsilon?: number;
  /** Dual potential of the components [K]; 0 unless given. */
  g?: number[];
};

/** Sums over the rows of a plan P, in nats and data units; they add over disjoint sets of rows. */
export type Moments = {
  /** The means μ [K][D] that `first` and `second` are about. */
  about: number[][];
  /** F = −ε Σ_i a_i log Σ_k w_k e^{(g_k − C_ik)/ε}, or Σ_i a_i min_k (C_ik − g_k) for ε = 0. */
  objective: number;
  /** Σ_i P_ik [K] */
  mass: number[];
  /** Σ_i P_ik (x_i − μ_k) [K][D] */
  first: number[][];
  /** Σ_i P_ik (x_i − μ_k)(x_i − μ_k)ᵀ [K][D][D] */
  second: number[][][];
  /** Σ_i a_i r_i r_iᵀ [K][K] */
  coupling: number[][];
};

export type Sweep = Moments & {
  /** r_ik = P_ik / a_i [n][K] */
  responsibilities: number[][];
  /** −(F's term of row i) [n]: log p(x_i) at ε = 1, g = 0. */
  logDensity: number[];
  /** argmax_k r_ik [n], the lowest k of equals. */
  labels: number[];
};

export const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
export const minus = (u: number[], v: number[]): number[] => u.map((value, j) => value - v[j]);
export const outer = (u: number[], v: number[]): number[][] => u.map((value) => v.map((other) => value * other));
const zeros = (rows: number, columns: number): number[][] => Array.from({ length: rows }, () => vector(columns));
const vector = (length: number, value = 0): number[] => Array.from({ length }, () => value);

/** The lower triangular L with L Lᵀ = S. */
export function cholesky(s: number[][]): number[][] {
  const l = zeros(s.length, s.length);
  for (let i = 0; i < s.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = s[i][j];
      for (let m = 0; m < j; m++) rest -= l[i][m] * l[j][m];
      if (i === j && !(rest > 0)) throw new Error(`cholesky: pivot ${i} is ${rest}, not positive`);
      l[i][j] = i === j ? Math.sqrt(rest) : rest / l[j][j];
    }
  }
  return l;
}

/** The y with L y = v, L lower triangular. */
export function forwardSolve(l: number[][], v: number[]): number[] {
  const y: number[] = [];
  for (let i = 0; i < v.length; i++) y.push((v[i] - sum(y.map((value, j) => l[i][j] * value))) / l[i][i]);
  return y;
}

/** log p(x_i | θ_k) = −(d log 2π + log|Σ_k| + ‖L_k⁻¹(x_i − μ_k)‖²)/2 with Σ_k = L_k L_kᵀ; [n][K], nats. */
export function logDensities(x: number[][], mixture: OracleMixture): number[][] {
  const factors = mixture.covariances.map(cholesky);
  const logDeterminants = factors.map((l) => 2 * sum(l.map((row, j) => Math.log(row[j]))));
  return x.map((row) =>
    mixture.means.map((mean, k) => {
      const y = forwardSolve(factors[k], minus(row, mean));
      return -0.5 * (row.length * Math.log(2 * Math.PI) + logDeterminants[k] + sum(y.map((value) => value * value)));
    }),
  );
}

/** log Σ e^{v_k} = max + log Σ e^{v_k − max} */
export function logSumExp(v: number[]): number {
  const max = Math.max(...v);
  return max + Math.log(sum(v.map((value) => Math.exp(value - max))));
}

/** Row weights 1/n. */
export const uniform = (n: number): number[] => vector(n, 1 / n);

/** The row's softmin: r_k ∝ w_k e^{(g_k − C_k)/ε} and −softmin; for ε = 0 all of r on argmin_k C_k − g_k. */
function assignRow(cost: number[], weights: number[], g: number[], epsilon: number): { r: number[]; value: number } {
  const gains = cost.map((c, k) => g[k] - c);
  if (epsilon === 0) {
    const value = Math.max(...gains);
    return { r: gains.map((_, k) => (k === gains.indexOf(value) ? 1 : 0)), value };
  }
  const exponents = gains.map((gain, k) => Math.log(weights[k]) + gain / epsilon);
  const total = logSumExp(exponents);
  return { r: exponents.map((exponent) => Math.exp(exponent - total)), value: epsilon * total };
}

/** One read of the data x [n][D] with row weights a [n] (sum 1; 1/n unless given): the plan and its moments. */
export function sweep(
  x: number[][],
  a: number[] | undefined,
  mixture: OracleMixture,
  { epsilon = 1, g = mixture.weights.map(() => 0) }: SweepOptions = {},
): Sweep {
  const rowWeights = a ?? uniform(x.length);
  const rows = logDensities(x, mixture).map((logs) =>
    assignRow(
      logs.map((log) => -log),
      mixture.weights,
      g,
      epsilon,
    ),
  );
  const responsibilities = rows.map((row) => row.r);
  const logDensity = rows.map((row) => row.value);
  return {
    ...moments(x, rowWeights, responsibilities, mixture.means),
    objective: -sum(logDensity.map((value, i) => rowWeights[i] * value)),
    responsibilities,
    logDensity,
    labels: responsibilities.map((r) => r.indexOf(Math.max(...r))),
  };
}

/** The sums of {@link Moments} for P_ik = a_i r_ik, about the means given; row by row, as written. */
function moments(x: number[][], a: number[], r: number[][], means: number[][]): Omit<Moments, 'objective'> {
  const [k, d] = [means.length, means[0].length];
  const mass = vector(k);
  const first = zeros(k, d);
  const second = means.map(() => zeros(d, d));
  const coupling = zeros(k, k);
  x.forEach((row, i) => {
    for (let c = 0; c < k; c++) {
      const p = a[i] * r[i][c];
      const difference = minus(row, means[c]);
      mass[c] += p;
      for (let j = 0; j < d; j++) first[c][j] += p * difference[j];
      for (let j = 0; j < d; j++) for (let m = 0; m < d; m++) second[c][j][m] += p * difference[j] * difference[m];
      for (let l = 0; l < k; l++) coupling[c][l] += p * r[i][l];
    }
  });
  return { about: means, mass, first, second, coupling };
}

/** P_ik = a_i r_ik [n][K]: the minimiser of {@link objectivePrimal} (less Σ m_k g_k) over plans with row sums a. */
export function plan(
  x: number[][],
  a: number[] | undefined,
  mixture: OracleMixture,
  options?: SweepOptions,
): number[][] {
  const rowWeights = a ?? uniform(x.length);
  return sweep(x, a, mixture, options).responsibilities.map((r, i) => r.map((value) => rowWeights[i] * value));
}

/** ⟨P, C⟩ + ε KL(P | a⊗w), KL(P|Q) = Σ P log(P/Q) − P + Q, in nats. */
export function objectivePrimal(
  p: number[][],
  x: number[][],
  a: number[] | undefined,
  mixture: OracleMixture,
  epsilon = 1,
): number {
  const rowWeights = a ?? uniform(x.length);
  const terms = logDensities(x, mixture).map((logs, i) =>
    logs.map((log, k) => {
      const q = rowWeights[i] * mixture.weights[k];
      const entropy = p[i][k] === 0 ? 0 : p[i][k] * Math.log(p[i][k] / q);
      return -log * p[i][k] + epsilon * (entropy - p[i][k] + q);
    }),
  );
  return sum(terms.flat());
}

/** min_c Σ_j ((x_ij − c_j)/s_j)² [n], the weights by which k-means++ draws its next centre; scales 1 unless given. */
export function kmeansPlusPlusDistances(x: number[][], centres: number[][], scales?: number[]): number[] {
  const squared = (row: number[], centre: number[]): number =>
    sum(minus(row, centre).map((difference, j) => (difference / (scales?.[j] ?? 1)) ** 2));
  return x.map((row) => Math.min(...centres.map((centre) => squared(row, centre))));
}
