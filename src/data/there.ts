/** Rows of a tensor that lies on the device that is to sweep them: they are described and encoded there, and never come here. */
import { DESCRIPTION, NOT_FINITE } from '../../kernels/webgpu/tensor-rows.wgsl.js';
import type { Device, RowsOptions } from '../backend/backend.js';
import { seededRandom } from '../base/random.js';
import type { Scaling } from '../families/scaling.js';
import type { TensorRows } from '../sweep/builder.js';
import type { Encoding } from '../sweep/encode.js';
import type { Shard } from '../sweep/shard.js';
import { bytesOfRow } from '../sweep/spilled/limit.js';
import type { SampleParts } from './column-sample.js';
import { requireSquares, scalingOf, type Encode } from './coordinates.js';
import type { Source } from './source.js';
import { ColumnStatistics, sampleRows } from './statistics.js';
import { tensorOf } from './tensor.js';

/** Squares of numbers farther from 0 than the root of the one, or nearer than that of the other, are none in float32. */
const LARGEST_SQUARE = 1e30;
const LEAST_SQUARE = 1e-30;

/** What decides how rows are held, of `LoadOptions`. */
interface Wanted extends Pick<RowsOptions, 'trials' | 'format' | 'spill'> {
  readonly device: Pick<Device, 'tensorRows'>;
  readonly coding?: unknown;
  readonly gaps?: boolean | undefined;
  readonly scaling?: Scaling;
  readonly weightUnit?: number;
  readonly encode: Encode;
  readonly signal?: AbortSignal | undefined;
  readonly onRows?: (rows: number) => void;
}

/** What reading would have found. */
interface Found {
  readonly encoding: Encoding;
  readonly dropped: number;
  readonly rows: number;
  readonly totalWeight: number;
  readonly heaviest: number;
  readonly statistics: ColumnStatistics | undefined;
  readonly notes: ReadonlySet<string>;
  readonly spilled: () => boolean;
  readonly shard: Shard;
}

/**
 * The rows of a source that is a tensor on the device; undefined where they must come by the host: where some are missing or
 * infinite, which the gate decides about, a family codes them, or they have no room in the memory that was asked for.
 */
export async function readThere(source: Source, wanted: Wanted): Promise<Found | undefined> {
  const { device, trials = true, format, coding, gaps = false, scaling, weightUnit = 1, encode, signal } = wanted;
  const tensor = coding === undefined && !gaps && hasRoom(source, wanted) ? tensorOf(source) : undefined;
  const rows = tensor && device.tensorRows?.(tensor, { trials, format });
  const statistics = rows && (await described(rows));
  signal?.throwIfAborted();
  if (!rows || !statistics) return undefined;
  requireSquares(source, statistics);
  const encoding = { ...(scaling ?? scalingOf(statistics, encode)), weightUnit };
  const shard = await rows.shard(encoding);
  if (!shard) return undefined;
  wanted.onRows?.(rows.n);
  const found = { encoding, shard, dropped: 0, rows: rows.n, totalWeight: rows.n, heaviest: 1 };
  const known = scaling ? undefined : statistics;
  return { ...found, statistics: known, notes: new Set(), spilled: () => false };
}

function hasRoom({ rows = 0, columns }: Source, { spill }: Wanted): boolean {
  return !spill?.asked || rows * bytesOfRow(columns.length) <= spill.memory;
}

/**
 * What is known of the columns of all rows; undefined where the gate must look at them, since some are not finite, or where
 * float32 can't tell their variances.
 */
async function described(rows: TensorRows): Promise<ColumnStatistics | undefined> {
  const { n, d, blockRows } = rows;
  const found = await rows.describe();
  const taken = await rows.take(spread(n, sampleRows(d)));
  const statistics = new ColumnStatistics(d);
  for (let block = 0; block * blockRows < n; block++) {
    const count = Math.min(blockRows, n - block * blockRows);
    const parts = partsOf(found.subarray(block * d * DESCRIPTION, (block + 1) * d * DESCRIPTION), d, count);
    if (!parts) return undefined;
    const isLast = (block + 1) * blockRows >= n;
    const sample = isLast ? { seen: n, values: Float64Array.from(taken) } : nothing;
    statistics.merge({ ...parts, rows: count, weight: count, sample });
  }
  return statistics;
}

const nothing: SampleParts = { seen: 0, values: new Float64Array() };

/** Means, variances and extremes of a block, of what the device says of it. */
function partsOf(found: Float32Array, d: number, count: number) {
  const parts = { means: new Float64Array(d), variances: new Float64Array(d) };
  const extremes = {
    least: new Float64Array(d),
    most: new Float64Array(d),
    leastRow: new Float64Array(d),
    mostRow: new Float64Array(d),
  };
  for (let j = 0; j < d; j++) {
    const [about, step, rest, square, least, most, leastRow, mostRow] = found.subarray(
      j * DESCRIPTION,
      (j + 1) * DESCRIPTION,
    );
    if (leastRow === NOT_FINITE || !(square <= LARGEST_SQUARE)) return undefined;
    if (most > least && square < LEAST_SQUARE) return undefined;
    parts.means[j] = about + step + rest / count;
    parts.variances[j] = Math.max(0, square / count - (rest / count) ** 2);
    extremes.least[j] = least;
    extremes.most[j] = most;
    extremes.leastRow[j] = leastRow;
    extremes.mostRow[j] = mostRow;
  }
  return { ...parts, extremes };
}

/** Indices of a sample of n rows: one drawn from each of so many stretches of equal length, or all. */
function spread(n: number, count: number): number[] {
  if (n <= count) return Array.from({ length: n }, (_, row) => row);
  const random = seededRandom(0);
  return Array.from({ length: count }, (_, at) => Math.min(n - 1, Math.floor(((at + random.uniform()) * n) / count)));
}
