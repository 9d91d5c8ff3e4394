/** The float64 oracle: M-step, EM and selection criteria, on top of the sweep. */
import { type Covariance, type Moments, type OracleMixture, outer, sum, sweep } from './sweep.js';

const plus = (u: number[], v: number[]): number[] => u.map((value, j) => value + v[j]);
const normalised = (v: number[]): number[] => {
  const total = sum(v);
  return v.map((value) => value / total);
};
const mapMatrix = (s: number[][], f: (value: number, i: number, j: number) => number): number[][] =>
  s.map((row, i) => row.map((value, j) => f(value, i, j)));

/**
 * The mixture with its covariances brought to a type, as maximum likelihood would: tied is Σ_k w_k Σ_k / Σ_k w_k for
 * every component, diag the diagonals, spherical the mean of the diagonal times I.
 */
export function constrain(mixture: OracleMixture, covariance: Covariance): OracleMixture {
  const { weights, covariances } = mixture;
  const diagonal = (s: number[][]): number[][] => mapMatrix(s, (value, i, j) => (i === j ? value : 0));
  const trace = (s: number[][]): number => sum(s.map((row, j) => row[j]));
  const isotropic = (s: number[][]): number[][] => mapMatrix(s, (_, i, j) => (i === j ? trace(s) / s.length : 0));
  const pooled = mapMatrix(
    covariances[0],
    (_, i, j) => sum(covariances.map((s, k) => weights[k] * s[i][j])) / sum(weights),
  );
  const constrained = {
    full: () => covariances,
    tied: () => covariances.map(() => pooled),
    diag: () => covariances.map(diagonal),
    spherical: () => covariances.map(isotropic),
  };
  return { ...mixture, covariances: constrained[covariance]() };
}

/**
 * Weighted maximum likelihood from the moments, δ_k = first_k / mass_k:
 * w_k = mass_k / Σ mass, μ_k + δ_k, Σ_k = second_k / mass_k − δ_k δ_kᵀ, constrained, plus
 * regularization on the diagonals.
 */
export function mStep(
  moments: Pick<Moments, 'about' | 'mass' | 'first' | 'second'>,
  covariance: Covariance,
  regularization = 0,
): OracleMixture {
  const { about, mass, first, second } = moments;
  const empty = mass.findIndex((m) => !(m > 0));
  if (empty >= 0) throw new Error(`mStep: component ${empty} has mass ${mass[empty]}, not positive`);
  const shifts = first.map((row, k) => row.map((value) => value / mass[k]));
  const estimate = constrain(
    {
      weights: normalised(mass),
      means: about.map((mean, k) => plus(mean, shifts[k])),
      covariances: second.map((s, k) => {
        const square = outer(shifts[k], shifts[k]);
        return mapMatrix(s, (value, i, j) => value / mass[k] - square[i][j]);
      }),
    },
    covariance,
  );
  const ridged = (s: number[][]): number[][] => mapMatrix(s, (value, i, j) => value + (i === j ? regularization : 0));
  return { ...estimate, covariances: estimate.covariances.map(ridged) };
}

export type EmOptions = {
  covariance: Covariance;
  regularization?: number;
  epsilon?: number;
  /** Row weights [n], any positive sum. */
  weights?: number[] | undefined;
  maxIterations: number;
  /** Stop when F falls by less in one iteration, nats. −Infinity runs every iteration. */
  tolerance: number;
};

/**
 * A sweep at the start, then (M-step, sweep, push F) until F falls by less than the tolerance: objective [iterations],
 * its last element F at the mixture returned.
 */
export function em(
  x: number[][],
  start: OracleMixture,
  options: EmOptions,
): { mixture: OracleMixture; objective: number[] } {
  const { covariance, regularization = 0, epsilon = 1, maxIterations, tolerance } = options;
  const a = options.weights && normalised(options.weights);
  let mixture = start;
  let current = sweep(x, a, mixture, { epsilon });
  const objective: number[] = [];
  while (objective.length < maxIterations) {
    const before = current.objective;
    mixture = mStep(current, covariance, regularization);
    current = sweep(x, a, mixture, { epsilon });
    objective.push(current.objective);
    if (before - current.objective < tolerance) break;
  }
  return { mixture, objective };
}

/** ℓ = Σ_i log Σ_k w_k p(x_i | θ_k), nats. */
export const logLikelihood = (x: number[][], mixture: OracleMixture): number =>
  sum(sweep(x, undefined, mixture).logDensity);

/** Free parameters p: K − 1 weights, K d means, and the covariances. */
export function parameterCount(covariance: Covariance, k: number, d: number): number {
  const perType = { full: (k * d * (d + 1)) / 2, tied: (d * (d + 1)) / 2, diag: k * d, spherical: k };
  return k - 1 + k * d + perType[covariance];
}

const parametersOf = ({ means }: OracleMixture, covariance: Covariance): number =>
  parameterCount(covariance, means.length, means[0].length);

/** −2ℓ + p log n; lower is better. */
export const bic = (x: number[][], mixture: OracleMixture, covariance: Covariance): number =>
  -2 * logLikelihood(x, mixture) + parametersOf(mixture, covariance) * Math.log(x.length);

/** −2ℓ + 2p; lower is better. */
export const aic = (x: number[][], mixture: OracleMixture, covariance: Covariance): number =>
  -2 * logLikelihood(x, mixture) + 2 * parametersOf(mixture, covariance);

/** bic − 2 Σ_i log max_k r_ik; lower is better. */
export const icl = (x: number[][], mixture: OracleMixture, covariance: Covariance): number =>
  bic(x, mixture, covariance) -
  2 * sum(sweep(x, undefined, mixture).responsibilities.map((r) => Math.log(Math.max(...r))));
