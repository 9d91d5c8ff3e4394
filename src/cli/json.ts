import type { Fit } from '../fit/fit.js';
import type { Candidate, Selection } from '../fit/select.js';
import { version } from '../base/version.js';
import { haveMoments } from '../families/dense.js';
import type { Mixture } from '../mixture/mixture.js';

/** A fit as `--json` prints it; numbers in full float64 precision, covariances `[k][d][d]` whatever their type. */
export function fitJson(fit: Fit, seconds: Readonly<Record<string, number>>): Record<string, unknown> {
  const { mixture, criteria, diagnostics } = fit;
  const { backend, adapter, threads, precision, rows, dropped, constantColumns, repairs, notes } = diagnostics;
  return {
    n: rows,
    d: mixture.d,
    k: mixture.k,
    columns: mixture.columns,
    ...familyJson(mixture),
    parameters: mixture.parameters,
    ...criteria,
    weights: mixture.weights,
    ...parametersJson(mixture),
    iterations: fit.iterations,
    sweeps: fit.sweeps,
    marginalError: fit.marginalError,
    columnMasses: fit.plan.mass,
    status: fit.status,
    judged: fit.judged,
    ridged: fit.ridged,
    collapsed: fit.collapsed,
    objective: fit.objective,
    restarts: fit.restarts,
    repairs,
    constantColumns,
    dropped,
    notes,
    backend,
    adapter,
    threads,
    precision,
    seconds,
    version,
  };
}

/** Gaussians are told by their covariance type, others by name. */
function familyJson({ family }: Pick<Mixture, 'family'>): Record<string, unknown> {
  return haveMoments(family) ? { covariance: family.options.covariance } : { family: family.name, ...family.options };
}

function parametersJson(mixture: Mixture): Record<string, unknown> {
  if (!haveMoments(mixture.family)) return { components: mixture.components };
  return { means: mixture.means, covariances: mixture.covariances };
}

/** A choice among fits as `--json` prints it: every candidate, then the best one like a fit. */
export function selectionJson(
  { candidates, failures, best, criterion }: Selection,
  seconds: Readonly<Record<string, number>>,
): Record<string, unknown> {
  return {
    n: best.fit.diagnostics.rows,
    d: best.fit.mixture.d,
    columns: best.fit.mixture.columns,
    criterion,
    candidates: candidates.map(candidateJson),
    failures: failures.map(({ k, family, error }) => ({
      k,
      ...familyJson({ family }),
      message: error instanceof Error ? error.message : String(error),
    })),
    best: fitJson(best.fit, best.fit.diagnostics.seconds),
    seconds,
    version,
  };
}

function candidateJson({ k, family, fit }: Candidate): Record<string, unknown> {
  const { status, iterations, ridged, collapsed, criteria, mixture } = fit;
  return {
    k,
    ...familyJson({ family }),
    parameters: mixture.parameters,
    ...criteria,
    status,
    iterations,
    ridged,
    collapsed,
  };
}
