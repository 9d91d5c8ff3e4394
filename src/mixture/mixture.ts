import { writeText } from '#storage';
import { collect } from './collect.js';
import { onnxOf, type OnnxOptions } from './export/onnx.js';
import { scikitLearnOf, type ScikitLearnFile } from './export/scikit-learn.js';
import { imputed, imputedRows, type ImputedRows, type ImputeOptions } from './impute.js';
import { criteriaOf, type Criteria } from './criteria.js';
import type { GaussianModelFile, ModelFile, Provenance } from './model-json.js';
import { columnNames } from '../data/arrays.js';
import type { Matrix } from '../data/source.js';
import type { DataInput } from '../data/dataset.js';
import { evaluate, type EvaluatedRows, type EvaluateOptions, type Evaluation, type MixtureParts } from './evaluate.js';
import { remoteCriteria, remoteEvaluation } from './remote.js';
import { haveMoments, inverseOf, nested, precisionFactor, type OwnComponents } from '../families/dense.js';
import { componentBlocks } from '../families/blocks.js';
import type { ComponentBlock } from '../families/components.js';
import type { Family, Levels } from '../families/family.js';
import type { Noise } from '../families/noise.js';
import { sampled, type Sample } from './sample.js';
import { InputError } from '../base/errors.js';

/** What `predictRows` gives of rows. */
export interface PredictRowsOptions extends EvaluateOptions {
  /** Also the responsibilities, of which there are k a row; default false. */
  readonly responsibilities?: boolean;
  /** Whether blocks are wanted no longer than until the next, whose numbers then take their places; default false. */
  readonly passing?: boolean;
}

/** A fitted mixture Σ_k w_k p(x | θ_k), in the data's units. It holds no device memory and needs no disposal. */
export class Mixture {
  readonly k: number;
  readonly d: number;
  readonly family: Family;
  /** Column names, `[d]`. */
  readonly columns: readonly string[];

  /** @internal */
  readonly parts: MixtureParts;

  /** @internal Made by fits and by `loadMixture`. */
  constructor(
    parts: MixtureParts,
    columns?: readonly string[],
    /** How it came about, where that is known. */
    readonly provenance?: Provenance,
  ) {
    const { k, d } = parts.components;
    this.k = k;
    this.d = d;
    this.family = parts.family;
    this.columns = columns ?? columnNames(d);
    this.parts = { ...parts, columns: this.columns };
  }

  /** Mixture weights w, `[k]`, sum 1; with noise `[k + 1]`, its own last. */
  get weights(): number[] {
    return Array.from(this.parts.weights);
  }

  /**
   * Parameters of the components by name, one block for each family that they are made of: nested arrays `[k]…`, as
   * `seeding: { weights, components }` takes them.
   */
  get components(): ComponentBlock[] {
    const { family, columns, parts } = this;
    return componentBlocks(family, parts.components, columns);
  }

  /**
   * Of each column of levels what these are, `[d]`: numbers rising, or texts by their code units; undefined of others. The
   * probabilities of a categorical block are in this order, and samples have the index of a level that is text.
   */
  get levels(): readonly (Levels | undefined)[] {
    return this.columns.map((_, column) => this.family.levels?.[column]);
  }

  /** What rows of noise are like; undefined of a mixture without. */
  get noise(): Noise | undefined {
    return this.family.noise;
  }

  /** Means of the columns under each component, `[k][d]`, whatever the family. */
  get columnMeans(): number[][] {
    return nested(this.family.spread(this.parts.components).means, this.d);
  }

  /** Standard deviations of the columns under each component, `[k][d]`, whatever the family. */
  get columnDeviations(): number[][] {
    return nested(this.family.spread(this.parts.components).variances.map(Math.sqrt), this.d);
  }

  /** Means, `[k][d]`, of Gaussian components; throws `InputError('unsupported')` where they are others. */
  get means(): number[][] {
    return this.gaussians.means;
  }

  /** Covariances, `[k][d][d]` whatever the covariance type. */
  get covariances(): number[][][] {
    return this.gaussians.covariances;
  }

  private get gaussians(): OwnComponents {
    const { family, parts } = this;
    if (haveMoments(family)) return family.toParameters(parts.components) as OwnComponents;
    throw new InputError('unsupported', {
      where: 'mixture',
      expected: 'Gaussian components',
      got: this.family.name,
      remedy: 'read mixture.components, which has the parameters of every family',
    });
  }

