import type { Noise } from '../families/noise.js';
import type { Criteria } from './criteria.js';

/**
 * How a mixture came about, as plain JSON: `fitMixture` fills in what it knows, `Mixture.withProvenance` adds what
 * only the caller knows. Mixtures that were not fitted here have none; what a model file has comes back as it is.
 */
export interface Provenance {
  /** The version of otmix that fitted it. */
  readonly otmix?: string;
  /** When, and by which command line. Not filled in by a fit, so that the same fit gives the same bytes. */
  readonly created?: string;
  readonly command?: string;
  /** The name of the source, its rows, those left out for missing values, and the columns of one and the same value. */
  readonly source?: string;
  readonly rows?: number;
  readonly dropped?: number;
  readonly constantColumns?: readonly string[];
  /** The options of the fit by their names, defaults filled in. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly backend?: string;
  readonly precision?: string;
  /** How it ended, as `Fit` says; the objective is the last one. */
  readonly status?: string;
  readonly iterations?: number;
  readonly objective?: number | null;
  readonly marginalError?: number;
  readonly ridged?: boolean;
  readonly criteria?: Criteria;
  readonly repairs?: readonly string[];
  readonly notes?: readonly string[];
  readonly [entry: string]: unknown;
}

/** What model files of all versions have. */
interface AnyModelFile {
  readonly format: 'otmix-mixture';
  readonly family: string;
  readonly options: Readonly<Record<string, string>>;
  /** `[k]`. */
  readonly weights: readonly number[];
  /** How it came about, where that is known. */
  readonly provenance?: Provenance;
}

/** Version 1: of Gaussians. */
export interface GaussianModelFile extends AnyModelFile {
  readonly version: 1;
  readonly columns: readonly string[];
  /** `[k][d]`. */
  readonly means: readonly (readonly number[])[];
  /** Row-major: full `[k, d, d]`, tied `[d, d]`, diag `[k, d]`, spherical `[k]`. */
  readonly covariances: readonly number[];
}

/** Version 2: of other families, and of Gaussians with noise. */
export interface NamedModelFile extends AnyModelFile {
  readonly version: 2;
  /** Names of the columns, and the levels of those that have such. */
  readonly columns: readonly { readonly name: string; readonly levels?: readonly (number | string)[] }[];
  /** What the family keeps of the components, by name; parameters as arrays with their shapes. */
  readonly components: Readonly<Record<string, unknown>>;
  /** Of a mixture with noise, whose weight is the last, one more than there are components. */
  readonly noise?: Noise;
}

/** A mixture as JSON: what `save` writes and `loadMixture` reads. Numbers come back bit for bit. */
export type ModelFile = GaussianModelFile | NamedModelFile;
