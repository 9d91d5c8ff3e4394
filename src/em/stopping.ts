import type { EStep, State } from './e-step.js';
import { beyondFloat32, type Precision } from '../sweep/float32-reach.js';

/** A fall of the objective that sweeps of a precision can just resolve, nats. */
const RESOLUTION: Readonly<Record<Precision, number>> = { float32: 1e-6, float64: 1e-12 };
/** Iterations without a fall by the tolerance before a fit that asks for more than that is done. */
const PATIENCE = 10;

/** Whether sweeps of this precision can tell a fall by the tolerance from none. */
export function resolves(precision: Precision, tolerance: number): boolean {
  return tolerance >= RESOLUTION[precision];
}

/**
 * Says whether F has stopped falling: no fall by more than the tolerance below the best F so far. Where the tolerance
 * asks for more than one sweep resolves, that must hold for several iterations, or rounding would decide.
 */
export function convergence(tolerance: number, first: number, precision: Precision): (objective: number) => boolean {
  const patience = resolves(precision, tolerance) ? 1 : PATIENCE;
  let best = first;
  let waited = 0;
  return (objective) => {
    if (best - objective > tolerance) {
      best = objective;
      waited = 0;
      return false;
    }
    return ++waited >= patience;
  };
}

/** A component that is finer than float32 holds rows where it lies; undefined where none is, and of float64 sweeps. */
export function finerThanRows({ precision }: Pick<EStep, 'precision'>, state: State): number | undefined {
  if (precision === 'float64') return undefined;
  // A ridge is what it takes to be told from rounding.
  const ridged = state.repairs.find(({ kind }) => kind === 'ridge');
  return ridged?.component ?? beyondFloat32(state.model.components);
}

/** What rounding has decided of a run, and what to do, in a sentence; undefined where it has decided nothing. */
export function limitOf(
  step: Pick<EStep, 'precision'>,
  state: State,
  { tolerance, stopped }: { readonly tolerance: number; readonly stopped: boolean },
): string | undefined {
  if (step.precision === 'float64') return undefined;
  const tooMany = 'and the rows are too many for float64 sweeps';
  const component = finerThanRows(step, state);
  if (component !== undefined) {
    return (
      `component ${component} is finer than float32 holds rows where it lies, ${tooMany}: ` +
      'its covariance may be wrong; fit a sample of the rows, or leave out what lies far from them'
    );
  }
  if (!stopped || resolves(step.precision, tolerance)) return undefined;
  const least = RESOLUTION[step.precision];
  return `float32 sweeps tell no gain under ${least} nats, ${tooMany}: the fit may have further to go; give a tolerance of ${least} or more`;
}
