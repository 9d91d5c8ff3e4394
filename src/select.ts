import type { CovarianceForm } from '../kernels/form.js';
import { isList, requireInteger, requireOneOf, shown } from './check.js';
import type { DataInput } from './dataset.js';
import { InputError } from './errors.js';
import { covarianceLayouts } from './families/covariance.js';
import { gaussian } from './families/gaussian.js';
import { fitMixture, type Fit } from './fit.js';
import type { FitOptions } from './options.js';

/** What models are compared by; lower is better. */
export type Criterion = 'bic' | 'aic' | 'icl';

export interface SelectOptions extends Omit<FitOptions, 'family' | 'components'> {
  /** Numbers of components to try. */
  readonly components: readonly number[];
  /** Covariance types to try; default all four. */
  readonly covariances?: readonly CovarianceForm[];
  /** Default 'bic'. */
  readonly criterion?: Criterion;
  /** Called after each fit. */
  readonly onCandidate?: (candidate: Candidate, done: number, total: number) => void;
}

/** One model that was tried. */
export interface Candidate {
  readonly k: number;
  readonly covariance: CovarianceForm;
  readonly fit: Fit;
}

export interface Selection {
  /** Every model fitted, in the order tried: covariance types outside, k inside. */
  readonly candidates: readonly Candidate[];
  /** The one with the lowest criterion; those that needed a ridge count only where all did. */
  readonly best: Candidate;
  readonly criterion: Criterion;
}

/**
 * Fits every covariance type at every k and picks the lowest criterion. Aborting ends it with the models fitted so far.
 * Throws `InputError('option')` where there is nothing to try or the criterion is unknown.
 */
export async function selectMixture(data: DataInput, options: SelectOptions): Promise<Selection> {
  const {
    components,
    covariances = ['full', 'tied', 'diag', 'spherical'],
    criterion = 'bic',
    onCandidate,
    ...rest
  } = (options as SelectOptions | undefined) ?? ({} as SelectOptions);
  requireOneOf('criterion', criterion, ['bic', 'aic', 'icl']);
  requireChoice(components, covariances);
  const candidates: Candidate[] = [];
  const models = covariances.flatMap((covariance) => components.map((k) => ({ k, covariance })));
  try {
    for (const { k, covariance } of models) {
      if (candidates.length > 0) rest.signal?.throwIfAborted();
      const fit = await fitMixture(data, { ...rest, family: gaussian({ covariance }), components: k });
      const candidate = { k, covariance, fit };
      candidates.push(candidate);
      onCandidate?.(candidate, candidates.length, models.length);
    }
  } catch (error) {
    if (!rest.signal?.aborted || candidates.length === 0) throw error;
  }
  return { candidates, best: bestCandidate(candidates, criterion), criterion };
}

/** Checks what to try before any of that is fitted. */
function requireChoice(components: unknown, covariances: unknown): void {
  const [counts, forms] = [components, covariances].map((list) => (isList(list) ? Array.from(list) : []));
  if (counts.length === 0 || forms.length === 0) {
    throw new InputError('option', {
      where: 'select',
      expected: 'at least one number of components and one covariance type',
      got: `components ${shown(components)} and covariances ${shown(covariances)}`,
      remedy: 'name what to try',
    });
  }
  counts.forEach((count, at) => requireInteger(`components[${at}]`, count, 1));
  forms.forEach((form, at) => requireOneOf(`covariances[${at}]`, form, Object.keys(covarianceLayouts)));
}

function bestCandidate(candidates: readonly Candidate[], criterion: Criterion): Candidate {
  const sound = candidates.filter(({ fit }) => !fit.ridged);
  return (sound.length > 0 ? sound : candidates).reduce((best, candidate) =>
    candidate.fit.criteria[criterion] < best.fit.criteria[criterion] ? candidate : best,
  );
}
