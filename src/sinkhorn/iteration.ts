/** Why the iteration of a problem ended. */
export type SinkhornStatus = 'converged' | 'maxIterations' | 'precision' | 'aborted';

/** From the best to the worst. */
const order: readonly SinkhornStatus[] = ['converged', 'precision', 'maxIterations', 'aborted'];

export function worstOf(statuses: readonly SinkhornStatus[]): SinkhornStatus {
  return order[Math.max(...statuses.map((status) => order.indexOf(status)))];
}

/** One iteration of every problem: where the plain iteration goes from x, and what x itself is worth. */
export interface Evaluation {
  /** `[B, length]` */
  readonly reached: Float64Array;
  /** L1 error of the marginals at x, as a share of the mass, `[B]`. */
  readonly errors: Float64Array;
  /** What belongs to x, each `[B, its length]`, kept for the solution. */
  readonly kept: readonly Float64Array[];
}

/** Where the iteration stands. */
export interface IterationProgress {
  readonly iteration: number;
  /** The ε of this iteration: larger ones come first where it is scaled. */
  readonly epsilon: number;
  /** The largest L1 error of the marginals, as a share of the mass, and how many problems have not converged. */
  readonly error: number;
  readonly remaining: number;
}

export interface Iteration {
  readonly batches: number;
  /** Norm in which acceleration measures residuals, `[B, length]`. */
  readonly weights: Float64Array;
  /** The values of ε to go through; only at the last one is anything converged. */
  readonly epsilons: readonly number[];
  readonly tolerance: number;
  readonly minIterations?: number;
  readonly maxIterations: number;
  readonly accelerate: boolean;
  /** Unit roundoff of the softmins. */
  readonly roundoff: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: IterationProgress) => void) | undefined;
  evaluate: Evaluate;
  /** The same, less exact and in less time: to begin with. */
  readonly rough?: RoughIteration | undefined;
}

export type Evaluate = (x: Float64Array, epsilon: number) => Promise<Evaluation>;

export interface RoughIteration {
  readonly evaluate: Evaluate;
  /** The error of the marginals that rounding may make: under it there is nothing to gain. */
  readonly error: (epsilon: number) => number;
}

/** Where the iteration of one problem ended. */
export interface Ending {
  readonly status: SinkhornStatus;
  readonly iterations: number;
  readonly error: number;
  /** `[length]` */
  readonly x: Float64Array;
  readonly kept: readonly Float64Array[];
}
