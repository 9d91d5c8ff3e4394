import type { Fit } from '../fit/fit.js';
import type { Candidate, Selection } from '../fit/select.js';
import { version } from '../base/version.js';
import { haveMoments } from '../families/dense.js';
import type { Mixture } from '../mixture/mixture.js';

/**
 * A fit as `--json` prints it; numbers in full float64 precision, covariances `[k][d][d]` whatever their type. Gaussians
 * have means and covariances, others `components`, a block of parameters by name for each family. With noise, weights and
 * column masses have k + 1 entries, its own last.
 */
export function fitJson(fit: Fit, seconds: Readonly<Record<string, number>>): Record<string, unknown> {
  const { mixture, criteria, diagnostics } = fit;
  const { backend, adapter, threads, precision, rows, dropped, constantColumns, repairs, notes } = diagnostics;
  return {
    n: rows,
    d: mixture.d,
    k: mixture.k,
    columns: mixture.columns,
    ...levelsJson(mixture),
    ...familyJson(mixture),
    parameters: mixture.parameters,
    ...criteria,
    logPrior: fit.logPrior,
    weights: mixture.weights,
    ...(mixture.noise && { noise: mixture.noise }),
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

/** A name, and options by theirs: the covariance type of Gaussians, the factors of a product. */
function familyJson({ family }: Pick<Mixture, 'family'>): Record<string, unknown> {
  return { family: family.name, ...family.options };
}

/** `[d]`, null for columns without levels, in the order of their probabilities; left out where no column has any. */
function levelsJson({ levels }: Mixture): Record<string, unknown> {
  return levels.some((own) => own !== undefined) ? { levels: levels.map((own) => own ?? null) } : {};
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
