import { basename } from 'node:path';
import { isQuery } from '../data/files/paths.js';
import { InputError } from '../base/errors.js';
import type { Fit } from '../fit/fit.js';
import type { Mixture } from '../mixture/mixture.js';
import type { Selection } from '../fit/select.js';
import { haveMoments } from '../families/dense.js';
import type { ComponentInput, CovarianceType, ReportInput } from '../report/input.js';
import { version } from '../base/version.js';
import type { DataFlags, FitFlags, ResultFlags } from './flags.js';
import { kindOf } from './candidates.js';
import { dataOf, type ReportSample } from './report-sample.js';
import { warnings } from './warnings.js';

/** What a report is made of, beside the fit. */
export interface ReportParts {
  readonly spec: string;
  readonly flags: DataFlags & FitFlags & ResultFlags;
  readonly sample: ReportSample;
  readonly seconds: Readonly<Record<string, number>>;
  readonly selection?: Selection;
}

/**
 * Renders the report of a fit as HTML. What a user may choose of it has been checked by now: whatever it refuses is a
 * fault of ours.
 */
export async function reportOf(fit: Fit, parts: ReportParts): Promise<string> {
  const { renderReport } = await import('../report/index.js');
  try {
    return await renderReport(await reportInput(fit, parts));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new Error(`the report refused the fit: ${error.message}`, { cause: error });
  }
}

async function reportInput(fit: Fit, { spec, flags, sample, seconds, selection }: ReportParts): Promise<ReportInput> {
  const { mixture, diagnostics } = fit;
  const { rows, ...drawn } = sample.taken(mixture);
  const asked = { backend: flags.backend as 'auto' };
  const gapped = flags.missing === 'model';
  const labels = await mixture.predict(dataOf(rows, mixture), { ...asked, ...(gapped && { missing: 'model' }) });
  const gaps = gapped && (await gapsOf(mixture, sample, { rows, ...asked }));
  return {
    title: titleOf(spec),
    source: spec.trim().replace(/\s+/g, ' ') + (flags.every > 1 ? `, one row in ${flags.every}` : ''),
    columns: mixture.columns,
    n: diagnostics.rows,
    d: mixture.d,
    k: mixture.k,
    ...familyOf(mixture),
    weights: mixture.weights.slice(0, mixture.k),
    ...(mixture.noise && { noise: { weight: mixture.weights[mixture.k], ranges: mixture.noise.ranges } }),
    objective: fit.objective,
    status: fit.status,
    iterations: fit.iterations,
    sweeps: fit.sweeps,
    tolerance: flags.tolerance,
    marginal: flags.marginal,
    criteria: fit.criteria,
    ...(fit.logPrior !== undefined && { logPrior: fit.logPrior }),
    restarts: fit.restarts.map((one, index) => ({ ...one, start: index + 1 })),
    diagnostics: { ...diagnostics, repairs: diagnostics.repairs.map(repairLine), seconds },
    notes: warnings(fit),
    dropped: diagnostics.dropped,
    constantColumns: diagnostics.constantColumns,
    options: optionsOf(mixture, flags),
    ...(mixture.provenance?.command !== undefined && { command: mixture.provenance.command }),
    model: mixture.toJSON(),
    sample: { rows, labels, ...drawn },
    ...(gaps && { gaps }),
    ...(flags.dimensions && { dimensions: flags.dimensions }),
    ...(selection && { selection: selectionOf(selection) }),
    version,
    ...(mixture.provenance?.created !== undefined && { created: timeText(mixture.provenance.created) }),
  };
}

/** What all rows lack, and the rows drawn with what they lack put in; undefined where none lacks anything. */
async function gapsOf(
  mixture: Mixture,
  { missingShares: shares }: ReportSample,
  { rows, backend }: { readonly rows: number[][]; readonly backend: 'auto' },
): Promise<ReportInput['gaps']> {
  if (shares.every((share) => share === 0)) return undefined;
  const { data, shape } = await mixture.impute(dataOf(rows, mixture), { backend });
  return { shares, imputed: { data, shape: [shape[0], shape[1]] } };
}

/** Gaussians by means and covariances, components of other families by what they say of columns. */
function familyOf(mixture: Mixture): Pick<ReportInput, 'family' | 'covarianceType' | 'kind' | keyof ComponentInput> {
  const { family, k, columnMeans, columnDeviations } = mixture;
  if (!haveMoments(family)) return { family: family.name, kind: family.describe(k), columnMeans, columnDeviations };
  const covarianceType = family.options.covariance as CovarianceType;
  return { family: family.name, covarianceType, means: mixture.means, covariances: mixture.covariances };
}

/** The options of the fit, and what the command takes of the data. */
function optionsOf({ provenance }: Mixture, { every, sampleWeight, backend, threads }: ReportParts['flags']) {
  return {
    ...provenance?.options,
    ...(sampleWeight !== undefined && { sampleWeights: `column ${sampleWeight}` }),
    ...(every > 1 && { rows: `one in ${every}` }),
    'backend asked for': backend,
    ...(threads !== undefined && { threads }),
  };
}

/** `2026-11-29T18:00:00Z` as `2026-11-29 18:00 UTC`. */
function timeText(created: string): string {
  return created.replace(/:\d\dZ$/, ' UTC').replace('T', ' ');
}

function repairLine({ message, times }: Fit['diagnostics']['repairs'][number]): string {
  return times > 1 ? `${message} (${times} times)` : message;
}

function selectionOf({ candidates, best, criterion }: Selection): NonNullable<ReportInput['selection']> {
  return {
    rows: candidates.map((candidate) => {
      const { k, fit } = candidate;
      const { criteria, mixture, collapsed } = fit;
      const status = collapsed.length > 0 ? 'collapsed' : fit.status;
      return { k, covariance: kindOf(candidate), ...criteria, parameters: mixture.parameters, status };
    }),
    chosen: candidates.indexOf(best),
    criterion,
  };
}

/** The name of the file that data comes from; for a query, of the first file it names. */
function titleOf(spec: string): string {
  if (!isQuery(spec)) return basename(spec);
  const [, file = ''] = /'([^']*\.[a-z.]+)'/i.exec(spec) ?? [];
  return basename(file) || 'A query';
}
