import type { CovarianceForm } from '../../kernels/form.js';
import { isList, requireInteger, requireOneOf, shown } from '../base/check.js';
import type { DataInput } from '../data/dataset.js';
import { InputError } from '../base/errors.js';
import { covarianceLayouts } from '../families/covariance.js';
import { haveMoments } from '../families/dense.js';
import type { Family } from '../families/family.js';
import { gaussian } from '../families/gaussian.js';
import { Checkpoint } from './checkpoint.js';
import { decidingOptions, familyText } from './checkpoint-identity.js';
import { fitLoaded, type Fit } from './fit.js';
import { Loader } from './loader.js';
import { fitSettings, requireFamily, type FitOptions } from './options.js';
import { requireConjugate } from './prior.js';

/** What models are compared by; lower is better. */
export type Criterion = 'bic' | 'aic' | 'icl';

/** What a fit of k + 1 components has of that of k: nothing, or one more start. */
export type Growth = 'none' | 'split';

export const growths = ['none', 'split'] as const satisfies readonly Growth[];

/** Options of `selectMixture`; all others are those of `fitMixture`. */
export interface SelectOptions extends Omit<FitOptions, 'family' | 'components'> {
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
  /** Called after each fit. */
  readonly onCandidate?: (candidate: Candidate, done: number, total: number) => void;
}

/** One model that was tried. */
export interface Candidate {
  readonly k: number;
  readonly family: Family;
  /** The covariance type of Gaussians. */
  readonly covariance?: CovarianceForm | undefined;
  readonly fit: Fit;
}

/** One model that could not be fitted, and why. */
export interface FailedCandidate {
  readonly k: number;
  readonly family: Family;
  readonly covariance?: CovarianceForm | undefined;
  readonly error: unknown;
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
 * Fits every covariance type at every k and picks the lowest criterion. Aborting ends it with the models fitted so far; a
 * model that can't be fitted leaves the others be. Throws `InputError('option')` where there is nothing to try or the
 * criterion is unknown, and the first failure where no model could be fitted.
 */
export async function selectMixture(data: DataInput, options: SelectOptions): Promise<Selection> {
  const {
    components,
    covariances = ['full', 'tied', 'diag', 'spherical'],
    families,
    criterion = 'bic',
    growth = 'none',
    onCandidate,
    ...rest
  } = (options as SelectOptions | undefined) ?? ({} as SelectOptions);
  requireOneOf('criterion', criterion, ['bic', 'aic', 'icl']);
  requireGrowth(growth, rest.marginal);
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
  const { candidates, failures } = await tried(data, models, { ...rest, growth }, onCandidate);
  if (candidates.length === 0) throw failures[0].error;
  const { fit: last } = candidates[candidates.length - 1];
  const whole = candidates.length + failures.length === models.length && last.status !== 'aborted';
  const status = whole ? 'complete' : 'aborted';
  return { candidates, failures, status, best: bestCandidate(candidates, criterion), criterion };
}

/** A model to try. */
type Model = Omit<Candidate, 'fit'>;

/** What all fits have in common. */
type Asked = Omit<FitOptions, 'family' | 'components'> & { readonly growth: Growth };

function covarianceOf(family: Family): CovarianceForm | undefined {
  return haveMoments(family) ? (family.options.covariance as CovarianceForm | undefined) : undefined;
}

/** Fits models one after the other, of data that are loaded once for all that scale them alike. */
async function tried(
  data: DataInput,
  models: readonly Model[],
  { growth, ...options }: Asked,
  onCandidate: SelectOptions['onCandidate'],
): Promise<Pick<Selection, 'failures'> & { readonly candidates: Candidate[] }> {
  const { signal } = options;
  const candidates: Candidate[] = [];
  const failures: FailedCandidate[] = [];
  const checkpoint = await checkpointOf(models, { ...options, growth });
  const wanted = {
    encodings: new Set(models.map(({ family }) => family.encoding)).size,
    counts: models.map(({ k }) => k),
  };
  const loader = new Loader(data, wanted, checkpoint?.data);
  try {
    for (const [index, model] of models.entries()) {
      if (candidates.length > 0 && signal?.aborted) break;
      const { k, family } = model;
      try {
        const settings = fitSettings({ ...accelerated(options), family, components: k });
        const smaller =
          growth === 'split' ? candidates.find((one) => one.family === family && one.k === k - 1) : undefined;
        const fit = await fitLoaded(loader, settings, checkpoint?.keeping(index), smaller?.fit);
        candidates.push({ ...model, fit });
      } catch (error) {
        if (signal?.aborted && candidates.length > 0) break;
        const again = failures.some((failure) => messageOf(failure.error) === messageOf(error));
        failures.push({ ...model, error });
        const ofAll = again || !(error instanceof InputError); // of the data or the machine: the others would fail alike
        if (candidates.length === 0 && (ofAll || signal?.aborted)) throw error;
        if (!(error instanceof InputError)) break;
        continue;
      } finally {
        const wanted = models.slice(index + 1).some((later) => later.family.encoding === family.encoding);
        if (!wanted) loader.dispose(family.encoding);
      }
      onCandidate?.(candidates[candidates.length - 1], candidates.length + failures.length, models.length);
    }
    return { candidates, failures };
  } finally {
    await loader.close();
  }
}

/** The checkpoint that is asked for, if it is. */
async function checkpointOf(models: readonly Model[], { growth, ...options }: Asked): Promise<Checkpoint | undefined> {
  if (!options.checkpoint && options.resume === undefined) return undefined;
  const [{ k, family }] = models;
  const settings = fitSettings({ ...accelerated(options), family, components: k });
  const tried = models.map((model) => `${model.k} of ${familyText(model.family)}`).join('; ');
  const grown = growth === 'none' ? {} : { growth };
  return Checkpoint.open(settings, () => ({ models: tried, ...grown, ...decidingOptions(settings) }));
}

/** Fits are many, so that sweeps saved count. */
function accelerated<Options extends Pick<FitOptions, 'acceleration' | 'algorithm'>>(options: Options): Options {
  if (options.algorithm === 'incremental') return options; // which has its own way to fewer sweeps
  return (options.acceleration ?? 'auto') === 'auto' ? { ...options, acceleration: 'squarem' } : options;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
