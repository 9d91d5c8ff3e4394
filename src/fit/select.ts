import { covarianceForms, type CovarianceForm } from '../../kernels/form.js';
import { isList, requireInteger, requireOneOf, shown } from '../base/check.js';
import type { DataInput } from '../data/dataset.js';
import { InputError } from '../base/errors.js';
import { covarianceLayouts } from '../families/covariance.js';
import { haveMoments } from '../families/dense.js';
import type { Family } from '../families/family.js';
import { gaussian } from '../families/gaussian.js';
import {
  growths,
  type Candidate,
  type FailedCandidate,
  type Growth,
  type Model,
  type SelectProgress,
} from './models.js';
import { requireCallbacks, requireFamily, type FitOptions } from './options.js';
import { requireConjugate } from './prior.js';
import { triedModels } from './tried.js';

export { growths, type Candidate, type FailedCandidate, type Growth, type SelectProgress } from './models.js';

/** What models are compared by; lower is better. */
export type Criterion = 'bic' | 'aic' | 'icl';

/** Options of `selectMixture`; all others are those of `fitMixture`. */
export interface SelectOptions extends Omit<FitOptions, 'family' | 'components' | 'onProgress'> {
  /** Numbers of components to try. */
  readonly components: readonly number[];
  /** Covariance types of Gaussians to try; default all four. */
  readonly covariances?: readonly CovarianceForm[];
  /** Families to try, instead of Gaussians of these covariance types. */
  readonly families?: readonly Family[];
  /** Default 'bic'. */
  readonly criterion?: Criterion;
  /**
   * Whether one more run of each fit begins at the fit of one component less, if the same family was fitted so before: that
   * of its components is split which gains most by it. Default 'none'. Needs free proportions.
   */
  readonly growth?: Growth;
  /** Called often, of every model that is being fitted. */
  readonly onProgress?: (progress: SelectProgress) => void;
  /** Called for each fit, in the order of models. */
  readonly onCandidate?: (candidate: Candidate, done: number, total: number) => void;
}

/** The result of `selectMixture`. */
export interface Selection {
  /** Every model fitted, in the order tried: covariance types outside, k inside. */
  readonly candidates: readonly Candidate[];
  /** Those that could not be fitted, as with more components than rows. */
  readonly failures: readonly FailedCandidate[];
  /** The one with the lowest criterion; those with a collapsed component count only where all have one. */
  readonly best: Candidate;
  readonly criterion: Criterion;
  /** 'aborted' where some were not tried, or the last was not fitted to the end. */
  readonly status: 'complete' | 'aborted';
}

/**
 * Fits every covariance type at every k and picks the lowest criterion. Where rows are few, several models are fitted at
 * once, each on a thread of its own; the fits are the same bits. Aborting ends it with the models fitted so far; a
 * model that can't be fitted leaves the others be. Throws `InputError('option')` where there is nothing to try or the
 * criterion is unknown, and the first failure where no model could be fitted.
 */
export async function selectMixture(data: DataInput, options: SelectOptions): Promise<Selection> {
  const {
    components,
    covariances = covarianceForms,
    families,
    criterion = 'bic',
    growth = 'none',
    onCandidate,
    ...rest
  } = (options as SelectOptions | undefined) ?? ({} as SelectOptions);
  requireOneOf('criterion', criterion, ['bic', 'aic', 'icl']);
  requireGrowth(growth, rest.marginal);
  requireCallbacks(rest);
  requireChoice(components, covariances, families);
  const counts = Array.from(components); // a typed array maps to numbers alone
  const models = (families ?? covariances.map((covariance) => gaussian({ covariance }))).flatMap((family) =>
    counts.map((k): Model => ({ k, family, covariance: covarianceOf(family) })),
  );
  if (rest.prior)
    requireConjugate(
      rest.prior,
      models.map(({ family }) => family),
    );
  const { candidates, failures } = await triedModels(data, models, { ...rest, growth }, { onCandidate });
  if (candidates.length === 0) throw failures[0].error;
  const whole = candidates.length + failures.length === models.length;
  const isAborted = !whole || candidates.some(({ fit }) => fit.status === 'aborted');
  const status = isAborted ? 'aborted' : 'complete';
  return { candidates, failures, status, best: bestCandidate(candidates, criterion), criterion };
}

function covarianceOf(family: Family): CovarianceForm | undefined {
  return haveMoments(family) ? (family.options.covariance as CovarianceForm | undefined) : undefined;
}

/** Components that are split change proportions. */
function requireGrowth(growth: Growth, marginal: FitOptions['marginal']): void {
  requireOneOf('growth', growth, growths);
  if (growth === 'none' || (marginal?.kind ?? 'free') === 'free') return;
  const remedy = "leave growth out, or use marginal { kind: 'free' }";
  throw new InputError('option', {
    where: 'growth',
    expected: 'free proportions, which a split changes',
    got: `marginal ${marginal?.kind}`,
    remedy,
  });
}

/** Checks what to try before any of that is fitted. */
function requireChoice(components: unknown, covariances: unknown, families: unknown): void {
  const chosen = families ?? covariances;
  const [counts, kinds] = [components, chosen].map((list) => (isList(list) ? Array.from(list) : []));
  const [name, kind] = families ? ['families', 'family'] : ['covariances', 'covariance type'];
  if (counts.length === 0 || kinds.length === 0) {
    throw new InputError('option', {
      where: 'select',
      expected: `at least one number of components and one ${kind}`,
      got: `components ${shown(components)} and ${name} ${shown(chosen)}`,
      remedy: 'name what to try',
    });
  }
  counts.forEach((count, at) => requireInteger(`components[${at}]`, count, 1));
  for (const [at, one] of kinds.entries()) {
    if (families) requireFamily(`families[${at}]`, one);
    else requireOneOf(`covariances[${at}]`, one, Object.keys(covarianceLayouts));
  }
}

function bestCandidate(candidates: readonly Candidate[], criterion: Criterion): Candidate {
  const sound = candidates.filter(({ fit }) => fit.collapsed.length === 0);
  return (sound.length > 0 ? sound : candidates).reduce((best, candidate) =>
    candidate.fit.criteria[criterion] < best.fit.criteria[criterion] ? candidate : best,
  );
}
