import type { Iterate } from './e-step.js';
import { beyondFloat32, type Precision } from '../sweep/float32-reach.js';

/** A fall of the objective that sweeps of a precision can just resolve, nats. */
const RESOLUTION: Readonly<Record<Precision, number>> = { float32: 1e-6, float64: 1e-12 };
/** Iterations without a fall by the tolerance before a fit that asks for more than that is done. */
const PATIENCE = 10;

/** Whether sweeps of this precision can tell a fall by the tolerance from none. */
export function resolves(precision: Precision, tolerance: number): boolean {
  return tolerance >= RESOLUTION[precision];
}

/** How F has fallen since it began to compare. */
export interface Descent {
  /** The least F that iterations were measured by, nats. */
  readonly best: number;
  /** Iterations since without a fall by the tolerance. */
  readonly waited: number;
}

export function beginning(objective: number): Descent {
  return { best: objective, waited: 0 };
}

/** `isProposed`: of an iteration that went where an accelerator led, whose small fall says nothing of EM's. */
export function afterIteration(
  { best, waited }: Descent,
  objective: number,
  { tolerance, isProposed = false }: { readonly tolerance: number; readonly isProposed?: boolean },
): Descent {
  if (best - objective > tolerance) return beginning(objective);
  return { best, waited: isProposed ? waited : waited + 1 };
}

/**
 * Whether F has stopped falling: no fall by more than the tolerance below the best F so far. Where the tolerance asks for
 * more than one sweep resolves, that must hold for several iterations, or rounding would decide.
 */
export function hasStopped({ waited }: Descent, tolerance: number, precision: Precision): boolean {
  return waited >= (resolves(precision, tolerance) ? 1 : PATIENCE);
}

/** A component that is finer than float32 holds rows where it lies; undefined where none is, and of float64 sweeps. */
export function finerThanRows(precision: Precision, iterate: Iterate, leeway?: number): number | undefined {
  if (precision === 'float64') return undefined;
  // A ridge is what it takes to be told from rounding.
  const ridged = iterate.repairs.find(({ kind }) => kind === 'ridge');
  const objective = iterate.objective - iterate.penalty;
  return ridged?.component ?? beyondFloat32(iterate.model.components, { objective, leeway });
}

/** Why there can be no float64 sweeps, and what to do, in words. */
export interface Settled {
  readonly reason: string;
  readonly remedy: string;
}

interface Limits {
  readonly tolerance: number;
  readonly leeway?: number | undefined;
  /** Left out where the rows can't be read again. */
  readonly settled?: Settled | undefined;
}

/** What rounding has decided of a run, and what to do, in a sentence; undefined where it has decided nothing. */
export function limitOf(
  precision: Precision,
  iterate: Iterate,
  { tolerance, stopped, leeway, settled }: Limits & { readonly stopped: boolean },
): string | undefined {
  if (precision === 'float64') return undefined;
  const { reason = 'the rows can not be read again for them', remedy } = settled ?? {};
  const or = remedy === undefined ? '' : `, or ${remedy}`;
  const component = finerThanRows(precision, iterate, leeway);
  if (component !== undefined) {
    return (
      `component ${component} is finer than float32 holds rows where it lies, and of float64 sweeps ${reason}: ` +
      `its covariance may be wrong; leave out what lies far from the others, fit a sample of the rows${or}`
    );
  }
  if (!stopped || resolves(precision, tolerance)) return undefined;
  const least = RESOLUTION[precision];
  return (
    `float32 sweeps tell no gain under ${least} nats, and of float64 sweeps ${reason}: ` +
    `the fit may have further to go; give a tolerance of ${least} or more${or}`
  );
}
