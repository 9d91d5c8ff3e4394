/** What a run's record says of a fit: everything but seconds, adapters and notes, which differ between machines. */
import type { BackendRequest, DataInput, Fit, MissingPolicy, Mixture, TransportPlan } from '../../src/index.js';
import { Trace } from './encode.js';

/** Where a fit and what follows of it is computed. */
export interface Where {
  readonly backend: BackendRequest;
  readonly threads?: number;
}

export interface Reading extends Where {
  readonly missing?: MissingPolicy;
}

/** The fit, its plan, and what its mixture says of the same rows. */
export async function observed(fit: Fit, data: DataInput, reading: Reading): Promise<object> {
  return { ...ofFit(fit), plan: await ofPlan(fit.plan), rows: await ofRows(fit.mixture, data, reading) };
}

export function ofFit(fit: Fit): object {
  const { status, iterations, sweeps, objective, marginalError, criteria, judged, ridged, collapsed } = fit;
  const { precision, rows, dropped, constantColumns, repairs } = fit.diagnostics;
  return {
    status,
    iterations,
    sweeps,
    objective: new Trace(objective),
    marginalError,
    criteria,
    judged,
    ridged,
    collapsed,
    restarts: fit.restarts,
    diagnostics: { precision, rows, dropped, constantColumns, repairs },
    mixture: ofMixture(fit.mixture),
  };
}

export function ofMixture({ k, d, columns, parameters, weights, means, covariances }: Mixture): object {
  return { k, d, columns, parameters, weights, means, covariances };
}

/** Every entry of the plan, and both values of F. */
async function ofPlan(plan: TransportPlan): Promise<object> {
  const { weights, potential, mass, epsilon } = plan;
  const entries: number[] = [];
  const masses: number[] = [];
  for await (const { plan: block, rowMasses } of plan.rows()) {
    for (const value of block) entries.push(value);
    for (const value of rowMasses) masses.push(value);
  }
  return { weights, potential, mass, epsilon, entries, rowMasses: masses, duality: await plan.duality() };
}

export async function ofRows(mixture: Mixture, data: DataInput, reading: Reading): Promise<object> {
  return {
    labels: await mixture.predict(data, reading),
    proba: (await mixture.predictProba(data, reading)).data,
    density: await mixture.scoreSamples(data, reading),
    criteria: await mixture.criteria(data, reading),
  };
}
