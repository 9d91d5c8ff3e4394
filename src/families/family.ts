import { InputError } from '../base/errors.js';
import type { FastRandom } from '../base/fast-random.js';
import type { Floats, PackedModel, PackedShape } from '../sweep/model.js';
import type { Moments } from '../sweep/moments.js';
import type { ColumnSummary, ComponentBlock, Components, Parameters, Spread } from './components.js';
import type { AddedShares } from './narrow.js';
import type { Noise, Support } from './noise.js';
import type { Conjugates, Prior } from './prior.js';
import type { RowCoding } from './row-coding.js';
import { logVolume, type Scaling } from './scaling.js';

/** Something a fit had to change to go on. */
export interface Repair {
  readonly kind: 'ridge' | 'reseeded';
  readonly component: number;
  /** For a reader: what was wrong and what was done. */
  readonly message: string;
}

export interface Estimate {
  readonly components: Components;
  readonly repairs: readonly Repair[];
}

export interface EstimateOptions {
  /** Added to the variance of each column, `[d]`, in the moments' coordinates. */
  readonly regularization: Float64Array;
  /** Left out for maximum likelihood. */
  readonly prior?: Prior;
}

/** What a column of levels may hold: numbers rise, texts are in the order of their code units. */
export type Levels = readonly (number | string)[];

/** What is asked of a column before its rows can be coded: the different values that it has. */
export interface Question {
  /** How many there may be. */
  readonly most: number;
  /** What they are, and what to do where there are more, as a message says it. */
  readonly of: string;
  readonly remedy: string;
  /** Whether a number is one that counts; the gate names others. Default all are. */
  readonly holds?: (value: number) => boolean;
  /** Where rows that a fitted mixture is shown may have other values: how many. */
  readonly again?: number;
}

/** What must be known of all rows before they can be coded. */
export interface Survey {
  /** What is asked of a column, by number; undefined where nothing is. */
  question(column: number): Question | undefined;
  /** The family for columns of these values, `[d]`. */
  adapted(levels: readonly Levels[]): Family; // of a column that was not asked about, none
}

/** A component that starts again around a row. */
export interface FreshStart {
  readonly component: number;
  /** `[D]`, in the coordinates of the shard. */
  readonly row: Float64Array;
}

/**
 * Puts into a row `[d]` what it lacks, NaN: its mean given what is there, or of levels the index of the likeliest. `shares`
 * `[k]`: the row's responsibilities.
 */
export type Filler = (row: Float64Array, shares: ArrayLike<number>) => void;

/**
 * Draws a row from the component of each label into `data`, `[labels.length, d]`. Of functions that engines may round
 * differently, such as `Math.exp`, no value may depend.
 */
export type Sampler = (labels: Int32Array, random: FastRandom, data: Float64Array) => void;

/**
 * A family of distributions: how columns are encoded, how parameters are packed for the kernels, how moments become
 * parameters, how to sample. A family knows nothing of plans, solvers, sources or devices; nobody else knows what its
 * parameters are.
 */
export interface Family {
  readonly name: string;
  /** What a model file needs to make the family again. */
  readonly options: Readonly<Record<string, string>>;
  /** Names of its parameters: of `toParameters`, and of what a model file has of them. */
  readonly parameters: readonly string[];
  /** What k components are, in words: `3 Gaussians with full covariances`. */
  describe(k: number): string;
  /** Number of free parameters of k components in d dimensions, weights not counted. */
  parameterCount(k: number, d: number): number;

  /** The family for data with columns of these names; left out where names are nothing to it. */
  forColumns?(names: readonly string[]): Family;
  /** The same family for columns that the caller named one by one, and no `*`; left out where that is nothing to it. */
  forNamed?(): Family;
  /** Left out where nothing must be known of the rows beforehand. */
  readonly survey?: Survey;
  /** Of a family that was adapted to columns: their levels, `[d]`; undefined of those that a model need not keep. */
  readonly levels?: readonly (Levels | undefined)[];
  /** Of columns that the shard holds as levels, in order of these: where each lies on a line, undefined of mere names. */
  readonly positions?: readonly (Float64Array | undefined)[];
  /** The same family with models that are all of the shape that `shape` says; left out where they are anyway. */
  beside?(): Family;
  /** Whether numbers swept may be missing themselves, NaN: rows are then looked at by what they lack, on the host. */
  readonly patterned?: boolean;
  /** Where the values of d columns lie, for noise among them; left out: they are numbers. */
  supports?(d: number): readonly Support[];
  /** Of a family with noise beside its components: what it is. Packed models have one component more then, the last. */
  readonly noise?: Noise | undefined;
  /** Of the numbers swept the one that says nothing of how far rows are apart, where there is such. */
  readonly unmeasured?: number | undefined;
  /** The same family for rows some of whose values are missing at random, NaN; left out where it has no such. */
  withGaps?(): Family;
  /** Of each dense statistic of d columns the one that is 0 where it is missing, else 1, and −1 of such; undefined without gaps. */
  masks?(d: number): readonly number[] | undefined;
  /** How rows become the D numbers that are swept, its statistics; left out where these are the columns. */
  readonly coding?: RowCoding;
  /** Whether its quadratic term can't be part of one with those of other families, as radial functions can't. */
  readonly apart?: boolean;
  /** Whether all columns must be scaled alike, so that scaling keeps the family's shape. */
  readonly commonScale: boolean;
  /** The coordinates in which numbers swept that have these means and variances are held, `[D]`. */
  encode(swept: readonly ColumnSummary[]): Scaling;
  /** A name for what `encode` does: families of one name encode alike, and may share rows. */
  readonly encoding: string;
  /** What log-densities of a shard's coordinates exceed those of the data's units by, nats; left out: log |det| of scale. */
  logVolume?(scaling: Scaling): number;
  /** Means and variances of the numbers swept under each component, `[k, D]`; left out: those of the columns. */
  swept?(components: Components): Spread;
  /** x = shift + scale · y, applied to the components of y. */
  toData(components: Components, scaling: Scaling): Components;
  /** y = (x − shift) / scale, applied to the components of x. */
  toShard(components: Components, scaling: Scaling): Components;

