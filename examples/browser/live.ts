import { fitMixture, type Fit, type FitOptions, type GivenStart, type Progress } from 'otmix';
import { sourceOf, type Table } from './table.js';

/** An iteration of a fit that runs or ran. */
export interface Step {
  readonly objective: number;
  readonly epsilon: number;
  /** The mixture after it, computed when called. */
  readonly model: () => GivenStart;
  /** Rows read per second since the first iteration was done; NaN at the first. */
  readonly speed: number;
}

export interface Watching {
  readonly signal: AbortSignal;
  /** Called with what is being done, and with each iteration as it is done. */
  readonly onPhase: (progress: Progress) => void;
  readonly onStep: (step: Step) => void;
}

/** Fits a table and tells how it goes. Each iteration is taken for one sweep here: what `fit.sweeps` counts is more. */
export function fitLive(table: Table, options: FitOptions, { signal, onPhase, onStep }: Watching): Promise<Fit> {
  let first: number | undefined;
  const onProgress = (progress: Progress): void => {
    onPhase(progress);
    const { iteration, objective, epsilon, model } = progress;
    if (iteration === undefined || objective === undefined || epsilon === undefined || !model) return;
    first ??= performance.now();
    const speed = iteration > 1 ? (1000 * table.rows * (iteration - 1)) / (performance.now() - first) : NaN;
    onStep({ objective, epsilon, model, speed });
  };
  return fitMixture(sourceOf(table), { ...options, signal, onProgress });
}

/** Rows read per second over a whole fit. */
export function speedOf({ sweeps, diagnostics }: Fit): number {
  return (diagnostics.rows * sweeps) / diagnostics.seconds.fit;
}
