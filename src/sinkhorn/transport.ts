import type { Tensor } from '@tensorflow/tfjs';
import { InputError } from '../base/errors.js';
import type { NestedNumbers } from '../tensors/check.js';
import { applied, planOf, type Solved, type TransportValues } from './apply.js';
import type { Side } from '../geometry/geometry.js';
import { worstOf, type SinkhornStatus } from './iterate.js';
import type { ShapedArray, SinkhornNumbers } from './numbers.js';

/**
 * Solved problems: P_ij = a_i b_j exp((f_i + g_j − C_ij)/ε), `[n, m]`, of each. Potentials are in the units of the
 * costs. Where both marginals are prescribed they are given up to a constant, so chosen that ⟨a, f⟩ = ⟨b, g⟩.
 */
export class Transport {
  /** f, `[n]` or `[B, n]`, and g, `[m]` or `[B, m]`, row-major. */
  readonly f: Float64Array;
  readonly g: Float64Array;
  /** `[n, m]` or `[B, n, m]` */
  readonly shape: readonly number[];
  readonly epsilon: number;
  /** The worst of `statuses`, which has one of each problem. */
  readonly status: SinkhornStatus;
  readonly statuses: readonly SinkhornStatus[];
  /** Iterations of each problem, those at larger ε included. */
  readonly iterations: readonly number[];
  /** ⟨P, C⟩ of each problem. */
  readonly costs: Float64Array;
  /** ⟨P, C⟩ + ε KL(P | a⊗b) + ρ_a KL(P1 | a) + ρ_b KL(Pᵀ1 | b) of each problem, by its dual, which is never more. */
  readonly objectives: Float64Array;
  /** L1 errors of either side's marginal, as shares of its mass: from a and b, or from what is best at the given ρ. */
  readonly marginalErrors: Readonly<Record<Side, Float64Array>>;
  /** Row sums P1 and column sums Pᵀ1 of each plan. */
  readonly masses: Readonly<Record<Side, Float64Array>>;
  readonly backend: string;
  readonly precision: 'float32' | 'float64';

  constructor(private readonly solved: Solved) {
    const { sizes, f, g, epsilon, statuses, iterations, costs, objectives, errors, masses, backend } = solved;
    const { batched, batches, n, m } = sizes;
    this.f = f;
    this.g = g;
    this.epsilon = epsilon;
    this.shape = batched ? [batches, n, m] : [n, m];
    this.statuses = statuses;
    this.status = worstOf(statuses);
    this.iterations = iterations;
    this.costs = costs;
    this.objectives = objectives;
    this.marginalErrors = errors;
    this.masses = masses;
    this.backend = backend;
    this.precision = solved.geometries[0].precision;
  }

  /** ⟨P, C⟩ of the only problem; throws `InputError` where there are several. */
  get cost(): number {
    return this.only('cost', this.costs);
  }

  /** The objective of the only problem; throws `InputError` where there are several. */
  get objective(): number {
    return this.only('objective', this.objectives);
  }

  /** What to do about a status other than 'converged'; else empty. */
  get remedy(): string {
    const error = Math.max(...this.marginalErrors.a, ...this.marginalErrors.b).toPrecision(2);
    switch (this.status) {
      case 'converged':
        return '';
      case 'precision':
        return (
          `${this.precision} resolves these marginals to ${error} of the mass at this epsilon; ` +
          (this.precision === 'float32'
            ? "give arrays with backend: 'cpu', which is float64, or raise epsilon or the tolerance"
            : 'raise epsilon or the tolerance')
        );
      case 'maxIterations':
        return `the marginals are off by ${error} of the mass; raise maxIterations or epsilon, or start from this solution`;
      case 'aborted':
        return `the marginals are off by ${error} of the mass; start from this solution to go on`;
      default:
        return this.status satisfies never;
    }
  }

  /** P, `[n, m]` or `[B, n, m]`, of costs as float32 where `precision` says so. The only thing here of that size. */
  async plan(): Promise<TransportValues> {
    return { data: await planOf(this.solved), shape: this.shape };
  }

  /** P v, without P: v `[m]` or `[m, p]` → `[n]` or `[n, p]`, a batch in front of both where there is one. */
  apply(v: Tensor): Promise<Tensor>;
  apply(v: NestedNumbers | ShapedArray): Promise<TransportValues>;
  apply(v: SinkhornNumbers): Promise<Tensor | TransportValues> {
    return applied(this.solved, 'a', v);
  }

  /** Pᵀ u, without P: u `[n]` or `[n, p]` → `[m]` or `[m, p]`, a batch in front of both where there is one. */
  applyTransposed(u: Tensor): Promise<Tensor>;
  applyTransposed(u: NestedNumbers | ShapedArray): Promise<TransportValues>;
  applyTransposed(u: SinkhornNumbers): Promise<Tensor | TransportValues> {
    return applied(this.solved, 'b', u);
  }

  /** Frees what lies on a device; afterwards there is no `plan` and no `apply`. Nothing to do on the CPU. */
  dispose(): void {
    for (const geometry of this.solved.geometries) geometry.dispose();
  }

  private only(name: string, values: Float64Array): number {
    if (values.length === 1) return values[0];
    throw new InputError('shape', {
      where: `sinkhorn: ${name}`,
      expected: 'one problem',
      got: String(values.length),
      remedy: `read ${name}s, which has one of each`,
    });
  }
}