  /**
   * The metric of seeding: a model of which each row is likeliest the nearest of some, `[k, D]`, all held as `held` says.
   * `variances` `[D]`: squared units of length.
   */
  around(rows: Float64Array, variances: Float64Array, held: Scaling): PackedModel;
  /** The same components, some of which start again: as they are, around a row of the data. */
  restarted(components: Components, starts: readonly FreshStart[]): Components;

  /** What k components in d dimensions are like once packed. */
  shape(k: number, d: number): PackedShape;
  /** Packs components for the kernels. */
  pack(components: Components): PackedModel;
  /** Packs components for sweeps in float64. */
  packExactly(components: Components): PackedModel<Float64Array>;
  /**
   * From the moments of a sweep with `packed`, weighted maximum likelihood, or the mode of the posterior under a prior; what
   * is not positive definite is repaired.
   */
  estimate(moments: Moments, packed: PackedModel<Floats>, options: EstimateOptions): Estimate;
  /** Its conjugate priors, which `estimate` then takes; left out where it has none. */
  readonly conjugates?: Conjugates | undefined;
  /** Components as a vector in which steps may be extrapolated. */
  toVector(components: Components): Float64Array;
  /** Components like some others, of such a vector; undefined where it makes none. */
  fromVector(vector: Float64Array, like: Components): Components | undefined;

  /** Components that are one and the same for all that rows can tell, as groups of two or more. */
  coincident(packed: PackedModel<Floats>, components: Components): number[][];
  /** How much `added` `[d]` makes up of the variances that it was added to. */
  addedShares(packed: PackedModel<Floats>, added: Float64Array): AddedShares;

  /** Means and variances of the columns under each component. */
  spread(components: Components): Spread;
  /** A function that writes log p(x | θ_k) of a row `[d]` into `[k]`, nats, in float64. */
  logDensity(components: Components): (row: ArrayLike<number>, into: Float64Array) => void;
  /** A function that puts into a row what it lacks; left out: the columns' means under the components. */
  filler?(components: Components): Filler;
  /** A function that draws rows from a component. */
  sampler(components: Components): Sampler;

  /** Components by name, the caller's to keep. */
  toParameters(components: Components): Parameters;
  /** Throws `InputError` where the arrays do not make valid components; `where` is what it calls them. */
  fromParameters(parameters: Parameters, where: string): Components;
  /** The blocks of `mixture.components`, of columns of these names; left out where one block has `toParameters`. */
  blocks?(components: Components, columns: readonly string[]): ComponentBlock[];
  /** Components of such blocks. */
  fromBlocks?(blocks: readonly unknown[], k: number, where: string): Components;
  /** What a model file keeps of the components, by name. */
  toFile(components: Components): Readonly<Record<string, unknown>>;
  /** Reads these again, of k components and d columns; throws `InputError('format')` where they are damaged. */
  fromFile(
    file: Readonly<Record<string, unknown>>,
    size: { readonly k: number; readonly d: number },
    where: string,
  ): Components;
}

/** Where the values of d columns lie. */
export function supportsOf(family: Family, d: number): readonly Support[] {
  return family.supports?.(d) ?? new Array<Support>(d).fill('numbers');
}

/** How many weights a mixture of k components has: noise has one too. */
export function weightsOf({ noise }: Pick<Family, 'noise'>, k: number): number {
  return noise ? k + 1 : k;
}

/** What log-densities of a shard's coordinates exceed those of the data's units by, nats. */
export function logVolumeOf(family: Family, scaling: Scaling): number {
  return family.logVolume ? family.logVolume(scaling) : logVolume(scaling);
}

/** The same family for rows some of whose values are missing; throws `InputError('unsupported')` where it has no such. */
export function gapped(family: Family, where: string): Family {
  const own = family.withGaps?.();
  if (own) return own;
  throw new InputError('unsupported', {
    where: `${where}: missing`,
    expected: `error or drop with family ${family.name}, which has no margins of its own kind`,
    got: 'model',
    remedy: "fill missing values in, or leave such rows out with missing: 'drop' (--missing drop)",
  });
}

/** A function that puts into a row what it lacks. */
export function fillerOf(family: Family, components: Components): Filler {
  if (family.filler) return family.filler(components);
  return meansFiller(family.spread(components).means);
}

/** The same by means of the columns under each component, `[k, d]`, whatever a row has. */
export function meansFiller(means: Float64Array): Filler {
  return (row, shares) => {
    for (let j = 0; j < row.length; j++) {
      if (Number.isNaN(row[j])) row[j] = weighted(shares, (c) => means[c * row.length + j]);
    }
  };
}

/** Σ_k r_k of a value of each component. */
export function weighted(shares: ArrayLike<number>, valueOf: (component: number) => number): number {
  let sum = 0;
  for (let c = 0; c < shares.length; c++) if (shares[c] > 0) sum += shares[c] * valueOf(c);
  return sum;
}

/** Means and variances of the numbers swept under each component, `[k, D]`. */
export function sweptSpread(family: Family, components: Components): Spread {
  return family.swept ? family.swept(components) : family.spread(components);
}
