/**
 * The float64 oracle of prescribed marginals: plain Sinkhorn steps on a cost matrix, and EM whose E-step is such a
 * solve. Slow and simple: no Newton, no acceleration.
 */
import { constrain, mStep, type EmOptions } from './em.js';
import { type OracleMixture, logDensities, logSumExp, outer, sum, uniform, minus } from './sweep.js';

export type Transport = {
  /** P [n][K]. */
  plan: number[][];
  /** Dual potential of the columns [K], Σ_k b_k g_k = 0 where only differences matter. */
  g: number[];
  /** ⟨P, C⟩ + ε KL(P | a⊗b) + ρ KL(m | b), nats. */
  objective: number;
  /** ⟨P, C⟩ */
  cost: number;
  /** Column masses m [K]. */
  mass: number[];
  iterations: number;
};

const kl = (p: number, q: number): number => (p > 0 ? p * Math.log(p / q) : 0) - p + q;

/**
 * min over P with P1 = a of ⟨P, C⟩ + ε KL(P | a⊗b), and Pᵀ1 = b (ρ = ∞) or + ρ KL(Pᵀ1 | b): the fixed point of
 * g ← τ (g + ε (log b − log m)), τ = ρ/(ρ + ε), to a change of g below 1e-13.
 */
export function transport(
  cost: number[][],
  a: number[],
  b: number[],
  { epsilon = 1, rho = Infinity, from = b.map(() => 0) }: { epsilon?: number; rho?: number; from?: number[] } = {},
): Transport {
  const tau = rho === Infinity ? 1 : rho / (rho + epsilon);
  let g = from;
  for (let iterations = 0; ; iterations++) {
    const plan = cost.map((row, i) => {
      const exponents = row.map((c, k) => Math.log(b[k]) + (g[k] - c) / epsilon);
      const total = logSumExp(exponents);
      return exponents.map((exponent) => a[i] * Math.exp(exponent - total));
    });
    const mass = b.map((_, k) => sum(plan.map((row) => row[k])));
    const next = g.map((value, k) => tau * (value + epsilon * (Math.log(b[k]) - Math.log(mass[k]))));
    const change = Math.max(...next.map((value, k) => Math.abs(value - g[k])));
    if (change < 1e-13 || iterations === 200_000) {
      const moved = sum(plan.map((row, i) => sum(row.map((p, k) => p * cost[i][k]))));
      const entropy = sum(plan.map((row, i) => sum(row.map((p, k) => kl(p, a[i] * b[k])))));
      const penalty = rho === Infinity ? 0 : rho * sum(mass.map((m, k) => kl(m, b[k])));
      const shift = rho === Infinity ? sum(b.map((share, k) => share * g[k])) : 0;
      return {
        plan,
        g: g.map((value) => value - shift),
        objective: moved + epsilon * entropy + penalty,
        cost: moved,
        mass,
        iterations,
      };
    }
    g = next;
  }
}

export type SinkhornEmOptions = Omit<EmOptions, 'tolerance'> & { proportions: number[]; rho?: number };

/** EM with prescribed proportions: F after each iteration, at an exact plan. */
export function sinkhornEm(
  x: number[][],
  start: OracleMixture,
  { proportions, rho, covariance, regularization = 0, epsilon, weights, maxIterations }: SinkhornEmOptions,
): { mixture: OracleMixture; objective: number[]; last: Transport } {
  const total = weights && sum(weights);
  const a = weights && total ? weights.map((weight) => weight / total) : uniform(x.length);
  const solve = (mixture: OracleMixture, from?: number[]): Transport =>
    transport(
      logDensities(x, mixture).map((row) => row.map((log) => -log)),
      a,
      proportions,
      { ...(epsilon === undefined ? {} : { epsilon }), ...(rho === undefined ? {} : { rho }), ...(from && { from }) },
    );
  let mixture = { ...constrain(start, covariance), weights: proportions };
  let last = solve(mixture);
  const objective: number[] = [];
  while (objective.length < maxIterations) {
    const { means: about } = mixture;
    const first = about.map((mean, k) =>
      mean.map((_, j) => sum(x.map((row, i) => last.plan[i][k] * (row[j] - mean[j])))),
    );
    const second = about.map((mean, k) => {
      const s = mean.map(() => mean.map(() => 0));
      x.forEach((row, i) =>
        outer(minus(row, mean), minus(row, mean)).forEach((line, p) =>
          line.forEach((value, q) => (s[p][q] += last.plan[i][k] * value)),
        ),
      );
      return s;
    });
    const estimate = mStep({ about, mass: last.mass, first, second }, covariance, regularization);
    mixture = { ...estimate, weights: proportions };
    last = solve(mixture, last.g);
    objective.push(last.objective);
  }
  return { mixture, objective, last };
}
