import { resolveBackend, type BackendRequest } from '../backend/resolve.js';
import type { MissingPolicy } from '../data/blocks.js';
import type { Source } from '../data/source.js';
import { loadDataset, toSource, type DataInput, type Dataset } from '../data/dataset.js';
import { InputError } from '../base/errors.js';
import { exactRows, FAR, withFarRows } from '../data/exactly.js';
import { summarize, type Components } from '../families/components.js';
import type { Family } from '../families/family.js';
import { logVolume, type Scaling } from '../families/scaling.js';
import { beyondFloat32 } from '../sweep/float32-reach.js';
import type { RowOptions, RowOutputs, Shard } from '../sweep/shard.js';

/** How a mixture looks at data. */
export interface EvaluateOptions {
  /** Default 'auto'. A `tf.Tensor` stays on the backend it lives on. `{ device }` is WebGPU on a device of yours. */
  readonly backend?: BackendRequest;
  /** Threads of the CPU; default all. */
  readonly threads?: number;
  /** Rows with a missing value: refuse them (default), or leave them out: label −1, NaN elsewhere. */
  readonly missing?: MissingPolicy;
  /** `[n]`, not negative. */
  readonly sampleWeights?: ArrayLike<number>;
  /** Rejects with the signal's reason: rows in part are not given. */
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

/** Row outputs in the data's units. */
export interface EvaluatedRows extends RowOutputs {
  /** Index in the source of each row. */
  readonly index: Int32Array;
}

export interface Evaluation {
  /** Rows of the source, those left out included. */
  readonly n: number;
  readonly totalWeight: number;
  /** One read of the data; with responsibilities if asked for. */
  readonly rows: (wanted?: Pick<RowOptions, 'responsibilities'>) => AsyncIterable<EvaluatedRows>;
}

/** Loads data, lets `use` read what the mixture says of its rows, and frees the device. */
export async function evaluate<T>(
  mixture: MixtureParts,
  data: DataInput,
  options: EvaluateOptions,
  use: (evaluation: Evaluation) => Promise<T>,
): Promise<T> {
  const { sampleWeights, missing = 'error', signal } = options;
  const source = toSource(data, sampleWeights, mixture.columns);
  requireColumns(source, mixture.components.d);
  const device = await resolveBackend(options.backend ?? 'auto', { data, threads: options.threads });
  const dataset = await loadDataset(source, { device, missing, signal, scaling: scalingFor(mixture) });
  const n = dataset.shard.n + dataset.dropped.length;
  try {
    const rows: Evaluation['rows'] = (wanted) => evaluatedRows(mixture, dataset, { ...wanted, signal });
    return await use({ n, totalWeight: dataset.totalWeight, rows });
  } finally {
    dataset.shard.dispose();
  }
}

/**
 * What a mixture says of the rows of a loaded dataset, in float32 where that can tell. Float64 tells of rows whose
 * log-density is under −`far`, nats in scaled coordinates, and of all rows where components are finer than float32
 * resolves.
 */
export async function* evaluatedRows(
  mixture: MixtureParts,
  dataset: Pick<Dataset, 'shard' | 'scaling' | 'dropped' | 'blocks'>,
  { far = FAR, ...options }: RowOptions & { readonly far?: number } = {},
): AsyncGenerator<EvaluatedRows> {
  const { shard, scaling, dropped } = dataset;
  const volume = logVolume(scaling);
  const sourceIndex = keptIndices(shard, dropped);
  for await (const block of likelihoodRows(mixture, dataset, far, options)) {
    const index = new Int32Array(block.rows).map((_, i) => sourceIndex(block.start + i));
    yield { ...block, index, logDensity: block.logDensity.map((density) => density - volume) };
  }
}

/** Rows at ε = 1 and g = 0, in scaled coordinates. */
function likelihoodRows(
  { family, weights, components }: MixtureParts,
  dataset: Pick<Dataset, 'shard' | 'scaling' | 'blocks'>,
  far: number,
  options: RowOptions,
): AsyncIterable<RowOutputs> {
  const scaled = family.toShard(components, dataset.scaling);
  const at = { weights, potential: new Float64Array(weights.length), epsilon: 1 };
  const exact = { ...at, components: family.packExactly(scaled) };
  if (beyondFloat32(exact.components, family.spread(scaled)) !== undefined) return exactRows(exact, dataset, options);
  const outputs = dataset.shard.rows({ ...at, components: family.pack(scaled) }, options);
  return withFarRows(outputs, exact, dataset, far);
}

/** From a row's number among those kept to its number in the source. */
export function keptIndices(shard: Shard, dropped: readonly number[]): (kept: number) => number {
  if (dropped.length === 0) return (kept) => kept;
  const out = new Set(dropped);
  const kept = new Int32Array(shard.n);
  for (let row = 0, at = 0; at < shard.n; row++) if (!out.has(row)) kept[at++] = row;
  return (at) => kept[at];
}

/** Coordinates from the mixture itself, so that what it says of a row depends on no other row. */
export function scalingFor({ family, weights, components }: MixtureParts): Scaling {
  return family.encode(summarize(family.spread(components), weights));
}

function requireColumns(source: Source, d: number): void {
  if (source.columns.length === d) return;
  throw new InputError('shape', {
    where: source.name,
    expected: `${d} columns, as the mixture has`,
    got: String(source.columns.length),
    remedy: 'choose the columns the mixture was fitted to, in their order',
  });
}
