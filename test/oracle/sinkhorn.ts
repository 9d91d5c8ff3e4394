/**
 * Entropic and exact transport in plain float64, by the definitions: shares no code with src. Costs C `[n][m]`,
 * plans P of F = ⟨P, C⟩ + ε KL(P | a⊗b) + ρ_a KL(P1 | a) + ρ_b KL(Pᵀ1 | b), with KL(P|Q) = Σ P log(P/Q) − P + Q.
 */

export interface TransportProblem {
  readonly cost: readonly (readonly number[])[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly epsilon: number;
  /** Default Infinity. */
  readonly rhoA?: number;
  readonly rhoB?: number;
}

export interface TransportAnswer {
  readonly f: number[];
  readonly g: number[];
  readonly plan: number[][];
  /** ⟨P, C⟩ */
  readonly cost: number;
  /** F at P. */
  readonly objective: number;
}

const add = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const damped = (rho: number, epsilon: number): number => (rho === Infinity ? 1 : rho / (rho + epsilon));

/** −ε log Σ_j w_j exp((p_j − c_j)/ε) over the points with weight. */
function softmin(c: readonly number[], p: readonly number[], w: readonly number[], epsilon: number): number {
  const gaps = c.map((value, j) => (w[j] > 0 ? value - p[j] - epsilon * Math.log(w[j]) : Infinity));
  const least = Math.min(...gaps);
  return least - epsilon * Math.log(add(gaps.map((gap) => Math.exp((least - gap) / epsilon))));
}

/** Plain alternating iterations until no potential moves by more than 1e-13 of the largest, or 200,000 of them. */
export function entropicTransport(problem: TransportProblem): TransportAnswer {
  const { cost, a, b, epsilon, rhoA = Infinity, rhoB = Infinity } = problem;
  const columns = b.map((_, j) => cost.map((row) => row[j]));
  let f = a.map(() => 0);
  let g = b.map(() => 0);
  for (let iteration = 0; iteration < 200_000; iteration++) {
    f = cost.map((row) => damped(rhoA, epsilon) * softmin(row, g, b, epsilon));
    const next = columns.map((column) => damped(rhoB, epsilon) * softmin(column, f, a, epsilon));
    const moved = Math.max(...next.map((value, j) => Math.abs(value - g[j])));
    g = next;
    if (moved <= 1e-13 * Math.max(...g.map(Math.abs), epsilon)) break;
  }
  const plan = cost.map((row, i) => row.map((c, j) => a[i] * b[j] * Math.exp((f[i] + g[j] - c) / epsilon)));
  return {
    f,
    g,
    plan,
    cost: add(plan.map((row, i) => add(row.map((p, j) => p * cost[i][j])))),
    objective: objectiveOf(problem, plan),
  };
}

/** F of any plan, term by term. */
export function objectiveOf(
  { cost, a, b, epsilon, rhoA = Infinity, rhoB = Infinity }: TransportProblem,
  plan: readonly (readonly number[])[],
): number {
  const kl = (p: number, q: number): number => (p > 0 ? p * Math.log(p / q) - p + q : q);
  const rows = plan.map(add);
  const columns = b.map((_, j) => add(plan.map((row) => row[j])));
  const terms = plan.map((row, i) => add(row.map((p, j) => p * cost[i][j] + epsilon * kl(p, a[i] * b[j]))));
  const marginal = (rho: number, masses: number[], w: readonly number[]): number =>
    rho === Infinity || rho === 0 ? 0 : rho * add(masses.map((mass, at) => kl(mass, w[at])));
  return add(terms) + marginal(rhoA, rows, a) + marginal(rhoB, columns, b);
}

export const squaredDistances = (x: readonly (readonly number[])[], y: readonly (readonly number[])[]): number[][] =>
  x.map((row) => y.map((point) => add(point.map((value, k) => (row[k] - value) ** 2))));

/** The Sinkhorn divergence of two clouds, each term converged by itself. */
export function divergence(
  x: readonly (readonly number[])[],
  y: readonly (readonly number[])[],
  { a, b, epsilon, rho = Infinity }: { a: readonly number[]; b: readonly number[]; epsilon: number; rho?: number },
): number {
  const value = (u: typeof x, v: typeof x, p: readonly number[], q: readonly number[]): number =>
    entropicTransport({ cost: squaredDistances(u, v), a: p, b: q, epsilon, rhoA: rho, rhoB: rho }).objective;
  const excess = add(a) - add(b);
  return value(x, y, a, b) - value(x, x, a, a) / 2 - value(y, y, b, b) / 2 + (epsilon / 2) * excess ** 2;
}

/**
 * The least ⟨P, C⟩ over plans with uniform marginals 1/n, n ≤ 8: plans of that kind are mixtures of permutations
 * (Birkhoff), so the best of all permutations is the optimum.
 */
export function exactAssignment(cost: readonly (readonly number[])[]): number {
  const n = cost.length;
  const least = (row: number, free: readonly number[]): number =>
    row === n
      ? 0
      : Math.min(
          ...free.map(
            (j) =>
              cost[row][j] +
              least(
                row + 1,
                free.filter((k) => k !== j),
              ),
          ),
        );
  return (
    least(
      0,
      cost.map((_, j) => j),
    ) / n
  );
}
