import { resolveBackend, type BackendRequest } from '../backend/resolve.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Source } from '../data/source.js';
import { toSource, type DataInput, type Dataset } from '../data/dataset.js';
import { nothingLeft } from '../data/reading.js';
import { InputError } from '../base/errors.js';
import type { ClusterOptions } from '../cluster/options.js';
import { total } from '../base/numbers.js';
import { exactRows, FAR, FAR_SUMMED, withFarRows, type Rereadable } from '../data/exactly.js';
import { streamedRows, type StreamedBlock } from '../data/streamed.js';
import { surveyed } from '../data/survey.js';
import { summarize, type Components } from '../families/components.js';
import { gapped, logVolumeOf, sweptSpread, type Family } from '../families/family.js';
import type { Scaling } from '../families/scaling.js';
import { beyondFloat32, type Precision } from '../sweep/float32-reach.js';
import type { Floats, PlanModel } from '../sweep/model.js';
import type { RowOptions, RowOutputs, Shard, SweptRows } from '../sweep/shard.js';
import { Places, RowNumbers } from './row-numbers.js';

/** How a mixture looks at data. */
export interface EvaluateOptions {
  /** Default 'auto'. A `tf.Tensor` stays on the backend it lives on. `{ device }` is WebGPU on a device of yours. */
  readonly backend?: BackendRequest;
  /** Threads of the CPU; default all. */
  readonly threads?: number;
  /**
   * Rows with a missing value: refuse them (default), leave them out (label −1, NaN elsewhere), or look at what they have,
   * for families that can.
   */
  readonly missing?: MissingPolicy;
  /** `[n]`, not negative. */
  readonly sampleWeights?: ArrayLike<number>;
  /** Reads rows on other machines, of a source of files that all of them see; default here. */
  readonly cluster?: ClusterOptions;
  /** Rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a mixture is made of, in the data's units. */
export interface MixtureParts {
  readonly family: Family;
  readonly weights: Float64Array;
  readonly components: Components;
  /** Names of the columns, which data that have names are matched by. */
  readonly columns?: readonly string[];
}

/** Consecutive rows and what a mixture says of them, in the data's units. */
export interface EvaluatedRows extends RowOutputs {
  /** Index in the source of each row, `[rows]`, rising. `start` counts but the rows that are not left out. */
  readonly index: Int32Array;
}

/** What reading rows has found so far, and of all once they have been read. */
export interface Found {
  /** Rows that the source says it has. */
  expected: number | undefined;
  /** Rows of the source, those left out included. */
  n: number;
  /** Σ of the sample weights in the user's units; rows where there are none. */
  totalWeight: number;
}

/** What is wanted of rows, and whether blocks are wanted no longer than until the next. */
export interface Wanted extends Pick<RowOptions, 'responsibilities' | 'labelsAlone'> {
  readonly passing?: boolean;
}

/** Rows of data under a mixture, read once as they are asked for, and what that has found. */
export interface Evaluation {
  readonly rows: AsyncGenerator<EvaluatedRows>;
  readonly found: Found;
}

/** Reads data block after block: memory does not grow with the number of rows. */
export function evaluate(mixture: MixtureParts, data: DataInput, options: EvaluateOptions & Wanted): Evaluation {
  const found: Found = { expected: undefined, n: 0, totalWeight: 0 };
  return { found, rows: evaluatedRows(mixture, data, options, found) };
}

async function* evaluatedRows(
  of: MixtureParts,
  data: DataInput,
  { responsibilities = false, labelsAlone = false, passing = false, ...options }: EvaluateOptions & Wanted,
  found: Found,
): AsyncGenerator<EvaluatedRows> {
  const { sampleWeights, missing = 'error', signal } = options;
  const parts = missing === 'model' ? { ...of, family: gapped(of.family, 'mixture') } : of;
  const text = parts.family.levels ? ('levels' as const) : undefined;
  const source = toSource(data, sampleWeights, parts.columns, { text });
  requireColumns(source, parts.components.d);
  found.expected = source.rows;
  const device = await resolveBackend(options.backend ?? 'auto', { data, threads: options.threads });
  const mixture = await adaptedTo(source, parts, signal);
  const scaling = scalingFor(mixture);
  const volume = logVolumeOf(mixture.family, scaling);
  const likelihood = likelihoodRows(mixture, scaling, FAR);
  const numbers = new RowNumbers();
  const places = new Places(passing);
  const onDropped = (row: number): void => numbers.leaveOut(row);
  const { coding, patterned: gaps } = mixture.family;
  const gate = { device, scaling, missing, signal, onDropped, coding, gaps };
  const outputsOf = (block: StreamedBlock) =>
    likelihood(block, { responsibilities, labelsAlone, memory: passing ? block.memory : undefined, signal });
  let rows = 0;
  for await (const { block, before, outputs } of streamedRows(source, gate, outputsOf)) {
    const [from, to] = [outputs.start, outputs.start + outputs.rows];
    const weights = places.weights(block.weights?.subarray(from, to) ?? outputs.rows);
    found.totalWeight += block.weights ? total(weights) : outputs.rows;
    rows += outputs.rows;
    found.n = rows + numbers.leftOut;
    if (mixture.family.noise) labelNoise(outputs.labels, mixture.components.k);
    yield {
      ...inUnits(outputs, volume),
      start: before + from,
      index: numbers.next(places.index(outputs.rows)),
      weights,
    };
  }
  found.n = rows + numbers.leftOut;
  if (found.totalWeight === 0) throw nothingLeft(source, numbers.leftOut);
}

/** Rows of noise have the label −1. */
function labelNoise(labels: Int32Array, k: number): void {
  for (let row = 0; row < labels.length; row++) if (labels[row] === k) labels[row] = -1;
}

/** The mixture with a family that knows what values these rows have, where it must and others may be among them. */
async function adaptedTo(
  source: Source,
  mixture: MixtureParts,
  signal: AbortSignal | undefined,
): Promise<MixtureParts> {
  const { survey, levels: known } = mixture.family;
  const questions = source.columns.map((_, column) => {
    const question = survey?.question(column);
    return question?.again === undefined
      ? undefined
      : { ...question, most: question.again, remedy: 'give fewer rows at a time' };
  });
  if (!survey || questions.every((question) => !question)) return mixture;
  const found = await surveyed(source, { missing: 'model', questions, signal });
  return { ...mixture, family: survey.adapted(found.map((own, j) => (questions[j] ? own : (known?.[j] ?? own)))) };
}

/** A mixture and how its rows are summed, as plain values. Families that encode rows alike may share the rows held. */
export interface Summed extends Pick<MixtureParts, 'weights' | 'components'> {
  readonly family: Pick<Family, 'name' | 'options'>;
  readonly precision: Precision;
}

/** The rows of a loaded dataset. */
export type HeldRows = Pick<Dataset, 'shard' | 'scaling' | 'blocks' | 'exact'>;

/** What a mixture says of the rows of a loaded dataset, in scaled coordinates, for sums over rows alone. */
export async function* summedRows(
  mixture: MixtureParts,
  dataset: HeldRows,
  precision: Precision = 'float32',
): AsyncGenerator<RowOutputs> {
  const wide = precision === 'float64' && !mixture.family.patterned;
  if (wide) yield* (await dataset.exact.load()).rows(exactlyOf(mixture, dataset.scaling));
  else yield* likelihoodRows(mixture, dataset.scaling, FAR_SUMMED)(dataset, { passing: true });
}

/** A mixture at ε = 1 and g = 0 in scaled coordinates, for float64 sweeps. */
function exactlyOf({ family, weights, components }: MixtureParts, scaling: Scaling): PlanModel<Float64Array> {
  const potential = new Float64Array(weights.length);
  return { weights, potential, epsilon: 1, components: family.packExactly(family.toShard(components, scaling)) };
}

/** Log-densities of rows in scaled coordinates, in the data's units. */
function inUnits(block: RowOutputs, volume: number): RowOutputs {
  const { logDensity } = block;
  for (let row = 0; row < logDensity.length; row++) logDensity[row] -= volume;
  return block;
}

/** Rows to read, and again where float32 can't tell. */
type Readable = Rereadable & { readonly shard: Pick<Shard, 'rows'> };

/**
 * Rows at ε = 1 and g = 0, in scaled coordinates: in float32 where that can tell, in float64 where log-densities are under
 * −`far`, nats, and of all rows where components are finer than float32 resolves.
 */
function likelihoodRows(
  { family, weights, components }: MixtureParts,
  scaling: Scaling,
  far: number,
): (data: Readable, options: RowOptions) => AsyncIterable<RowOutputs> {
  const scaled = family.toShard(components, scaling);
  const at = { weights, potential: new Float64Array(weights.length), epsilon: 1 };
  const exact = { ...at, components: family.packExactly(scaled) };
  const model = { ...at, components: family.pack(scaled) };
  const beyond =
    beyondFloat32(exact.components, { spread: sweptSpread(family, scaled) }) ?? beyondFloat32(model.components);
  if (family.patterned) {
    return ({ shard }, options) => (shard as Pick<SweptRows<Floats>, 'rows'>).rows(exact, options);
  }
  if (beyond !== undefined) return (data, options) => exactRows(exact, data, options);
  return (data, options) => withFarRows(data.shard.rows(model, options), exact, data, far);
}

/** Coordinates from the mixture itself, so that what it says of a row depends on no other row. */
export function scalingFor({ family, weights, components }: MixtureParts): Scaling {
  return family.encode(summarize(sweptSpread(family, components), clusterWeights(weights, components.k)));
}

/** Weights of the components alone, `[k]`, sum 1: where noise has all of them, equal ones. */
function clusterWeights(weights: Float64Array, k: number): Float64Array {
  if (weights.length === k) return weights;
  const rest = total(weights.subarray(0, k));
  return weights.slice(0, k).map((weight) => (rest > 0 ? weight / rest : 1 / k));
}

/** Throws `InputError('shape')` unless a source has so many columns. */
export function requireColumns(source: Source, d: number): void {
  if (source.columns.length === d) return;
  throw new InputError('shape', {
    where: source.name,
    expected: `${d} columns, as the mixture has`,
    got: String(source.columns.length),
    remedy: 'choose the columns the mixture was fitted to, in their order',
  });
}