  /** Precisions Σ_k⁻¹, `[k][d][d]` whatever the covariance type. */
  get precisions(): number[][][] {
    return this.ofCovariances(inverseOf);
  }

  /**
   * Upper triangular U_k with Σ_k⁻¹ = U_k U_kᵀ, `[k][d][d]` whatever the covariance type; of `full` they are
   * scikit-learn's `precisions_cholesky_`. `logCost` takes them.
   */
  get precisionsCholesky(): number[][][] {
    return this.ofCovariances(precisionFactor);
  }

  private ofCovariances(map: (covariance: Float64Array, d: number) => Float64Array): number[][][] {
    const { d } = this;
    return this.covariances.map((one) => nested(map(Float64Array.from(one.flat()), d), d));
  }

  /** Number of free parameters p, mixture weights included. */
  get parameters(): number {
    return this.parts.weights.length - 1 + this.family.parameterCount(this.k, this.d);
  }

  /** Likeliest component argmax_k w_k p(x_i | θ_k) of each row, `[n]`; the first of equals, −1 where that is noise. */
  predict(data: DataInput, options: EvaluateOptions = {}): Promise<Int32Array> {
    const empty = (length: number): Int32Array => new Int32Array(length);
    const evaluation = this.evaluation(data, { ...options, labelsAlone: true, passing: true });
    return collect(evaluation, { empty, width: 1, absent: -1, of: ({ labels }) => labels });
  }

  /** Responsibilities w_k p(x_i | θ_k) / Σ_l w_l p(x_i | θ_l), `[n, k]`; rows sum to 1. With noise `[n, k + 1]`. */
  async predictProba(data: DataInput, options: EvaluateOptions = {}): Promise<Matrix> {
    const k = this.parts.weights.length;
    const evaluation = this.evaluation(data, { ...options, responsibilities: true, passing: true });
    const empty = (length: number): Float32Array => new Float32Array(length);
    const of = ({ responsibilities }: EvaluatedRows): Float32Array => responsibilities;
    const proba = await collect(evaluation, { empty, width: k, absent: NaN, of });
    return { data: proba, shape: [proba.length / k, k] };
  }

  /** Log-density log Σ_k w_k p(x_i | θ_k) of each row, `[n]`, nats. */
  scoreSamples(data: DataInput, options: EvaluateOptions = {}): Promise<Float64Array> {
    const empty = (length: number): Float64Array => new Float64Array(length);
    const of = ({ logDensity }: EvaluatedRows): Float64Array => logDensity;
    return collect(this.evaluation(data, { ...options, passing: true }), { empty, width: 1, absent: NaN, of });
  }

  /**
   * What the mixture says of rows, block after block as they are read: memory does not grow with their number. A block has
   * of its rows `index` `[rows]` (in the source; rows left out for missing values have none), `labels` `[rows]`,
   * `logDensity` `[rows]`, nats, `logLargest` `[rows]` = log max_k r_ik, `weights` `[rows]`, and, if asked for,
   * `responsibilities` `[rows, k]`, else empty. Arrays are the caller's to keep, unless blocks are `passing`.
   *
   * Throws `InputError` where reading comes to a row that can't be evaluated: blocks before it have been given.
   */
  predictRows(data: DataInput, options: PredictRowsOptions = {}): AsyncIterable<EvaluatedRows> {
    return this.evaluation(data, options).rows;
  }

  /**
   * Calls `visit` with each block of rows, one after the other: labels, responsibilities and log-densities together, for
   * data whose `[n, k]` responsibilities would not fit. As {@link Mixture.predictRows} with responsibilities.
   */
  async evaluate(
    data: DataInput,
    visit: (rows: EvaluatedRows) => void | Promise<void>,
    options: EvaluateOptions = {},
  ): Promise<void> {
    for await (const block of this.predictRows(data, { ...options, responsibilities: true })) await visit(block);
  }

  /**
   * The rows with what they lack put in, `[n, d]`: numbers by their mean given what the row has, Σ_k r_k E[x_m | x_o, θ_k],
   * levels by the likeliest (of text its index in {@link Mixture.levels}); with `whole` counts by the whole number nearest
   * to their mean. Values that are there stay. Throws
   * `InputError('unsupported')` where the family has no margins of its own kind.
   */
  impute(data: DataInput, options: ImputeOptions = {}): Promise<Matrix> {
    return imputed(this.parts, data, options);
  }

