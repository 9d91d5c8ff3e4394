import type { ComponentBlock } from '../families/components.js';
import type { Levels } from '../families/family.js';
import type { ModelFile } from '../mixture/model-json.js';

/** Rows in data units: one array per row, or a row-major matrix `[rows, d]`. */
export type SampleRows =
  | readonly (readonly number[])[]
  | { readonly data: Float32Array | Float64Array; readonly shape: readonly [rows: number, columns: number] };

/** Rows drawn from the data to be pictured; a few thousand are enough. `RowSample` of `otmix` draws them. */
export interface Sample {
  /** Numbers; of a report with {@link Gaps}, NaN where a value is missing. */
  readonly rows: SampleRows;
  /** The component each row is assigned to, 0 … k − 1, as `predict` answers; −1 is noise. */
  readonly labels: ArrayLike<number>;
  /** What the rows stand for; they scale the histograms. Absent when every row weighs 1. */
  readonly weights?: ArrayLike<number>;
  /** Whether the rows were drawn at random, and not by a rule such as every tenth: then captions say so. */
  readonly random?: boolean;
}

/** Information criteria of a fit, in nats over all rows; bic, aic and icl: lower is better. */
export interface Criteria {
  readonly logLikelihood: number;
  readonly meanLogLikelihood: number;
  readonly bic: number;
  readonly aic: number;
  readonly icl: number;
}

/** What models were compared by; lower is better. */
export type Criterion = 'bic' | 'aic' | 'icl';
/** Which shape of covariances the components have. */
export type CovarianceType = 'full' | 'tied' | 'diag' | 'spherical';
/** How the fit ended. */
export type Status = 'converged' | 'maxIterations' | 'aborted' | 'precision';

/** One start of several. */
export interface RestartRow {
  /** Which start it was, from 1. */
  readonly start: number;
  readonly status: string;
  readonly iterations: number;
  /** Final objective; not finite where the start failed. */
  readonly objective: number;
  /** What decides which start wins, the least of all; absent where the objective does. */
  readonly judged?: number;
}

/** One candidate of a choice of k and covariance type, or family; criteria that are not finite mark a fit that failed. */
export interface SelectionRow {
  readonly k: number;
  /** The covariance type of Gaussians; a word or two for another family. */
  readonly covariance: CovarianceType | (string & {});
  readonly bic: number;
  readonly aic: number;
  readonly icl: number;
  readonly logLikelihood: number;
  /** Number of free parameters. */
  readonly parameters: number;
  readonly status: string;
}

/** The choice of a model, as `selectMixture` made it. */
export interface Selection {
  readonly rows: readonly SelectionRow[];
  /** Index into `rows`. */
  readonly chosen: number;
  readonly criterion: Criterion;
}

/** What the data lack, of a fit with `missing: 'model'`. */
export interface Gaps {
  /** Share of the weight of all rows without a value, by column, `[d]`. */
  readonly shares: readonly number[];
  /** The rows of the sample with what they lack put in, as `mixture.impute` answers. */
  readonly imputed: SampleRows;
}

/** How the fit was computed. */
export interface Diagnostics {
  readonly backend: string;
  readonly adapter: string;
  readonly precision: string;
  /** What had to be repaired on the way: ridges added, components reseeded. */
  readonly repairs: readonly string[];
  /** Wall clock by phase; `total`, where present, is the whole and not a phase. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** Components: Gaussians by means and covariances, others by what they say of columns. */
export interface ComponentInput {
  /** Of Gaussians, `[k][d]`. */
  readonly means?: readonly (readonly number[])[];
  /** Of Gaussians, `[k][d][d]`, whatever the covariance type. */
  readonly covariances?: readonly (readonly (readonly number[])[])[];
  /** Of other families, means of the columns under each component, `[k][d]`; instead of `means`. */
  readonly columnMeans?: readonly (readonly number[])[];
  /** Of other families, standard deviations of the columns, `[k][d]`; instead of `covariances`. */
  readonly columnDeviations?: readonly (readonly number[])[];
  /**
   * Of other families, `mixture.components`, by which columns are drawn and told; a report that has none takes those of its
   * `model`. Where there are none at all, columns are drawn as Gaussians of their means and deviations.
   */
  readonly components?: readonly ComponentBlock[];
  /** Of other families, `mixture.levels`, `[d]`. A sample has of numbers these, and of texts their index. */
  readonly levels?: readonly (Levels | undefined)[];
}

/** Rows of no component, of constant density. */
export interface NoiseInput {
  readonly weight: number;
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

/** Everything a report shows: plain data, in the data's own units. */
export interface ReportInput extends ComponentInput {
  readonly title: string;
  /** Where the data came from: a path or a query. */
  readonly source: string;
  /** Column names, length d. */
  readonly columns: readonly string[];
  readonly n: number;
  readonly d: number;
  readonly k: number;
  /** The name of the family. */
  readonly family: string;
  /** Of Gaussians. */
  readonly covarianceType?: CovarianceType;
  /** Of other families, what the components are, as `family.describe(k)` says. */
  readonly kind?: string;
  /** `[k]`, sum 1; with noise, what it leaves. */
  readonly weights: readonly number[];
  /** Noise beside the components: its weight, and the least and largest value of each column, `[d]`, as `mixture.noise` has them. */
  readonly noise?: NoiseInput;
  /** The objective F after each iteration, nats per row; −(mean log-likelihood) when ε = 1. */
  readonly objective: readonly number[];
  readonly status: Status;
  readonly iterations: number;
  readonly sweeps: number;
  /** Gain per iteration, in nats, under which the fit stops; drawn beside the gains. */
  readonly tolerance?: number;
  /** What held the component masses; absent is `free`. */
  readonly marginal?: 'free' | 'fixed' | 'relaxed';
  readonly criteria: Criteria;
  /** log p(w, θ) of the prior at the mixture, nats, as a fit with a prior has it: the objective has −log prior / n besides. */
  readonly logPrior?: number;
  readonly restarts?: readonly RestartRow[];
  readonly diagnostics: Diagnostics;
  /** What a reader should know before believing the numbers, a sentence each; they stand under the status. */
  readonly notes?: readonly string[];
  /** Rows left out for missing values, and columns that hold one and the same value in every row. */
  readonly dropped?: number;
  readonly constantColumns?: readonly string[];
  /** The options of the fit by their names, as `mixture.provenance.options` has them: numbers, words or objects of them. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The command line that makes this fit and report again, quoted for a shell. */
  readonly command?: string;
  /** The mixture as `mixture.toJSON()` answers it: the page offers it for download, unless it is too large. */
  readonly model?: ModelFile;
  readonly sample: Sample;
  readonly gaps?: Gaps;
  /** 1–4 column names to draw; by default those along which the components differ most. */
  readonly dimensions?: readonly string[];
  readonly selection?: Selection;
  /** Version of otmix. */
  readonly version: string;
  /** When the fit was made, printed as given. */
  readonly created?: string;
}

/** The part of a report's input that a picture needs. */
export type PictureInput = Pick<
  ReportInput,
  'columns' | 'd' | 'k' | 'weights' | 'noise' | 'sample' | 'gaps' | keyof ComponentInput
>;