  /** The same block after block as rows are read, with which values were missing: memory does not grow with their number. */
  imputeRows(data: DataInput, options: ImputeOptions = {}): AsyncIterable<ImputedRows> {
    return imputedRows(this.parts, data, options);
  }

  /** All criteria at once: one read of the data. */
  criteria(data: DataInput, options: EvaluateOptions = {}): Promise<Criteria> {
    return options.cluster
      ? remoteCriteria(this.toJSON(), data, options, this.parameters)
      : criteriaOf(evaluate(this.parts, data, { ...options, passing: true }).rows, this.parameters);
  }

  /** Mean log-likelihood per row, nats. */
  async score(data: DataInput, options?: EvaluateOptions): Promise<number> {
    return (await this.criteria(data, options)).meanLogLikelihood;
  }

  /** Bayesian information criterion; lower is better. */
  async bic(data: DataInput, options?: EvaluateOptions): Promise<number> {
    return (await this.criteria(data, options)).bic;
  }

  /** Akaike information criterion; lower is better. */
  async aic(data: DataInput, options?: EvaluateOptions): Promise<number> {
    return (await this.criteria(data, options)).aic;
  }

  /** Integrated completed likelihood; lower is better. */
  async icl(data: DataInput, options?: EvaluateOptions): Promise<number> {
    return (await this.criteria(data, options)).icl;
  }

  /**
   * Draws n rows. The same seed draws the same rows, bit for bit, in every engine. Throws `InputError('option')` where n or
   * seed is no whole number.
   */
  sample(n: number, { seed = 0 }: { readonly seed?: number } = {}): Sample {
    return sampled(this.parts, n, seed);
  }

  /** The same mixture with these entries added to its {@link provenance}, in the place of those of the same name. */
  withProvenance(entries: Provenance): Mixture {
    return new Mixture(this.parts, this.columns, { ...this.provenance, ...entries });
  }

  /** Where the data are read: here, or on a cluster. */
  private evaluation(data: DataInput, options: Parameters<typeof evaluate>[2]): Evaluation {
    return options.cluster ? remoteEvaluation(this.toJSON(), data, options) : evaluate(this.parts, data, options);
  }

  /** The mixture as plain JSON data. */
  toJSON(): ModelFile {
    const { family, components } = this.parts;
    const { name, options, levels, noise } = family;
    const head = { format: 'otmix-mixture', family: name, options, weights: this.weights } as const;
    const tail = this.provenance && { provenance: this.provenance };
    const own = family.toFile(components);
    if (haveMoments(family) && !noise) {
      const { format, weights, ...kind } = head;
      const gaussians = own as Pick<GaussianModelFile, 'means' | 'covariances'>;
      return { format, version: 1, ...kind, columns: this.columns, weights, ...gaussians, ...tail };
    }
    const columns = this.columns.map((column, j) => {
      const its = levels?.[j];
      return { name: column, ...(its && { levels: its }) };
    });
    return { ...head, version: 2, columns, components: own, ...(noise && { noise }), ...tail };
  }

  /**
   * The mixture as an ONNX model, for runtimes in any language. Its input `rows` `[n, d]` has the columns in their order,
   * text as indices of {@link Mixture.levels}. Its outputs are `labels` `[n]` (int64; noise is −1), `responsibilities`
   * `[n, k]` and `log_densities` `[n]`, nats. Throws `InputError('unsupported')` for families without such operators.
   */
  toOnnx(options: OnnxOptions = {}): Uint8Array {
    return onnxOf(this, options);
  }

  /**
   * Gaussian components by the names that scikit-learn's `GaussianMixture` has, as plain JSON data: what
   * `python/otmix_sklearn.py` loads. Throws `InputError('unsupported')` for other components, and for noise.
   */
  toScikitLearn(): ScikitLearnFile {
    return scikitLearnOf(this);
  }

  /** Writes a model file, whole or not at all; throws `InputError('file')` where it can't be written. Node only. */
  async save(path: string | URL): Promise<void> {
    await writeText(path, `${JSON.stringify(this.toJSON(), undefined, 1)}\n`);
  }
}
